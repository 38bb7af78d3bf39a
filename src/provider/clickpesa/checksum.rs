//! ClickPesa's request checksum: HMAC-SHA256, keyed with the application's checksum key, as lower-case hex.
//!
//! The canonical method (default since January 2026) signs the payload with its keys sorted at every
//! depth, as `JSON.stringify` prints it; the legacy one signs the top-level values in key order, without a
//! separator, so that the same text can be cut into other values.
//! Source: docs.clickpesa.com/home/checksum.
#![forbid(unsafe_code)]

use ring::{digest, hmac};

use crate::config::Options;
use crate::model::error::Error;
use crate::model::hex;
use crate::model::json::{self, Object};
use crate::model::secret::Secret;
use crate::provider::read::payment_object;

use super::canonical::canonical;

const KEY: &str = "CLICKPESA_CHECKSUM_KEY";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumMethod {
    Canonical,
    Legacy,
}

/// How an application signs.
pub struct Signing {
    pub key: Secret,
    /// The canonical one, unless the merchant configured another.
    pub method: ChecksumMethod,
}

/// The config key that names the method.
const METHOD: &str = "CLICKPESA_CHECKSUM_METHOD";

impl Signing {
    /// `None` without a checksum key.
    pub fn configured(options: &Options) -> Result<Option<Self>, Error> {
        let method = match options.get(METHOD).map(|name| name.reveal().trim()) {
            None | Some("canonical") => ChecksumMethod::Canonical,
            Some("legacy") => ChecksumMethod::Legacy,
            Some(_) => {
                let rule = format!("{METHOD} must be 'canonical' or 'legacy'.");
                return Err(Error::invalid_config(rule));
            }
        };
        let key = options
            .get(KEY)
            .map(|_| options.credential(KEY))
            .transpose()?;
        Ok(key.map(|key| Self { key, method }))
    }

    /// How a webhook may be signed. An application that moves on to the canonical method gets both.
    pub fn methods(&self) -> &'static [ChecksumMethod] {
        match self.method {
            ChecksumMethod::Canonical => &[ChecksumMethod::Canonical],
            ChecksumMethod::Legacy => &[ChecksumMethod::Canonical, ChecksumMethod::Legacy],
        }
    }

    /// `payload` with its `checksum`, by the method that its own `checksumMethod` names, else by the
    /// configured one, which it then names if that is not the canonical one.
    pub fn signed(&self, payload: &str) -> Result<String, Error> {
        let mut object = payment_object(payload)?;
        if self.method == ChecksumMethod::Legacy && object.get("checksumMethod").is_none() {
            object.set_string("checksumMethod", "legacy");
        }
        let checksum = of_payload(&object, &self.key)?;
        object.set_string("checksum", &checksum);
        Ok(object.text())
    }
}

/// The checksum of a payload, by the method that its own `checksumMethod` names, else the canonical one.
fn of_payload(payload: &Object<'_>, key: &Secret) -> Result<String, Error> {
    let unsignable = || {
        Error::invalid_request(
            "paymentData cannot be signed: its nesting is too deep, or checksumMethod 'legacy' meets a \
             nested value. Nothing was sent.",
        )
    };
    let method = match payload.string("checksumMethod").as_deref() {
        Some("legacy") => ChecksumMethod::Legacy,
        None | Some("canonical") => ChecksumMethod::Canonical,
        Some(_) => {
            return Err(Error::invalid_request(
                "checksumMethod must be 'canonical' or 'legacy'. Nothing was sent.",
            ));
        }
    };
    Ok(hmac_hex(
        key,
        &message(payload, method).ok_or_else(unsignable)?,
    ))
}

/// The members that a checksum never covers.
pub const UNSIGNED: [&str; 2] = ["checksum", "checksumMethod"];

/// What is signed of `object`; `None` where the method is not defined for it.
pub fn message(object: &Object<'_>, method: ChecksumMethod) -> Option<String> {
    match method {
        ChecksumMethod::Canonical => canonical(object, &UNSIGNED),
        ChecksumMethod::Legacy => legacy_message(object).filter(|text| !is_canonical(text)),
    }
}

/// Whether a text may be a checksum at all.
pub fn is_one(given: &str) -> bool {
    given.len() == 2 * digest::SHA256_OUTPUT_LEN
        && given.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `given`, hex of either case, is the checksum of `message`; in constant time.
pub fn is(key: &Secret, message: &str, given: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.reveal().as_bytes());
    let Some(tag) = hex::decode(given) else {
        return false;
    };
    hmac::verify(&key, message.as_bytes(), &tag).is_ok()
}

/// The values in key order, joined without a separator. Not defined for nested values.
fn legacy_message(payload: &Object<'_>) -> Option<String> {
    let signed = payload
        .members()
        .filter(|(name, _)| !UNSIGNED.contains(name));
    let mut members: Vec<_> = signed.collect();
    members.sort_by_key(|(name, _)| *name);
    members
        .into_iter()
        .map(|(_, value)| json::scalar(value))
        .collect()
}

/// Whether a text may be what the canonical method signs: then it is not for the legacy one.
fn is_canonical(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

fn hmac_hex(key: &Secret, message: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.reveal().as_bytes());
    let tag = hmac::sign(&key, message.as_bytes());
    hex::encode(tag.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inputs are published or in wide use; the digests were made with two other implementations.
    const VECTORS: &[(&str, &str, &str, &str)] = &[
        (
            "L1",
            "secret-key",
            r#"{"amount":100,"currency":"USD","reference":"TX123","checksumMethod":"legacy"}"#,
            "85b65bf2670dcdcb8ebb8d19939e4fd59b02d5218741be2eaf9f575273b101d1",
        ),
        (
            "C0",
            "secret-key",
            r#"{"amount":100,"currency":"USD","reference":"TX123"}"#,
            "17c51f37dad20682e08cd556446c7f8e99840f4040b6719712f41f7549287f33",
        ),
        (
            "C1",
            "secret-key",
            r#"{"reference":"TX123","exchange":{"fromCurrency":"TZS","toCurrency":"TZS","amount":"1000","rate":"1"},"customer":{"name":"John Doe","email":"john@example.com","phone":"+255123456789"},"currency":"USD","amount":100}"#,
            "d777a80827f17cf7882f9ac5efa68416ec680e2d1ab72ad415228d00e4ac4957",
        ),
        (
            "C2",
            "secret-key",
            r#"{"currency":"TZS","amount":500}"#,
            "31aa8d7a94738dba5b9e3701c7dd6fc8b1754550f2dd17cc802c0cc2427eb197",
        ),
        (
            "C2s",
            "secret-key",
            r#"{"currency":"TZS","amount":"500"}"#,
            "863ac5e539e7d3f54dbeaaaa04e731027b3d0461bcf2b5517ba9054d1c740edc",
        ),
        (
            "C3",
            "sum-key",
            r#"{"phoneNumber":"255712345678","orderReference":"ORD-1","currency":"TZS","amount":"10000","checksumMethod":"canonical"}"#,
            "f4d913f71c34c2225fc3a6ffa604a4a6b953b4070afa4f0f437711dd24550b37",
        ),
        (
            "C3f",
            "sum-key",
            r#"{"fetchSenderDetails":true,"phoneNumber":"255712345678","orderReference":"ORD-1","currency":"TZS","amount":"10000"}"#,
            "d490b6aaa77af04123470506e9f79875da96d53ba98a875264d7c83a89819366",
        ),
        (
            "L3",
            "sum-key",
            r#"{"phoneNumber":"255712345678","orderReference":"ORD-1","currency":"TZS","amount":"10000","checksumMethod":"legacy"}"#,
            "f3d1a3c96788435e7ecae198897ec90b09fcd0049923dc9f9235f9912bf645bd",
        ),
        (
            "C4",
            "test_webhook_secret",
            r#"{"status":"SUCCESS","orderReference":"ORD001","amount":"5000"}"#,
            "3cdf0d1a979a4b65891656fe6b9cb17e3aed624a1bc6a00e7b1a628d307bcbcd",
        ),
        (
            "L4",
            "test_webhook_secret",
            r#"{"status":"SUCCESS","orderReference":"ORD001","amount":"5000","checksumMethod":"legacy"}"#,
            "40f40707623102e9ffd59dd9a1822538f9fbc8cb8317b39d984ff926b478f099",
        ),
        (
            "W1",
            "test_webhook_secret",
            r#"{"event":"PAYMENT RECEIVED","data":{"status":"SUCCESS","orderReference":"ORD123","id":"ORD123LCP456","customer":{"customerPhoneNumber":"255700000000","customerName":"John Doe"},"collectedCurrency":"TZS","collectedAmount":"10000"}}"#,
            "61d3d6ed93ab12fb64a46de2709a6e3e5e8640a4dc629ece1f4a9ce41de45eb2",
        ),
        (
            "W1d",
            "test_webhook_secret",
            r#"{"status":"SUCCESS","orderReference":"ORD123","id":"ORD123LCP456","customer":{"customerPhoneNumber":"255700000000","customerName":"John Doe"},"collectedCurrency":"TZS","collectedAmount":"10000"}"#,
            "3fad29ecf5c5b4bc832d6a8089a98197c0aac2c843dc709e4ae4cf16cf652e16",
        ),
        (
            "W2d",
            "test_webhook_secret",
            r#"{"id":"ORD123LCP456","status":"FAILED","channel":"TIGO-PESA","orderReference":"ORD123","message":"Insufficient balance","checksumMethod":"legacy"}"#,
            "2009c3efb460736495c1e20befda4206781ca47ec5083fe99eb2239136c3e432",
        ),
        (
            "C5",
            "test-checksum-key",
            r#"{"totalPrice":"15000","orderReference":"ORDER1001","orderItems":[{"quantity":2,"price":"5000","name":"Kahawa"},{"name":"Chai","price":"5000","quantity":1}],"orderCurrency":"TZS","description":"Chai ya asubuhi – São/Zanzibar \"A\"","callbackUrl":"https://shop.example/cb?a=1&b=2"}"#,
            "c4e3658646a29b54d272ce40957151a310871a1dc8fd39fd2966f92ed51b4be8",
        ),
        (
            "P1",
            "test-checksum-key",
            r#"{"amount":1000,"currency":"TZS","orderReference":"PAYOUT1001","phoneNumber":"255712345678","checksum":"stale","checksumMethod":"canonical"}"#,
            "58af4fd89f6e99483241431e8f81c77f6f5ba259020a21b385d8654c9a8abc6f",
        ),
        (
            "P2",
            "test-checksum-key",
            r#"{"amount":1000.5,"currency":"TZS","orderReference":"PAYOUT1001","phoneNumber":"255712345678"}"#,
            "4dd8eea8022e353a5a593eff3ea63bf8c76f7dff2455e5d156a79748604185de",
        ),
        (
            "N1",
            "test-checksum-key",
            r#"{"amount":1000}"#,
            "01903fae86bb15bccbd17e02fedba35d6be7e955ec7463438585bf538fb7bb12",
        ),
        (
            "E",
            "test-checksum-key",
            "{}",
            "ad4f9b44828ee1cade6c3aaccf39f2941d98e99233e9125862bdf20224654bfb",
        ),
    ];

    fn checksum(payload: &str, key: &str) -> Result<String, Error> {
        of_payload(&Object::parse(payload).unwrap(), &Secret::new(key))
    }

    #[test]
    fn published_vectors() {
        for (name, key, payload, expected) in VECTORS {
            assert_eq!(checksum(payload, key).as_deref(), Ok(*expected), "{name}");
        }
    }

    #[test]
    fn escaping_differently_gives_another_checksum() {
        let escaped = |payload| checksum(payload, "test-checksum-key").unwrap();
        let c5x = r#"{"callbackUrl":"https://shop.example/cb?a=1&b=2","description":"Chai ya asubuhi \u2013 S\u00e3o/Zanzibar \"A\"","orderCurrency":"TZS","orderItems":[{"name":"Kahawa","price":"5000","quantity":2},{"name":"Chai","price":"5000","quantity":1}],"orderReference":"ORDER1001","totalPrice":"15000"}"#;
        assert_eq!(
            escaped(c5x),
            "17ab6264dcc6242b61104b288d8e2a44d69c48e8bad909e4a8487ef0a64d1d88"
        );
        let c5y = r#"{"callbackUrl":"https:\/\/shop.example\/cb?a=1&b=2","description":"Chai ya asubuhi – São\/Zanzibar \"A\"","orderCurrency":"TZS","orderItems":[{"name":"Kahawa","price":"5000","quantity":2},{"name":"Chai","price":"5000","quantity":1}],"orderReference":"ORDER1001","totalPrice":"15000"}"#;
        assert_eq!(
            escaped(c5y),
            "1283bb4bd0f32308bfbd3b604925163fd3ec914811ca6b6b3de4748ff4eba393"
        );
    }

    #[test]
    fn what_no_method_can_sign_is_refused() {
        for payload in [
            r#"{"checksumMethod":"legacy","customer":{"name":"A"}}"#,
            r#"{"checksumMethod":"md5"}"#,
        ] {
            assert!(checksum(payload, "k").is_err(), "{payload}");
        }
    }
}
