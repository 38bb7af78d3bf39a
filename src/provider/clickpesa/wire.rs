//! Reading ClickPesa's answers. There is no machine-readable error code; texts are all there is.
#![forbid(unsafe_code)]

use std::collections::HashSet;
use std::time::Duration;

use crate::http::Response;
use crate::model::json::{self, Object};
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;
use crate::provider::words::short_text;

use super::identity::PROVIDER;
use super::row::{payment, status_of};
use crate::provider::read::{id_of, logged_in, may_hold, with_object};
use crate::provider::testimony::Testimony;
use crate::provider::{Lifetime, Login, Missing, Reading, Words};

/// A token lives one hour from its issue; the answer does not say so.
const LIFETIME: Duration = Duration::from_secs(3600);

/// Whether the answer to a login may hold a token.
pub fn may_hold_token(text: &str) -> bool {
    may_hold(text, token_of)
}

fn token_of(body: &Object<'_>) -> Option<String> {
    body.filled("token")
}

pub fn login(text: &str) -> Reading<Login> {
    with_object(text, |body| {
        let token = match token_of(body) {
            Some(token) if body.get("success") != Some("false") => token,
            _ => return Reading::Refusal(Some("the answer holds no token")),
        };
        logged_in(&authorization(token.trim()), Lifetime::For(LIFETIME))
    })
}

/// The token comes with its scheme; doubling it makes every call fail.
fn authorization(token: &str) -> String {
    match token.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => token.to_owned(),
        _ => format!("Bearer {token}"),
    }
}

/// An accepted push has an id and is under way. One that failed at once comes with HTTP 200 as well.
pub fn initiated_push(text: &str) -> Reading<String> {
    with_object(text, |body| {
        let id = id_of(body, "id");
        let named = id.is_some() || id_of(body, "orderReference").is_some();
        let is_error = ["message", "error", "errors", "statusCode"]
            .iter()
            .any(|name| body.get(name).is_some());
        match status_of(&body.filled("status").unwrap_or_default()) {
            Status::Failed if named => Reading::Failed("the payment failed at once"),
            Status::Pending | Status::Processing | Status::Succeeded if id.is_some() => {
                Reading::Success(text.to_owned())
            }
            _ if is_error => Reading::Unreadable("an error in place of a payment"),
            _ => Reading::Unreadable("neither a payment nor a refusal"),
        }
    })
}

/// Rows of the payment that was `asked` for, one or more: one that was paid, else the newest. Rows of
/// other payments are not looked at.
pub fn status(text: &str, asked: &str) -> Reading<Payment> {
    let object = Object::parse(text);
    let within = object.as_ref().and_then(|object| object.get("data"));
    if within.is_some() && object.clone().is_some_and(denies_rows) {
        return Reading::Unreadable("an error beside a payment");
    }
    let rows = json::elements(within.unwrap_or(text)).or(object.is_some().then(|| vec![text]));
    let Some(rows) = rows else {
        return Reading::Unreadable("an answer that is not the expected JSON");
    };
    let mut read: Vec<(String, Payment)> = rows
        .iter()
        .filter_map(|row| {
            let object = Object::parse(row)?;
            let changed = object
                .filled("updatedAt")
                .or_else(|| object.filled("createdAt"));
            Some((
                changed.unwrap_or_default(),
                unless_denied(payment(&object, Raw::Told((*row).to_owned())), row),
            ))
        })
        .filter(|(_, payment)| payment.reference.as_deref() == Some(asked))
        .collect();
    // ISO 8601 in UTC sorts as text.
    read.sort_by(|(one, _), (two, _)| one.cmp(two));
    // Of several rows of one id the last tells where it stands.
    let mut seen = HashSet::new();
    read.reverse();
    read.retain(|(_, payment)| match &payment.transaction_id {
        Some(id) => seen.insert(id.clone()),
        None => true,
    });
    read.reverse();
    let paid = read
        .iter()
        .rposition(|(_, payment)| payment.status == Status::Succeeded);
    let chosen = match paid {
        Some(at) => Some(read.swap_remove(at)),
        None => read.pop(),
    };
    match chosen {
        Some((_, payment)) => Reading::Success(payment),
        None if rows.is_empty() => Reading::Unreadable("an answer without a payment"),
        None => Reading::Another("no payment of this reference"),
    }
}

/// Whether what stands beside `data` tells an error.
fn denies_rows(mut object: Object<'_>) -> bool {
    object.remove("data");
    let told = Testimony::of(&object.text());
    told.says_no || !told.codes.is_empty()
}

/// Whether a row that tells a success says otherwise as well.
pub fn denies(row: &str) -> bool {
    let told = Testimony::of(row);
    told.says_no || !told.codes.is_empty()
}

/// A success is believed where nothing in its own row says otherwise.
fn unless_denied(payment: Payment, row: &str) -> Payment {
    if payment.status != Status::Succeeded {
        return payment;
    }
    match denies(row) {
        true => Payment {
            status: Status::Unknown,
            ..payment
        },
        false => payment,
    }
}

/// What is said of a payment that is not indexed yet, just as of one that was never made.
const MISSING: &str = "invalid or missing payment";

/// Whether an answer names another reference than the one that was sent.
pub fn is_of_another(text: &str, sent: &str) -> Option<&'static str> {
    let answer = Object::parse(text)?;
    let told = answer
        .get("orderReference")
        .filter(|told| *told != "null")?;
    let is_it = json::scalar(told).as_deref() == Some(sent);
    (!is_it).then_some("another reference")
}

/// Whether an answer tells an error beside what was asked for.
pub fn tells_error(text: &str) -> bool {
    let Some(answer) = Object::parse(text) else {
        return false;
    };
    let is_filled = |value: &&str| !matches!(*value, "null" | "\"\"" | "false" | "[]" | "{}");
    let status = answer.scalar("statusCode");
    let status = status.and_then(|code| code.parse::<u16>().ok());
    answer.get("success") == Some("false")
        || answer.get("error").filter(is_filled).is_some()
        || status.is_some_and(|status| status >= 400)
}

/// Whether an answer says that no reference looks like the one that was asked for.
pub fn refuses_reference(body: &str) -> bool {
    let message = Object::parse(body).and_then(|body| body.filled("message"));
    message.is_some_and(|words| {
        words
            .to_ascii_lowercase()
            .starts_with("invalid order reference")
    })
}

/// What most 404s mean. Where there is no such path, the server says so in JSON as well.
pub fn not_found<T: 'static>(body: &str) -> Missing<T> {
    let message = Object::parse(body).and_then(|body| body.filled("message"));
    match message.is_some_and(|words| says_no_path(&words.to_ascii_lowercase())) {
        true => Missing::Elsewhere,
        false => Missing::usual(body),
    }
}

fn says_no_path(lower: &str) -> bool {
    ["cannot get", "cannot post", "cannot patch"]
        .iter()
        .any(|words| lower.starts_with(words))
}

/// Whether an HTTP 404 says that there is no payout of that reference, yet or ever.
pub fn is_missing(body: &str) -> bool {
    let message = Object::parse(body).and_then(|body| body.filled("message"));
    message.is_some_and(|words| words.to_ascii_lowercase().starts_with("invalid or missing"))
}

/// Reads an HTTP 404 to a query for `reference`, which is the merchant's `own` or made from it. A server that has no
/// such path answers it as well.
pub fn missing(reference: &str, own: &str, body: &str) -> Missing<Payment> {
    let response = Response {
        text: body.to_owned(),
        ..Response::default()
    };
    let Some(words) = Object::parse(body).and_then(|_| words(&response).message) else {
        return Missing::Elsewhere;
    };
    let lower = words.to_ascii_lowercase();
    if says_no_path(&lower) {
        return Missing::Elsewhere;
    }
    let told = Testimony::of(body);
    let says_more =
        told.says_yes || told.names_payment || told.codes.iter().any(|code| *code != 404);
    let of = lower.strip_prefix(MISSING).filter(|_| !says_more);
    let reference = reference.trim();
    match of.map(|rest| rest.trim_matches([':', '.', ' '])) {
        // A reference that looks like a telephone number comes masked.
        Some(of)
            if of.is_empty()
                || of == reference.to_ascii_lowercase()
                || of == phone::hide(reference).to_ascii_lowercase() =>
        {
            Missing::Answer(Payment {
                reference: Some(own.to_owned()),
                ..Payment::of(PROVIDER, Status::Pending)
            })
        }
        _ => Missing::Refused,
    }
}

/// What is said of a payout within a minute after another one of the same merchant.
const TOO_SOON: &str = "payout request is already in progress, please retry after ";

/// How long to wait before the next payout; ClickPesa tells it in words only.
pub fn too_soon(words: &Words) -> Option<Duration> {
    let text = words.message.as_deref()?.to_ascii_lowercase();
    let (seconds, unit) = text.strip_prefix(TOO_SOON)?.split_once(' ')?;
    let is_seconds = unit.trim_end_matches('.').starts_with("second");
    is_seconds.then(|| seconds.parse().ok().map(Duration::from_secs))?
}

pub fn words(response: &Response) -> Words {
    let Some(body) = Object::parse(&response.text) else {
        return Words {
            code: None,
            message: short_text(response),
        };
    };
    let message = body.filled("message").or_else(|| {
        // A comma, as JavaScript joins an array into a text.
        json::strings(body.get("message")?)
            .map(|texts| texts.join(","))
            .filter(|t| !t.is_empty())
    });
    Words {
        code: None,
        message: message.or_else(|| body.filled("error")),
    }
}
