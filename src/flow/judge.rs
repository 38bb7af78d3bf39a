//! What an answer, or none, means for the caller and the money. Pure.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::http::{NoAnswer, Response, Why};
use crate::model::error::{Code, Error};
use crate::model::failure::failure;
use crate::model::json::{self, Object};
use crate::model::outcome::{Delivery, Effect};
use crate::model::provider::Provider;
use crate::model::text::one_line;
use crate::provider::testimony::{Form, Testimony};
use crate::provider::{Call, Gateway, Missing, Reading};

use super::named;

/// An attempt that failed.
#[derive(Debug)]
pub struct Failed {
    pub error: Error,
    pub token: Token,
    pub delivery: Delivery,
    /// How long the gateway asks to wait.
    pub retry_after: Option<Duration>,
}

/// What an answer says of the access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// The answer says nothing against the token, which is kept.
    Kept,
    /// The gateway refused it and says more: a payment is not sent again.
    Doubted,
    /// The gateway refused it before it looked at the request, and says nothing else.
    Refused,
}

/// The HTTP statuses that are given before anything is done. The others from 400 on may come, from the
/// gateway or from something between, when the request was carried out or still is: 408, 409, 499 …
const REFUSALS: &[u16] = &[
    400, 401, 402, 403, 404, 405, 411, 413, 414, 415, 422, 423, 426, 428, 429, 431,
];

/// The HTTP statuses of a success in which a refusal is believed. 202 says that the request was accepted.
const REFUSED_WITHIN: &[u16] = &[200, 201];

/// What an accepted request brings.
pub enum Progress<T> {
    Done(T),
    /// The next step of the call.
    Next(Call<T>),
}

/// What an answer comes to.
enum Sense<T> {
    Yes(Progress<T>),
    /// The gateway refuses, and nothing in the answer says otherwise. `Some`: the words to use when it gives none.
    No(Option<&'static str>),
    /// About another payment.
    Another(&'static str),
    /// The answer cannot be relied on; the text says with what it came.
    Unclear(Cow<'static, str>),
    /// The gateway says that it does not know yet; the text says with what.
    Undecided(&'static str),
    /// What is asked for breaks a rule, as the answer shows; the text says which.
    Unfit(String),
    /// The account cannot ask; the text says what to do instead.
    Unsupported(&'static str),
    /// There is no such path: this is not the gateway's API.
    Elsewhere,
    /// The gateway, or something between, failed.
    Fault,
}

impl Failed {
    /// The failure to read an answer, by a defect of this library.
    pub fn unread(error: Error) -> Self {
        Self {
            error,
            token: Token::Kept,
            delivery: Delivery::NoAnswer,
            retry_after: None,
        }
    }
}

/// Judges the answer to `call`. `with_token`: an access token went with it. The whole answer decides; the error
/// quotes only what `shown` leaves of it.
pub fn judge<T>(
    gateway: &dyn Gateway,
    call: &Call<T>,
    response: &Response,
    with_token: bool,
    shown: impl FnOnce(&str) -> String,
) -> Result<Progress<T>, Failed> {
    let token = match with_token && (gateway.facts().refuses_token)(response) {
        false => Token::Kept,
        true if call.effect == Effect::Reads || says_only_token(gateway, call, response) => {
            Token::Refused
        }
        true => Token::Doubted,
    };
    let sense = match token {
        Token::Refused => Sense::No(None),
        _ => sense(gateway, call, response, token),
    };
    let told = tell(gateway, call, response, token, sense, shown);
    told.map_err(|(delivery, error)| Failed {
        error,
        token,
        delivery,
        retry_after: response.retry_after.or_else(|| too_soon(gateway, response)),
    })
}

fn sense<T>(gateway: &dyn Gateway, call: &Call<T>, response: &Response, token: Token) -> Sense<T> {
    let status = response.status;
    let reads = call.effect == Effect::Reads;
    let broken = || {
        let why = response.broken.as_ref();
        why.map(|why| Sense::Unclear(format!("an answer that is {why}").into()))
    };
    match status {
        206 => Sense::Unclear("a part of an answer".into()),
        200..=299 => broken().unwrap_or_else(|| within_success(gateway, call, response)),
        300..=399 => Sense::Unclear("a redirect, which is not followed: check baseUrl".into()),
        _ if !refuses(gateway, status) => Sense::Fault,
        400 if reads && leads_on(call, response) => missing(call, response),
        404 if is_elsewhere(call, response) => broken().unwrap_or(Sense::Elsewhere),
        _ if reads && gateway.facts().missing_statuses.contains(&status) => {
            broken().unwrap_or_else(|| missing(call, response))
        }
        _ => broken().unwrap_or_else(|| {
            let said = named::unechoed(gateway, &response.text);
            let mut told = Testimony::of(&said);
            told.says_yes &= !(call.status_decides && told.by_flag_alone);
            if too_soon(gateway, response).is_some() && !told.says_yes && !told.names_payment {
                return Sense::No(None);
            }
            let echoes = !gateway.facts().echoes.is_empty();
            let ours = named::holds_reference(gateway, call, &said)
                || (echoes && named::is_of_another(gateway, call, &response.text));
            let ours = (!reads && ours).then_some("a refusal that names a payment");
            let otherwise = (gateway.facts().is_no_refusal)(&response.text);
            let otherwise = otherwise.then_some("a refusal that says otherwise in its code");
            match doubt(gateway, &told, true).or(ours).or(otherwise) {
                _ if !is_own(gateway, &told) && !is_limit(response) => {
                    Sense::Unclear("a page that is not its own: check baseUrl".into())
                }
                Some(doubt) => Sense::Unclear(doubt.into()),
                _ if token == Token::Doubted => Sense::Unclear("more than a refused token".into()),
                _ => Sense::No(None),
            }
        }),
    }
}

/// Whether an answer that is no 404 leads to another question, as one does.
fn leads_on<T>(call: &Call<T>, response: &Response) -> bool {
    let read = call.missing.as_ref().map(|read| read(&response.text));
    response.broken.is_none() && matches!(read, Some(Missing::Then(_)))
}

/// Whether the gateway says, in its own form, that it has no such path: nobody has carried the request out.
fn is_elsewhere<T>(call: &Call<T>, response: &Response) -> bool {
    let read = call.missing.as_ref().map(|read| read(&response.text));
    Object::parse(&response.text).is_some() && matches!(read, Some(Missing::Elsewhere))
}

fn missing<T>(call: &Call<T>, response: &Response) -> Sense<T> {
    let Some(read) = &call.missing else {
        return Sense::No(None);
    };
    match read(&response.text) {
        Missing::Answer(answer) => Sense::Yes(Progress::Done(answer)),
        Missing::Then(next) => Sense::Yes(Progress::Next(next)),
        Missing::Unsupported(instead) => Sense::Unsupported(instead),
        Missing::Refused => Sense::No(None),
        Missing::Elsewhere => Sense::Elsewhere,
    }
}

fn within_success<T>(gateway: &dyn Gateway, call: &Call<T>, response: &Response) -> Sense<T> {
    let reads = call.effect == Effect::Reads;
    let body = || named::unechoed(gateway, &response.text);
    let unless = |doubt: Option<&'static str>, own| match doubt {
        _ if !REFUSED_WITHIN.contains(&response.status) => Sense::Unclear("a refusal".into()),
        Some(doubt) => Sense::Unclear(doubt.into()),
        None => Sense::No(own),
    };
    let doubted = |names| {
        let told = Testimony::of(&body());
        let unread = told.form == Form::Other;
        unread
            .then_some("a refusal that cannot be read to its end")
            .or_else(|| doubt(gateway, &told, names))
    };
    let accepted = |progress| match !reads && !call.has_last_word && Testimony::denies(&body()) {
        true => Sense::Unclear("an acceptance that says no as well".into()),
        false => Sense::Yes(progress),
    };
    match (call.read)(&response.text) {
        Reading::Success(answer) => accepted(Progress::Done(answer)),
        Reading::Then(next) => accepted(Progress::Next(next)),
        Reading::Refusal(own) if reads => Sense::No(own),
        Reading::Refusal(own) => unless(doubted(true), own),
        Reading::Failed(own) => {
            let others = named::is_of_another(gateway, call, &response.text);
            let others = others.then_some("the failure of another payment");
            unless(others.or_else(|| doubted(false)), Some(own))
        }
        Reading::Another(what) => Sense::Another(what),
        Reading::Undecided(what) => Sense::Undecided(what),
        Reading::Unfit(rule) => Sense::Unfit(rule),
        Reading::Unreadable(why) => Sense::Unclear(why.into()),
    }
}

/// Whether an HTTP status says that nothing was done.
fn refuses(gateway: &dyn Gateway, status: u16) -> bool {
    REFUSALS.contains(&status) || gateway.facts().refusal_statuses.contains(&status)
}

/// Gives what in a refusal says otherwise. `names`: the name of a payment counts as that.
fn doubt(gateway: &dyn Gateway, told: &Testimony, names: bool) -> Option<&'static str> {
    let refuses =
        |code: &u16| refuses(gateway, *code) || gateway.facts().own_refusal == Some(*code);
    let table = [
        (told.says_yes, "a refusal that says yes as well"),
        (
            names && told.names_payment,
            "a refusal that names a payment",
        ),
        (told.doubts, "a refusal that leaves open what was done"),
        (
            !told.codes.iter().all(refuses),
            "a refusal that tells another status",
        ),
    ];
    table
        .into_iter()
        .find_map(|(holds, doubt)| holds.then_some(doubt))
}

/// Whether a body is of a form in which the gateway itself refuses.
fn is_own(gateway: &dyn Gateway, told: &Testimony) -> bool {
    match told.form {
        Form::Empty | Form::Json => true,
        Form::Text => gateway.facts().speaks_plainly,
        Form::Other => false,
    }
}

/// Whether an answer is a page of whatever stands in front of a gateway and limits its requests.
fn is_limit(response: &Response) -> bool {
    response.status == 429 && !response.text.trim_start().starts_with(['{', '[', '"'])
}

/// How long to wait, where the answer refuses because another request came just before.
fn too_soon(gateway: &dyn Gateway, response: &Response) -> Option<Duration> {
    if !(400..500).contains(&response.status) {
        return None;
    }
    let facts = gateway.facts();
    (facts.too_soon)(&(facts.words)(response))
}

/// Whether an answer refuses the access token and says nothing else.
fn says_only_token<T>(gateway: &dyn Gateway, call: &Call<T>, response: &Response) -> bool {
    let told = Testimony::of(&response.text);
    let refuses = |code: &u16| *code == 401 || gateway.facts().own_refusal == Some(*code);
    gateway.facts().token_statuses.contains(&response.status)
        && response.broken.is_none()
        && told.form != Form::Other
        && doubt(gateway, &told, true).is_none()
        && !told.says_more
        && told.codes.iter().all(refuses)
        && !(gateway.facts().words)(response).say_repeated()
        && !named::names_payment(gateway, call, &response.text)
}

/// Turns what an answer comes to into the caller's result.
fn tell<T>(
    gateway: &dyn Gateway,
    call: &Call<T>,
    response: &Response,
    token: Token,
    sense: Sense<T>,
    shown: impl FnOnce(&str) -> String,
) -> Result<Progress<T>, (Delivery, Error)> {
    let status = response.status;
    let brand = gateway.provider().brand();
    if let Sense::Yes(progress) = sense {
        return Ok(progress);
    }
    let waits = too_soon(gateway, response).is_some() && matches!(sense, Sense::No(_));
    let repeated = (call.effect == Effect::MovesMoney || call.opens_payment)
        && !waits
        && token != Token::Refused
        && status < 500
        && response.broken.is_none()
        && (gateway.facts().words)(response).say_repeated();
    let effect = match repeated {
        true => Effect::MovesMoney,
        false => call.effect,
    };
    let is_of_another = matches!(sense, Sense::Another(_));
    let shown = Response {
        text: shown(&response.text),
        ..response.clone()
    };
    let words = (gateway.facts().words)(&shown);
    let text = words.text().map(|text| one_line(text, MAX_TOLD));
    let text = text.as_deref();
    let (delivery, code, message) = match sense {
        _ if repeated => {
            let message = text.unwrap_or_default().trim_end_matches('.').to_owned();
            (Delivery::NoAnswer, Code::DuplicateReference, message)
        }
        Sense::No(own) => {
            let code = match status {
                _ if token == Token::Refused => Code::AuthenticationFailed,
                _ if waits || status == 429 => Code::RateLimited,
                _ => Code::Refused,
            };
            let silent = || match status {
                200..=299 => format!("{brand} refused and gave no reason"),
                _ => format!("HTTP {status}"),
            };
            let message = text.or(own).map_or_else(silent, str::to_owned);
            let advice = (gateway.facts().advice)(&words);
            let message = advice.map_or(message.clone(), |advice| format!("{message}. {advice}"));
            (Delivery::Refused, code, message)
        }
        Sense::Unfit(rule) => (Delivery::Refused, Code::InvalidRequest, rule),
        Sense::Unsupported(instead) => (Delivery::Refused, Code::NotSupported, instead.to_owned()),
        Sense::Elsewhere => {
            let base = gateway.base().join("");
            // A login may go to another host.
            let (place, setting) = match call.request.url.strip_prefix(&base) {
                Some(_) => (base.as_str(), "baseUrl"),
                None => (call.request.url.as_str(), "the base URLs of config"),
            };
            let message = format!(
                "{brand} answers at {place} with HTTP {status} that there is no such path: check {setting}. No payment was requested."
            );
            (Delivery::Refused, Code::InvalidResponse, message)
        }
        Sense::Another(what) => {
            let message = format!("{brand} answered HTTP {status} with {what}");
            (Delivery::NoAnswer, Code::InvalidResponse, message)
        }
        Sense::Unclear(why) => {
            let message = format!("{brand} answered HTTP {status} with {why}");
            (Delivery::NoAnswer, Code::InvalidResponse, message)
        }
        Sense::Undecided(what) => {
            let message = format!("{brand} answered HTTP {status} with {what}");
            (Delivery::NoAnswer, Code::GatewayError, message)
        }
        Sense::Yes(_) | Sense::Fault => {
            let message = match text {
                Some(words) => format!("{words} (HTTP {status})"),
                None => format!("{brand} answered HTTP {status}"),
            };
            (Delivery::NoAnswer, Code::GatewayError, message)
        }
    };
    let error = Error {
        status: Some(status),
        gateway_code: words.code,
        gateway_message: words.message,
        response: evidence(&shown),
        is_of_another,
        ..failure(effect, delivery, code, message)
    };
    Err((delivery, error))
}

/// The most of a gateway's words in a message, in characters.
const MAX_TOLD: usize = 1000;
/// The most that is kept of a body that is not whole JSON, in characters.
const MAX_EVIDENCE: usize = 2000;

/// The body that an error carries.
fn evidence(response: &Response) -> Option<Arc<str>> {
    let text = response.text.as_str();
    if text.trim().is_empty() {
        return None;
    }
    if response.broken.is_none() && json::is_shallow(text) {
        return Some(text.into());
    }
    Some(text.chars().take(MAX_EVIDENCE).collect::<String>().into())
}

/// The failure of a request that brought no answer.
pub fn no_answer(
    provider: Provider,
    effect: Effect,
    no_answer: NoAnswer,
    timeout: Duration,
) -> Failed {
    let brand = provider.brand();
    let delivery = if no_answer.sent {
        Delivery::NoAnswer
    } else {
        Delivery::NotSent
    };
    let (code, message) = match no_answer.why {
        Why::TimedOut => (
            Code::Timeout,
            format!("no answer from {brand} within {} ms", timeout.as_millis()),
        ),
        Why::Cancelled => (Code::Aborted, "aborted by the caller".to_owned()),
        Why::Failed(how) if no_answer.sent => (
            Code::ConnectionFailed,
            format!("the connection to {brand} failed ({how})"),
        ),
        Why::Failed(how) => (
            Code::ConnectionFailed,
            format!("could not connect to {brand} ({how})"),
        ),
        Why::Misused(rule) => (Code::CallerError, rule),
    };
    let error = failure(effect, delivery, code, message);
    // The caller's own code would answer the same again.
    let error = Error {
        retryable: error.retryable && code != Code::CallerError,
        ..error
    };
    Failed {
        error,
        token: Token::Kept,
        delivery,
        retry_after: None,
    }
}
