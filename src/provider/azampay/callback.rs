//! AzamPay's callback: what it claims and whether the signature covers it.
//!
//! RSA PKCS#1 v1.5 with SHA-256 over `utilityref + externalreference + transactionstatus + operator`,
//! the values exactly as received, without separators. The amount is not covered.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::json::Object;
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

const SIGNED_FIELDS: [&str; 4] = [
    "utilityref",
    "externalreference",
    "transactionstatus",
    "operator",
];

/// Padding may be missing: some JSON writers and proxies drop it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Signatures of 2048- to 4096-bit keys have these lengths, in bytes.
const SIGNATURE_LENGTHS: std::ops::RangeInclusive<usize> = 256..=512;

/// An RSA public key of 2048 to 4096 bits, ready to verify with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    modulus: Arc<[u8]>,
    exponent: Arc<[u8]>,
}

impl PublicKey {
    /// `None` when the modulus has another size. Both numbers are big-endian without leading zeros.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let usable =
            SIGNATURE_LENGTHS.contains(&modulus.len()) && (1..=5).contains(&exponent.len());
        usable.then(|| Self {
            modulus: modulus.into(),
            exponent: exponent.into(),
        })
    }
}

/// A callback that carries a decodable signature.
#[derive(Clone, Debug)]
pub struct SignedCallback {
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl SignedCallback {
    /// `None` when the body is no object or its signature is absent, empty or undecodable.
    pub fn read(body: &str) -> Option<Self> {
        let body = Object::parse(body)?;
        let mut base64 = body.string("signature")?;
        base64.retain(|c| !c.is_ascii_whitespace());
        let signature = BASE64.decode(base64).ok()?;
        if !SIGNATURE_LENGTHS.contains(&signature.len()) {
            return None;
        }
        let message = SIGNED_FIELDS
            .map(|field| body.scalar(field).unwrap_or_default())
            .concat();
        Some(Self {
            message: message.into_bytes(),
            signature,
        })
    }

    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let key = RsaPublicKeyComponents {
            n: &key.modulus,
            e: &key.exponent,
        };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, &self.message, &self.signature)
            .is_ok()
    }
}
