//! What AzamPay wants beside a disbursement or a name look-up: its text, hashed and encrypted for AzamPay.
#![forbid(unsafe_code)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use rsa::rand_core::CryptoRngCore;
use rsa::{BigUint, Pkcs1v15Encrypt, RsaPublicKey};

use crate::model::signature::PublicKey;

/// Base64 of `text`'s SHA-512, encrypted with AzamPay's own key by PKCS#1 v1.5. `random` pads it.
pub fn checksum(key: &PublicKey, text: &str, mut random: &mut dyn CryptoRngCore) -> Option<String> {
    let number = BigUint::from_bytes_be;
    let key = RsaPublicKey::new(number(key.modulus()), number(key.exponent())).ok()?;
    let hash = digest::digest(&digest::SHA512, text.as_bytes());
    let encrypted = key
        .encrypt(&mut random, Pkcs1v15Encrypt, hash.as_ref())
        .ok()?;
    Some(STANDARD.encode(encrypted))
}
