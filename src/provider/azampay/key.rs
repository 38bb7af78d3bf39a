//! The public key that signs callbacks, in every form it has been seen in.
#![forbid(unsafe_code)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPublicKey};

use super::callback::PublicKey;

/// The largest text that is looked at: a 4096-bit key as PEM takes 800 bytes.
const MAX_TEXT: usize = 8 * 1024;

/// Reads `BEGIN PUBLIC KEY` (SPKI) and `BEGIN RSA PUBLIC KEY` (PKCS#1) PEM, bare base64 DER, and
/// `RSAKeyValue` XML; a literal `\n` counts as a line break. The error says what is wrong with it.
pub fn parse(text: &str) -> Result<PublicKey, &'static str> {
    if text.len() > MAX_TEXT {
        return Err("a key that is too large");
    }
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let key = if text.contains("<RSAKeyValue") {
        from_xml(&text)
    } else {
        from_der(&text)
    };
    let key =
        key.ok_or("a key that cannot be read (expected PEM, base64 DER or RSAKeyValue XML)")?;
    PublicKey::new(&key.n().to_bytes_be(), &key.e().to_bytes_be())
        .ok_or("a key that is not RSA with 2048 to 4096 bits")
}

fn from_der(text: &str) -> Option<RsaPublicKey> {
    // PEM is `-----BEGIN …-----`, base64, `-----END …-----`, sometimes squeezed into one line.
    let base64 = if text.contains("-----") {
        text.split("-----").nth(2)?
    } else {
        text
    };
    let base64: String = base64.split_whitespace().collect();
    let der = STANDARD.decode(base64).ok()?;
    RsaPublicKey::from_public_key_der(&der)
        .or_else(|_| RsaPublicKey::from_pkcs1_der(&der))
        .ok()
}

fn from_xml(text: &str) -> Option<RsaPublicKey> {
    let number = |tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        let (base64, _) = rest.split_once(&format!("</{tag}>"))?;
        let base64: String = base64.split_whitespace().collect();
        Some(BigUint::from_bytes_be(&STANDARD.decode(base64).ok()?))
    };
    RsaPublicKey::new(number("Modulus")?, number("Exponent")?).ok()
}
