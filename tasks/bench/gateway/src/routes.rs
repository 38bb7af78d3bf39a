//! The three requests a contestant may send, each checked to the last member.

use std::time::{Duration, SystemTime};

use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::http::request::Parts;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Gateway;

const TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// The parts of a token, in characters: a JWT with an RSA signature. What it weighs on the wire, and how badly it can
/// be compressed, is part of a payment's cost.
const TOKEN_PARTS: [usize; 3] = [48, 620, 342];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Credentials<'a> {
    app_name: &'a str,
    client_id: &'a str,
    client_secret: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Order<'a> {
    account_number: &'a str,
    amount: &'a str,
    currency: &'a str,
    external_id: &'a str,
    provider: &'a str,
    /// `charge` sends none.
    additional_properties: Option<Properties<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Properties<'a> {
    cart: &'a str,
    note: &'a str,
}

/// The answer's body, or what is wrong with the request.
pub fn answer(gateway: &mut Gateway, head: &Parts, body: &[u8]) -> Result<String, String> {
    let wrong = |why: &str| Err(format!("{} {}: {why}", head.method, head.uri.path()));
    let header = |name| {
        head.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let is_json = header(CONTENT_TYPE).starts_with("application/json");
    match (head.method.as_str(), head.uri.path()) {
        ("POST", "/AppRegistration/GenerateToken") => {
            gateway.counts.logins += 1;
            let right = serde_json::from_slice::<Credentials>(body).is_ok_and(|sent| {
                (sent.app_name, sent.client_id, sent.client_secret)
                    == ("bench", "bench-id", "bench-secret")
            });
            if !right || !is_json {
                return wrong("not the credentials");
            }
            let token = token(gateway.tokens.len());
            let end = OffsetDateTime::from(SystemTime::now() + TOKEN_LIFE);
            let end = end.format(&Rfc3339).unwrap_or_default();
            let text = format!(
                r#"{{"data":{{"accessToken":"{token}","expire":"{end}"}},"message":"Token generated successfully","success":true,"messageCode":0,"statusCode":200}}"#
            );
            gateway.tokens.insert(token);
            Ok(text)
        }
        ("POST", "/azampay/mno/checkout") => {
            gateway.counts.payments += 1;
            if !is_json || !is_token(gateway, header(AUTHORIZATION)) {
                return wrong("not the content type or not a token");
            }
            let Ok(order) = serde_json::from_slice::<Order>(body) else {
                return wrong("not an order");
            };
            let fixed = (
                order.account_number,
                order.amount,
                order.currency,
                order.provider,
            );
            let is_note = |own: Properties<'_>| (own.cart, own.note) == ("7", "Chai ya asubuhi");
            if fixed != ("255712345678", "1000", "TZS", "Mpesa")
                || !order.additional_properties.is_none_or(is_note)
            {
                return wrong("another order");
            }
            let number = order
                .external_id
                .strip_prefix("ORDER-")
                .and_then(|number| number.parse().ok());
            match number {
                Some(number) if gateway.counts.is_new(number) => Ok(format!(
                    r#"{{"success":true,"transactionId":"{number:032x}","message":"Your request has been received and is being processed.","messageCode":0}}"#
                )),
                Some(_) => wrong("the same order twice"),
                None => wrong("an order without a number"),
            }
        }
        ("GET", "/azampay/v1/public-key") => {
            gateway.counts.keys += 1;
            if !is_token(gateway, header(AUTHORIZATION)) {
                return wrong("not a token");
            }
            let key = serde_json::Value::from(gateway.public_key.as_str());
            Ok(format!(
                r#"{{"success":true,"format":"Pem","publicKey":{key}}}"#
            ))
        }
        _ => wrong("no such route"),
    }
}

/// Characters of base64url in no order that a compressor knows, the same for each run.
fn token(number: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ number as u64;
    let mut part = |length| -> String {
        let next = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(ALPHABET[(state >> 40) as usize % ALPHABET.len()])
        };
        (0..length).map(next).collect()
    };
    TOKEN_PARTS.map(&mut part).join(".")
}

fn is_token(gateway: &Gateway, authorization: &str) -> bool {
    authorization
        .strip_prefix("Bearer ")
        .is_some_and(|token| gateway.tokens.contains(token))
}
