//! The public keys that sign callbacks, in every form they have been seen in.
#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pkcs1::{RsaPublicKey, UintRef};
use spki::SubjectPublicKeyInfoRef;

use crate::model::signature::{PublicKey, PublicKeys};

/// The largest text that is looked at: a 4096-bit key as PEM takes 800 bytes.
pub const MAX_TEXT: usize = 16 * 1024;
/// The most keys at one time: a forged callback costs a verification by each.
const MAX_KEYS: usize = 8;

type Candidate = Result<PublicKey, &'static str>;

pub const TOO_LARGE: &str = "a key that is too large";
const UNREADABLE: &str = "a key that cannot be read (expected PEM, base64 DER or RSAKeyValue XML)";

/// The keys of a text that holds nothing else. The error says what is wrong with the first that is not usable.
pub fn parse(text: &str) -> Result<PublicKeys, &'static str> {
    set_of(read(text).into_iter().collect::<Result<_, _>>()?)
}

/// The usable ones of `keys`; an error when none is.
pub fn usable(keys: impl Iterator<Item = Candidate>) -> Result<PublicKeys, &'static str> {
    let mut failure = UNREADABLE;
    let keep = |key: Candidate| key.map_err(|why| failure = why).ok();
    match keys.filter_map(keep).collect::<Vec<_>>() {
        keys if keys.is_empty() => Err(failure),
        keys => set_of(keys),
    }
}

fn set_of(keys: Vec<PublicKey>) -> Result<PublicKeys, &'static str> {
    let mut set: Vec<PublicKey> = Vec::new();
    for key in keys {
        if !set.contains(&key) {
            set.push(key);
        }
    }
    match set.len() > MAX_KEYS {
        true => Err("a key that comes with more than 7 others"),
        false => Ok(PublicKeys::new(set)),
    }
}

/// Reads every `BEGIN PUBLIC KEY` (SPKI) and `BEGIN RSA PUBLIC KEY` (PKCS#1) of a PEM text, every
/// `RSAKeyValue` of an XML one, or bare base64 DER, of several keys one a line; a literal `\n` counts as a line break.
pub fn read(text: &str) -> Vec<Candidate> {
    if text.len() > MAX_TEXT {
        return vec![Err(TOO_LARGE)];
    }
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let in_xml = text.split("<RSAKeyValue").skip(1).map(from_xml);
    // PEM is `-----BEGIN …-----`, base64, `-----END …-----`, sometimes squeezed into one line.
    let parts: Vec<&str> = text.split("-----").collect();
    let blocks = parts.iter().zip(parts.iter().skip(1));
    let in_pem = blocks
        .filter(|(label, _)| label.starts_with("BEGIN "))
        .map(|(_, base64)| from_base64(base64));
    let mut keys: Vec<Candidate> = in_xml.chain(in_pem).map(checked).collect();
    if keys.is_empty() {
        keys = match from_base64(&text) {
            Some(key) => vec![checked(Some(key))],
            None => in_words(&text).map(from_base64).map(checked).collect(),
        };
    }
    match keys.is_empty() {
        true => vec![Err(UNREADABLE)],
        false => keys,
    }
}

/// Base64 of several keys, each in a line or between commas.
fn in_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',');
    words.filter(|word| !word.is_empty())
}

fn checked(key: Option<Numbers>) -> Candidate {
    let (modulus, exponent) = key.filter(is_rsa).ok_or(UNREADABLE)?;
    PublicKey::new(&modulus, &exponent).ok_or("a key that is not RSA with 2048 to 4096 bits")
}

/// A key's modulus and exponent, big-endian without leading zeros.
type Numbers = (Vec<u8>, Vec<u8>);

/// Whether both numbers are odd and the exponent is in the range that RSA keys use.
fn is_rsa((modulus, exponent): &Numbers) -> bool {
    let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let exponent_value = exponent
        .iter()
        .fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
    let is_usual = exponent.len() <= 5 && (3..1 << 33).contains(&exponent_value);
    is_usual && is_odd(modulus) && is_odd(exponent)
}

fn from_base64(base64: &str) -> Option<Numbers> {
    let base64: String = base64.split_whitespace().collect();
    let der = STANDARD.decode(base64).ok()?;
    let spki = SubjectPublicKeyInfoRef::try_from(der.as_slice()).ok();
    let within = spki
        .filter(|spki| spki.algorithm == pkcs1::ALGORITHM_ID)
        .and_then(|spki| spki.subject_public_key.as_bytes());
    let key = RsaPublicKey::try_from(within.unwrap_or(&der)).ok()?;
    let number = |number: UintRef| number.as_bytes().to_vec();
    Some((number(key.modulus), number(key.public_exponent)))
}

fn from_xml(text: &str) -> Option<Numbers> {
    let number = |tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        let (base64, _) = rest.split_once(&format!("</{tag}>"))?;
        let base64: String = base64.split_whitespace().collect();
        let bytes = STANDARD.decode(base64).ok()?;
        Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
    };
    Some((number("Modulus")?, number("Exponent")?))
}
