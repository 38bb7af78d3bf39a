//! Reading AzamPay's answers. A refused checkout comes with HTTP 200, `success: false` and the text
//! `"null"` for an id.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::http::Response;
use crate::model::json::Object;
use crate::model::payment::{Payment, Raw, Status};
use crate::provider::read::{id_of, logged_in, may_hold, with_object};
use crate::provider::testimony::Testimony;
use crate::provider::words::{flatten_errors, short_text};
use crate::provider::{Lifetime, Login, Missing, Reading, Words, expiry};

use super::identity::PROVIDER;
use super::{callback, key};
use crate::model::signature::PublicKeys;

/// Assumed when the answer does not say when the token ends.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// Whether the answer to a login may hold a token.
pub fn may_hold_token(text: &str) -> bool {
    may_hold(text, |body| body.object("data")?.filled("accessToken"))
}

pub fn login(text: &str) -> Reading<Login> {
    with_object(text, |body| {
        let data = body.object("data").unwrap_or_default();
        let token = match data.filled("accessToken") {
            Some(token) if !says_no(body) => token,
            _ if says_no(body) => return Reading::Refusal(None),
            _ => return Reading::Refusal(Some("the answer holds no accessToken")),
        };
        let lifetime = ["expire", "expireAt"]
            .iter()
            .find_map(|name| expiry::parse(&data.scalar(name)?))
            .unwrap_or(Lifetime::For(ASSUMED_LIFETIME));
        logged_in(&format!("Bearer {}", token.trim()), lifetime)
    })
}

pub fn checkout(text: &str) -> Reading<String> {
    accepted(text, |body| id_of(body, "transactionId"))
}

/// What AzamPay accepted has an id, and what it refused has none.
pub fn accepted(text: &str, id: impl Fn(&Object<'_>) -> Option<String>) -> Reading<String> {
    with_object(text, |body| match (success(body), id(body)) {
        (Some(true), Some(_)) => Reading::Success(text.to_owned()),
        (Some(false), None) => Reading::Refusal(None),
        (Some(false), Some(_)) => Reading::Unreadable("a refusal that names a transaction"),
        (Some(true), None) => Reading::Unreadable("an answer without a transactionId"),
        (None, _) => Reading::Unreadable("neither an acceptance nor a refusal"),
    })
}

/// A path that an account does not have answers with no body, an unknown transaction with words.
pub fn missing(body: &str) -> Missing<Payment> {
    match body.trim().is_empty() {
        true => Missing::Unsupported(
            "this account cannot ask for the status of a payment: wait for the callback",
        ),
        false => Missing::usual(body),
    }
}

/// By these names, in any case and with `_` or without, an answer may tell AzamPay's id of what was asked for.
pub const IDS: &[&str] = &[
    "transactionid",
    "transid",
    "pgreferenceid",
    "externalreference",
    "reference",
];
/// By these, the merchant's own reference.
pub const OWN: &[&str] = &["utilityref", "externalid", "initiatorreferenceid"];

/// What an answer tells under `names`: nothing, or something of which one is what was `asked` for.
pub fn is_of(body: &Object<'_>, names: &[&str], asked: &str) -> Option<bool> {
    let is_one = |name: &str| {
        let name = name.replace('_', "").to_ascii_lowercase();
        names.contains(&name.as_str())
    };
    let told = body
        .members()
        .map(|(name, _)| name)
        .filter(|name| is_one(name));
    let told: Vec<_> = told.filter_map(|name| id_of(body, name)).collect();
    let is_it = told.iter().any(|id| id.eq_ignore_ascii_case(asked));
    (!told.is_empty()).then_some(is_it)
}

/// `{data: "success", success: true}`: the text alone, of the payment that was `asked` for, unless it
/// names another.
pub fn status(text: &str, asked: &str) -> Reading<Payment> {
    told(text, (IDS, asked), &["data"])
}

/// Where something stands that is `asked` for by a name of `names`, in the first of `members` that tells it.
pub fn told(text: &str, (names, asked): (&[&str], &str), members: &[&str]) -> Reading<Payment> {
    with_object(text, |body| {
        let is_named = is_of(body, names, asked);
        if is_named == Some(false) {
            return Reading::Another("the status of another payment");
        }
        let texts = members.iter().filter_map(|name| body.filled(name));
        let statuses: Vec<_> = texts.map(|text| callback::status(&text)).collect();
        let known = statuses.iter().find(|one| **one != Status::Unknown);
        let status = known.or(statuses.first()).copied();
        match (says_no(body), status) {
            // A failure may come with a flag that says no, where it is told of this one by name.
            (true, Some(Status::Failed)) if is_named.is_some() => {}
            (true, None | Some(Status::Unknown)) => return Reading::Refusal(None),
            (true, Some(_)) => return Reading::Unreadable("a status, and a refusal to tell it"),
            (false, _) if body.get("success").is_none() || success(body).is_some() => {}
            (false, _) => return Reading::Unreadable(NO_STATUS),
        }
        // Of a failed payment the words may say that it failed.
        let beside = Testimony::of(text);
        let denied =
            !beside.codes.is_empty() || (status == Some(Status::Succeeded) && beside.says_no);
        let reference = ["utilityref", "externalId", "initiatorReferenceId"];
        match status {
            Some(status) if !denied => Reading::Success(Payment {
                amount: body.scalar("amount"),
                reference: reference.iter().find_map(|name| id_of(body, name)),
                raw: Raw::Told(text.to_owned()),
                ..Payment::of(PROVIDER, status)
            }),
            _ => Reading::Unreadable(NO_STATUS),
        }
    })
}

const NO_STATUS: &str = "an answer without a status";

/// `success`, a boolean or its text; `None` where it is neither.
pub fn success(body: &Object<'_>) -> Option<bool> {
    let said = body.scalar("success")?;
    let is = |word| said.eq_ignore_ascii_case(word);
    (is("true") || is("false")).then(|| is("true"))
}

fn says_no(body: &Object<'_>) -> bool {
    success(body) == Some(false)
}

/// `{publicKey}`, `{data}`, `{data: {publicKey}}`, lists of those, a JSON string, or the bare keys. One
/// that cannot be used is passed over where another can.
pub fn public_keys(text: &str) -> Reading<PublicKeys> {
    let mut written = Vec::new();
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(answer) => texts_of_keys(&answer, &mut written),
        Err(_) => written.push(text.to_owned()),
    }
    written.retain(|text| !text.trim().is_empty());
    if written.is_empty() {
        return Reading::Unreadable(EMPTY_KEY);
    }
    if written.iter().map(String::len).sum::<usize>() > key::MAX_TEXT {
        return Reading::Unreadable(key::TOO_LARGE);
    }
    key::usable(written.iter().flat_map(|text| key::read(text.trim())))
        .map_or_else(Reading::Unreadable, Reading::Success)
}

/// Members that hold a key or lists of them.
const KEY_MEMBERS: [&str; 5] = ["publicKey", "publicKeys", "keys", "data", "value"];

fn texts_of_keys(answer: &serde_json::Value, texts: &mut Vec<String>) {
    match answer {
        serde_json::Value::String(text) => texts.push(text.clone()),
        serde_json::Value::Array(several) => {
            several.iter().for_each(|one| texts_of_keys(one, texts))
        }
        serde_json::Value::Object(members) => KEY_MEMBERS
            .iter()
            .filter_map(|name| members.get(*name))
            .for_each(|member| texts_of_keys(member, texts)),
        _ => {}
    }
}

pub const EMPTY_KEY: &str = "an answer without a key";

pub fn words(response: &Response) -> Words {
    let Some(body) = Object::parse(&response.text) else {
        return Words {
            code: None,
            message: short_text(response),
        };
    };
    let message = body
        .filled("message")
        .or_else(|| flatten_errors(&body))
        .or_else(|| body.filled("msg"))
        .or_else(|| body.filled("title"));
    let code = body
        .scalar("messageCode")
        .filter(|code| code != "0" && !code.is_empty());
    Words { code, message }
}
