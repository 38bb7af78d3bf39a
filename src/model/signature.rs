//! RSA signatures of callbacks: PKCS#1 v1.5 with SHA-256.
#![forbid(unsafe_code)]

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pkcs1::UintRef;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use spki::SubjectPublicKeyInfo;
use spki::der::Encode;
use spki::der::asn1::BitStringRef;

use super::expectation::{Named, Reason};
use super::payment::{Kind, Payment, Status};

/// Signatures of 2048- to 4096-bit keys have these lengths, in bytes.
pub const SIGNATURE_LENGTHS: std::ops::RangeInclusive<usize> = 256..=512;

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

    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    fn to_der(&self) -> spki::der::Result<Vec<u8>> {
        let key = pkcs1::RsaPublicKey {
            modulus: UintRef::new(&self.modulus)?,
            public_exponent: UintRef::new(&self.exponent)?,
        };
        let key = key.to_der()?;
        let info = SubjectPublicKeyInfo {
            algorithm: pkcs1::ALGORITHM_ID,
            subject_public_key: BitStringRef::from_bytes(&key)?,
        };
        info.to_der()
    }
}

/// Letters of a line of PEM.
const LINE: usize = 64;

/// Every key that the gateway signs with: more than one while it goes over to a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeys(Arc<[PublicKey]>);

impl PublicKeys {
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self(keys.into())
    }

    pub fn first(&self) -> Option<&PublicKey> {
        self.0.first()
    }

    /// `BEGIN PUBLIC KEY`, one after the other.
    pub fn to_pem(&self) -> String {
        let mut pem = String::new();
        for der in self.0.iter().filter_map(|key| key.to_der().ok()) {
            pem.push_str("-----BEGIN PUBLIC KEY-----\n");
            for (at, letter) in STANDARD.encode(der).chars().enumerate() {
                if at > 0 && at % LINE == 0 {
                    pem.push('\n');
                }
                pem.push(letter);
            }
            pem.push_str("\n-----END PUBLIC KEY-----\n");
        }
        pem
    }
}

/// A callback that carries a decodable signature.
#[derive(Clone, Debug)]
pub struct SignedCallback {
    pub message: Vec<u8>,
    pub signature: Vec<u8>,
    pub cut: Cut,
    /// Whether the operator is one that the gateway documents.
    pub knows_operator: bool,
    /// What the payment's status is, where the merchant's books say that it is a payment.
    pub status_if_named: Option<Status>,
}

/// How surely the fields are cut where the gateway cut them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// No other reading of the signed text is as good.
    Sure,
    /// Believed where the merchant's own books name the reference and the gateway's id: the operator is
    /// a new one, or the id looks as if its beginning stood elsewhere.
    IfNamed,
    /// Another reading is as good or better, or none is believable.
    Wrong,
}

impl SignedCallback {
    /// Whether one of `keys` has signed the text that the fields make together.
    pub fn is_signed_by(&self, keys: &PublicKeys) -> bool {
        keys.0.iter().any(|key| {
            let key = RsaPublicKeyComponents {
                n: &key.modulus,
                e: &key.exponent,
            };
            key.verify(&RSA_PKCS1_2048_8192_SHA256, &self.message, &self.signature)
                .is_ok()
        })
    }

    /// Whether the signed text is to be read as these fields at all, whatever the merchant's books say.
    pub fn is_readable(&self) -> bool {
        self.cut != Cut::Wrong
    }

    /// Why `payment`, which the callback tells and the books do not contradict, is not to be believed.
    pub fn doubt(&self, payment: &mut Payment, named: Named) -> Option<Reason> {
        let is_asked_for =
            named == Named::Wholly || named == Named::ByReference && self.cut == Cut::Sure;
        if let Some(status) = self.status_if_named.filter(|_| is_asked_for) {
            payment.kind = Kind::Payment;
            payment.status = status;
        }
        (self.cut == Cut::IfNamed && named != Named::Wholly).then_some(Reason::Ambiguous)
    }
}
