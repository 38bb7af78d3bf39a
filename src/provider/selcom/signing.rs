//! How each request is signed: a digest over `timestamp=…` and then `&name=value` of each field, in the order in which
//! `Signed-Fields` names them. What is signed is read from what is sent, so that both are one text.
//!
//! Source: developers.selcommobile.com, Selcom's own clients, and captured traffic.
#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use ring::{digest, hmac};
use time::{OffsetDateTime, UtcOffset};

use crate::config::Options;
use crate::http::{Authorization, Request};
use crate::model::error::Error;
use crate::model::json::{self, Object};
use crate::model::secret::Secret;

use crate::provider::read::is_visible;

const PRIVATE_KEY: &str = "SELCOM_PRIVATE_KEY";
const SECRET: &str = "SELCOM_API_SECRET";

/// A field's name and its text, as it is signed.
pub type Field = (String, String);

/// The credentials by which requests are let in.
pub struct Signing {
    api_key: Secret,
    secret: Secret,
    private_key: Option<Secret>,
    authorization: Authorization,
    /// In place of a digest by the secret, where the merchant configured a private key.
    rsa: Option<RsaKeyPair>,
}

impl Signing {
    pub fn configured(options: &Options) -> Result<Self, Error> {
        let api_key = options.credential("SELCOM_API_KEY")?;
        let value = format!("SELCOM {}", STANDARD.encode(api_key.reveal()));
        let private_key = options.get(PRIVATE_KEY).cloned();
        let rsa = private_key.as_ref().map(|key| key_pair(key.reveal()));
        Ok(Self {
            authorization: Authorization::new(Secret::new(value)).ok_or_else(Error::internal)?,
            api_key,
            secret: options.credential(SECRET)?,
            private_key,
            rsa: rsa.transpose()?,
        })
    }

    pub fn secrets(&self) -> impl Iterator<Item = Secret> {
        let shown = [
            self.api_key.clone(),
            Secret::new(self.authorization.bare()),
            self.secret.clone(),
        ];
        shown.into_iter().chain(self.private_key.clone())
    }

    /// Signs a request with the time of its attempt.
    pub fn dress(&self, request: &mut Request, at: SystemTime) {
        let fields = fields_of(request);
        let timestamp = timestamp(at);
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let (method, digest) = self.digest(&signed(&timestamp, &fields));
        request.authorization = Some(self.authorization.clone());
        request.headers.extend([
            ("digest-method", Secret::new(method)),
            ("digest", Secret::new(digest)),
            ("timestamp", Secret::new(timestamp)),
            ("signed-fields", Secret::new(names.join(","))),
        ]);
    }

    fn digest(&self, text: &str) -> (&'static str, String) {
        let Some(rsa) = &self.rsa else {
            return (
                "HS256",
                STANDARD.encode(hmac::sign(&self.hmac(), text.as_bytes())),
            );
        };
        let mut signature = vec![0; rsa.public().modulus_len()];
        let made = rsa.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            text.as_bytes(),
            &mut signature,
        );
        // Without a digest Selcom refuses the request, before anything is done.
        let digest = made.map(|()| STANDARD.encode(&signature));
        ("RS256", digest.unwrap_or_default())
    }

    /// Whether `digest`, base64, is one of `text` by the secret; in constant time.
    pub fn is_digest(&self, digest: &str, text: &str) -> bool {
        let tag = STANDARD.decode(digest.trim()).unwrap_or_default();
        tag.len() == digest::SHA256_OUTPUT_LEN
            && hmac::verify(&self.hmac(), text.as_bytes(), &tag).is_ok()
    }

    fn hmac(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.secret.reveal().as_bytes())
    }
}

/// What is signed.
pub fn signed(timestamp: &str, fields: &[Field]) -> String {
    let mut text = format!("timestamp={timestamp}");
    for (name, value) in fields {
        text.push_str(&format!("&{name}={value}"));
    }
    text
}

/// The fields of a request: the members of its body or, without one, those of its query.
fn fields_of(request: &Request) -> Vec<Field> {
    let Some(body) = &request.body else {
        let query = request.url.split_once('?').map_or("", |(_, query)| query);
        return url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
    };
    let body = Object::parse(body.reveal()).unwrap_or_default();
    let members = body
        .members()
        .map(|(name, value)| (name.to_owned(), text_of(value).unwrap_or_default()));
    members.collect()
}

/// A value as it is signed: a string's characters, or a number as it is written. Anything else is none.
pub fn text_of(value: &str) -> Option<String> {
    let is_number = value.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    match is_number {
        true => Some(value.to_owned()),
        false => json::decode_string(value),
    }
}

/// Which rule a payload breaks that is to be signed; its values go out as they are.
pub fn flaw(payload: &Object<'_>) -> Option<String> {
    let mut seen = HashSet::new();
    for (name, value) in payload.members() {
        let is_name = is_visible(name) && !name.is_empty() && !name.contains([',', ' ']);
        if !is_name || name.eq_ignore_ascii_case("timestamp") || !seen.insert(name) {
            return Some("each name must be one that Signed-Fields can carry, once".to_owned());
        }
        let half = char::REPLACEMENT_CHARACTER;
        // A lone surrogate of JavaScript's, which goes out as its escape and cannot be signed as UTF-8.
        if text_of(value).is_some_and(|text| text.contains(half)) && !value.contains(half) {
            return Some(format!("{name} holds half a character"));
        }
        if text_of(value).is_none() {
            return Some(format!(
                "{name} must be a string or a number: Selcom signs no null, boolean, list or object. Write a nested \
                 one as flat keys with dots, such as 'billing.firstname'"
            ));
        }
    }
    seen.is_empty().then(|| "it holds no field".to_owned())
}

/// A time in East Africa, in whole seconds: `2026-01-02T03:04:05+03:00`.
pub fn timestamp(at: SystemTime) -> String {
    let zone = UtcOffset::from_hms(3, 0, 0).unwrap_or(UtcOffset::UTC);
    // A clock of the year 1969, or 10000, is none.
    let seconds = at.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = seconds.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0));
    let at = OffsetDateTime::from_unix_timestamp(seconds).ok();
    let at = at.and_then(|at| at.checked_to_offset(zone));
    let at = at.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+03:00",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// Reads an RSA private key, PEM or its base64 alone, PKCS#8 or PKCS#1.
fn key_pair(text: &str) -> Result<RsaKeyPair, Error> {
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let base64 = match text.split("-----").collect::<Vec<_>>().as_slice() {
        [_, _, base64, ..] => base64.split_whitespace().collect(),
        _ => text.split_whitespace().collect::<String>(),
    };
    let der = STANDARD.decode(base64).unwrap_or_default();
    let pair = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der));
    pair.map_err(|_| {
        Error::invalid_config(format!(
            "{PRIVATE_KEY} is not usable: it must be an RSA private key of 2048 to 4096 bits, in PEM, without a \
             password."
        ))
    })
}
