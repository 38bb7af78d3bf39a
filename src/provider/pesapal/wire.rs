//! Reading PesaPal's answers. A business error comes with HTTP 200, and an `error` object whose
//! members are all null is a success.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::http::Response;
use crate::json::{self, Object};
use crate::provider::words::short_text;
use crate::provider::{Answer, Lifetime, Login, Reading, Words, expiry, with_object};
use crate::secret::Secret;

/// The code of a missing, garbled or expired access token.
pub const BAD_TOKEN: &str = "invalid_api_credentials_provided";

/// A live token lives 300 s; this much is assumed when `expiryDate` cannot be read.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(240);

pub fn login(text: &str) -> Reading<Login> {
    success(
        text,
        |body| {
            let token = body.filled("token")?;
            let lifetime = body
                .scalar("expiryDate")
                .and_then(|date| expiry::parse(&date));
            Some(Login {
                authorization: Secret::new(format!("Bearer {}", token.trim())),
                lifetime: lifetime.unwrap_or(Lifetime::For(ASSUMED_LIFETIME)),
            })
        },
        "the answer holds no token",
    )
}

pub fn submitted_order(text: &str) -> Reading<Answer> {
    success(
        text,
        |body| {
            body.filled("order_tracking_id")?;
            body.filled("redirect_url")?;
            Some(text.to_owned())
        },
        "the answer holds no order_tracking_id and redirect_url",
    )
}

pub fn registered_ipn(text: &str) -> Reading<String> {
    success(
        text,
        |body| body.filled("ipn_id"),
        "the answer holds no ipn_id",
    )
}

fn success<T>(
    text: &str,
    keys: impl FnOnce(&Object<'_>) -> Option<T>,
    missing: &'static str,
) -> Reading<T> {
    with_object(text, |body| {
        if error_words(body).is_some() {
            return Reading::Refusal(None);
        }
        keys(body).map_or(Reading::Refusal(Some(missing)), Reading::Success)
    })
}

pub fn words(response: &Response) -> Words {
    let Some(body) = Object::parse(&response.text) else {
        return Words {
            code: None,
            message: short_text(response),
        };
    };
    if let Some(words) = error_words(&body) {
        return words;
    }
    let message = body.filled("message");
    // One client met the whole error as JSON inside a string.
    match message.as_deref().and_then(Object::parse) {
        Some(nested) => error_words(&nested).unwrap_or_default(),
        None => Words {
            code: None,
            message,
        },
    }
}

/// The `error` member's words, when any of its members says something.
fn error_words(body: &Object<'_>) -> Option<Words> {
    let text = body.get("error")?;
    let Some(error) = Object::parse(text) else {
        let message = json::decode_string(text).filter(|text| !text.trim().is_empty())?;
        return Some(Words {
            code: None,
            message: Some(message),
        });
    };
    if error
        .members()
        .all(|(_, value)| matches!(value, "null" | "\"\""))
    {
        return None;
    }
    let filled = |name| error.scalar(name).filter(|text| !text.trim().is_empty());
    Some(Words {
        code: filled("code")
            .or_else(|| filled("error_type"))
            .or_else(|| filled("type")),
        message: filled("message"),
    })
}
