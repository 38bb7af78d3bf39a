//! AzamPay's callback: what it claims and whether the signature covers it.
//!
//! RSA PKCS#1 v1.5 with SHA-256 over `utilityref + externalreference + transactionstatus + operator`,
//! the values exactly as received, without separators. The amount is not covered.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::expect::Reason;
use crate::json::Object;
use crate::payment::{Payment, Status};
use crate::phone;
use crate::provider::{Callback, Proof, Provider};
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

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

/// All that is read of a callback, what is signed first.
pub const MEMBERS: [&str; 11] = [
    "utilityref",
    "externalreference",
    "transactionstatus",
    "operator",
    "signature",
    "transid",
    "reference",
    "amount",
    "mnoreference",
    "msisdn",
    "message",
];

/// Reads a callback of any shape; one that is no object claims nothing.
pub fn read(body: &str) -> Callback {
    let object = Object::parse(body).unwrap_or_default();
    let members = MEMBERS.map(|name| match name {
        "signature" => object.string(name).unwrap_or_default(),
        _ => object.scalar(name).unwrap_or_default(),
    });
    let raw = if object.is_empty() { "null" } else { body };
    of(members.each_ref().map(String::as_str), raw.to_owned())
}

/// Reads a callback from its members; one that is absent is empty.
pub fn of(members: [&str; MEMBERS.len()], raw: String) -> Callback {
    let [
        utilityref,
        externalreference,
        transactionstatus,
        operator,
        signature,
        transid,
        reference,
        amount,
        mnoreference,
        msisdn,
        message,
    ] = members;
    // All that is signed, as one text: a boundary shifted between two fields is still the same callback.
    let signed = [utilityref, externalreference, transactionstatus, operator].concat();
    let proof = match signature.trim() {
        "" => Proof::Broken(Reason::MissingSignature),
        signature => match decode(signature) {
            Some(signature) => Proof::Signature(SignedCallback {
                message: signed.clone().into_bytes(),
                signature,
            }),
            None => Proof::Broken(Reason::BadSignature),
        },
    };
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let claim = Payment {
        amount: filled(amount),
        // The only currency there is; callbacks do not name it.
        currency: Some("TZS".to_owned()),
        reference: filled(utilityref),
        // The first is signed; the other two names of the same id are not.
        transaction_id: filled(externalreference)
            .or_else(|| filled(transid))
            .or_else(|| filled(reference)),
        receipt: filled(mnoreference),
        payer: filled(msisdn).map(|msisdn| phone::mask(&msisdn)),
        message: filled(message),
        raw,
        ..Payment::of(Provider::Azampay, status(transactionstatus))
    };
    Callback {
        claim,
        proof,
        identity: signed.into_bytes(),
        signature: String::new(),
        acknowledgement: None,
    }
}

fn decode(base64: &str) -> Option<Vec<u8>> {
    let signature = match base64.bytes().any(|byte| byte.is_ascii_whitespace()) {
        false => BASE64.decode(base64).ok()?,
        true => {
            let base64 = base64.split_ascii_whitespace().collect::<String>();
            BASE64.decode(base64).ok()?
        }
    };
    SIGNATURE_LENGTHS
        .contains(&signature.len())
        .then_some(signature)
}

/// The documentation knows `success` and `failure`; integrations have met the rest.
const STATUSES: &[(&str, Status)] = &[
    ("pend", Status::Pending),
    ("process", Status::Processing),
    ("fail", Status::Failed),
    ("cancel", Status::Failed),
    ("reject", Status::Failed),
    ("declin", Status::Failed),
    ("expir", Status::Failed),
    ("revers", Status::Reversed),
    ("refund", Status::Refunded),
];

/// A status text without regard to case; one that is not known is `unknown`, never a failure.
pub fn status(text: &str) -> Status {
    let text = text.trim().to_ascii_lowercase();
    if text == "success" {
        return Status::Succeeded;
    }
    let known = STATUSES.iter().find(|(start, _)| text.starts_with(start));
    known.map_or(Status::Unknown, |(_, status)| *status)
}

impl SignedCallback {
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let key = RsaPublicKeyComponents {
            n: &key.modulus,
            e: &key.exponent,
        };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, &self.message, &self.signature)
            .is_ok()
    }
}
