//! What AzamPay wants beside a disbursement or a name look-up: its text, hashed and encrypted for AzamPay.
#![forbid(unsafe_code)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use rsa::rand_core::CryptoRngCore;
use rsa::{BigUint, Pkcs1v15Encrypt, RsaPublicKey};

use crate::model::signature::PublicKey;

/// Base64 of `text`'s SHA-512, encrypted with AzamPay's own key by PKCS#1 v1.5. `random` pads it.
pub fn checksum(key: &PublicKey, text: &str, random: &mut impl CryptoRngCore) -> Option<String> {
    let number = BigUint::from_bytes_be;
    let key = RsaPublicKey::new(number(key.modulus()), number(key.exponent())).ok()?;
    let hash = digest::digest(&digest::SHA512, text.as_bytes());
    let encrypted = key.encrypt(random, Pkcs1v15Encrypt, hash.as_ref()).ok()?;
    Some(STANDARD.encode(encrypted))
}

#[cfg(test)]
mod tests {
    use rsa::RsaPrivateKey;
    use rsa::rand_core::OsRng;
    use rsa::traits::PublicKeyParts;

    use super::*;

    #[test]
    fn the_holder_of_the_private_key_reads_the_hash() {
        let private = RsaPrivateKey::new(&mut OsRng, 2048).unwrap();
        let (modulus, exponent) = (private.n().to_bytes_be(), private.e().to_bytes_be());
        let key = PublicKey::new(&modulus, &exponent).unwrap();
        let text = "CRDB0150AzamPesa255700000001TZS10001700000000ORDER-1";
        let sum = checksum(&key, text, &mut OsRng).unwrap();
        let again = checksum(&key, text, &mut OsRng).unwrap();
        assert_ne!(sum, again, "the padding is random");
        let hash = digest::digest(&digest::SHA512, text.as_bytes());
        for sum in [sum, again] {
            let encrypted = STANDARD.decode(sum).unwrap();
            let read = private.decrypt(Pkcs1v15Encrypt, &encrypted).unwrap();
            assert_eq!(read, hash.as_ref());
        }
    }
}
