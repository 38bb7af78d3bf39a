//! Reading PesaPal's answers. A business error comes with HTTP 200, and an `error` object whose
//! members are all null is a success.
#![forbid(unsafe_code)]

use std::time::Duration;

use super::identity::PROVIDER;
use crate::http::Response;
use crate::model::json::{self, Object};
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;
use crate::provider::form::is_web;
use crate::provider::read::{id_of, logged_in, may_hold, with_object};
use crate::provider::words::short_text;
use crate::provider::{Lifetime, Login, Reading, Words, expiry};

/// The code of a missing, garbled or expired access token.
const BAD_TOKEN: &str = "invalid_api_credentials_provided";

/// The `status` of a business error.
pub const REFUSED: u16 = 500;

/// A live token lives 300 s; this much is assumed when `expiryDate` cannot be read.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(240);

/// Whether the answer to a login may hold a token.
pub fn may_hold_token(text: &str) -> bool {
    may_hold(text, token_of)
}

fn token_of(body: &Object<'_>) -> Option<String> {
    body.filled("token")
}

pub fn login(text: &str) -> Reading<Login> {
    unless_error(text, |body| {
        let Some(token) = token_of(body) else {
            return Reading::Refusal(Some("the answer holds no token"));
        };
        let date = body.scalar("expiryDate");
        let lifetime = date.and_then(|date| expiry::parse(&date));
        let lifetime = lifetime.unwrap_or(Lifetime::For(ASSUMED_LIFETIME));
        logged_in(&format!("Bearer {}", token.trim()), lifetime)
    })
}

/// An accepted order has an id and a page, of which `told` makes the answer. `reference` is the one that was sent,
/// where we know it.
pub fn submitted_order(
    text: &str,
    reference: Option<&str>,
    told: impl FnOnce(&str, &str) -> String,
) -> Reading<String> {
    unless_error(text, |body| {
        let (Some(id), Some(page)) = (
            id_of(body, "order_tracking_id"),
            id_of(body, "redirect_url"),
        ) else {
            return Reading::Unreadable(
                "no refusal, and without order_tracking_id or redirect_url",
            );
        };
        let other = body.filled("merchant_reference");
        match other.is_some_and(|other| reference.is_some_and(|own| own != other)) {
            true => Reading::Another("another order"),
            // `pay` hands the answer over as it is.
            false if reference.is_some() && !is_web(&page) => {
                Reading::Unreadable("a redirect_url that is no web address")
            }
            false => Reading::Success(told(&id, &page)),
        }
    })
}

/// The id of an IPN, a GUID.
pub fn ipn_id(body: &Object<'_>) -> Option<String> {
    id_of(body, "ipn_id").and_then(|_| body.filled("ipn_id"))
}

/// `then` goes on with the id of the IPN.
pub fn registered_ipn<T>(text: &str, then: impl FnOnce(&str) -> Reading<T>) -> Reading<T> {
    unless_error(text, |body| match ipn_id(body) {
        Some(id) => then(&id),
        None => Reading::Unreadable("no refusal, and without ipn_id"),
    })
}

/// `status_code` counts before everything else: an order nobody has paid yet comes with an `error` and
/// the status text "500".
/// The id that was `asked` for is told in captures, and not in the documentation's sample.
pub fn status<T>(text: &str, asked: &str, read: impl FnOnce(Payment) -> Reading<T>) -> Reading<T> {
    with_object(text, |body| {
        if is_of_another(body, asked) {
            return Reading::Another("the status of another order");
        }
        let Some(code) = body.scalar("status_code").filter(|code| !code.is_empty()) else {
            return match error_words(body) {
                Some(_) => Reading::Refusal(None),
                None => Reading::Unreadable("an answer without a status_code"),
            };
        };
        let recurring = body
            .object("subscription_transaction_info")
            .unwrap_or_default();
        read(Payment {
            amount: body.scalar("amount"),
            currency: body.filled("currency"),
            reference: recurring
                .filled("account_reference")
                .or_else(|| body.filled("merchant_reference")),
            transaction_id: body.filled("order_tracking_id"),
            receipt: body.filled("confirmation_code"),
            payer: body
                .filled("payment_account")
                .map(|account| phone::mask(&account)),
            message: body
                .filled("description")
                .or_else(|| body.filled("payment_status_code"))
                .or_else(|| body.filled("payment_status_description")),
            raw: Raw::Told(text.to_owned()),
            ..Payment::of(PROVIDER, unless_denied(status_of(&code), body))
        })
    })
}

/// The answer to a refund or a cancellation, of which `told` makes the call's from the message. Its code stands in
/// `status` or, by the table of the documentation, in `error`.
pub fn replied<T>(text: &str, told: impl FnOnce(Option<&str>) -> T) -> Reading<T> {
    with_object(text, |body| {
        let code = |name| body.scalar(name)?.trim().parse::<u16>().ok();
        let (status, error) = (code("status"), code("error"));
        let says_no = error.is_none() && has_error(body);
        match (status, error) {
            _ if says_no => Reading::Refusal(None),
            (Some(200), None | Some(0 | 200)) | (None, Some(200)) => {
                Reading::Success(told(body.filled("message").as_deref()))
            }
            (Some(REFUSED), None | Some(REFUSED)) | (None, Some(REFUSED)) => Reading::Refusal(None),
            _ => Reading::Unreadable("neither an acceptance nor a refusal"),
        }
    })
}

/// Whether the answer tells another order_tracking_id, a GUID in either case, by itself or in the way
/// back to the shop.
fn is_of_another(body: &Object<'_>, asked: &str) -> bool {
    let error = body.object("error").unwrap_or_default();
    let told = body.members().chain(error.members());
    let told = told.filter_map(|(name, value)| {
        let name = name.replace('_', "").to_ascii_lowercase();
        let value = json::scalar(value).filter(|text| !text.trim().is_empty())?;
        match name.as_str() {
            "ordertrackingid" => Some(value),
            "callbackurl" => {
                let url = url::Url::parse(&value).ok()?;
                let id = url
                    .query_pairs()
                    .find(|(name, _)| name.eq_ignore_ascii_case("OrderTrackingId"));
                id.map(|(_, id)| id.into_owned())
            }
            _ => None,
        }
    });
    let other = |id: String| !id.trim().eq_ignore_ascii_case(asked);
    { told }.any(other)
}

/// A success is believed where no error stands beside it and `payment_status_description`, in any case,
/// names no other state; a failure where that does not say that it was paid.
fn unless_denied(status: Status, body: &Object<'_>) -> Status {
    const PAID: [&str; 5] = ["COMPLET", "SUCC", "PAID", "CONFIRM", "SETTLED"];
    let described = body.filled("payment_status_description");
    let described = described.unwrap_or_default().trim().to_ascii_uppercase();
    let says_paid = PAID.iter().any(|start| described.starts_with(start));
    let refuses = || {
        let status = body.scalar("status").and_then(|status| status.parse().ok());
        status == Some(REFUSED) || has_error(body)
    };
    match status {
        Status::Succeeded if refuses() || !(says_paid || described.is_empty()) => Status::Unknown,
        Status::Failed if says_paid => Status::Unknown,
        status => status,
    }
}

fn status_of(code: &str) -> Status {
    match code {
        "0" => Status::Pending,
        "1" => Status::Succeeded,
        "2" => Status::Failed,
        "3" => Status::Reversed,
        _ => Status::Unknown,
    }
}

pub fn unless_error<T>(text: &str, read: impl FnOnce(&Object<'_>) -> Reading<T>) -> Reading<T> {
    with_object(text, |body| {
        let status = body.scalar("status").and_then(|status| status.parse().ok());
        match has_error(body) || status == Some(REFUSED) {
            true => Reading::Refusal(None),
            false => read(body),
        }
    })
}

fn has_error(body: &Object<'_>) -> bool {
    let nested = || {
        let message = body.filled("message")?;
        error_words(&Object::parse(&message)?)
    };
    error_words(body).or_else(nested).is_some()
}

/// Tells by its code that an answer refuses the token: the code is documented, the HTTP status is not.
pub fn refuses_token(response: &Response) -> bool {
    response.status == 401
        || (response.text.contains(BAD_TOKEN) && words(response).code.as_deref() == Some(BAD_TOKEN))
}

pub fn words(response: &Response) -> Words {
    let Some(body) = Object::parse(&response.text) else {
        return Words {
            code: None,
            message: short_text(response),
        };
    };
    // One that is a number is told by the message beside it.
    if let Some(words) = error_words(&body).filter(|words| words.text().is_some()) {
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
        let message = json::decode_string(text).filter(|text| !text.trim().is_empty());
        let says_nothing = matches!(text, "null" | "\"\"" | "[]" | "false");
        return (!says_nothing).then_some(Words {
            code: None,
            message,
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
