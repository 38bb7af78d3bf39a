//! What an answer, or none, means for the caller and the money. Pure.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

use crate::error::{Code, Error, Outcome};
use crate::http::{NoAnswer, Response, Why};
use crate::json;
use crate::provider::{Call, Effect, Gateway, Provider, Reading, Words};

/// An attempt that failed.
#[derive(Debug)]
pub struct Failed {
    pub error: Error,
    /// The gateway refused the access token before it looked at the request.
    pub token_refused: bool,
    pub fate: Fate,
    /// How long the gateway asks to wait.
    pub retry_after: Option<Duration>,
}

/// Reads the answer to `call`. `with_token`: an access token went with it.
pub fn judge<T>(
    gateway: &dyn Gateway,
    call: &Call<T>,
    response: &Response,
    with_token: bool,
) -> Result<T, Failed> {
    let token_refused = with_token && gateway.refuses_token(response);
    read(gateway, call, response, token_refused).map_err(|(fate, error)| Failed {
        error,
        token_refused,
        fate,
        retry_after: response.retry_after,
    })
}

fn read<T>(
    gateway: &dyn Gateway,
    call: &Call<T>,
    response: &Response,
    token_refused: bool,
) -> Result<T, (Fate, Error)> {
    let status = response.status;
    let brand = gateway.provider().brand();
    // Most answers are successes, which nobody has to explain.
    let words = || gateway.words(response);
    let failed = |fate, code, message, words: Words| {
        let error = Error {
            status: Some(status),
            gateway_code: words.code,
            gateway_message: words.message,
            response: evidence(response),
            ..failure(call.effect, fate, code, message)
        };
        (fate, error)
    };
    let unreadable = |why: &str| {
        let message = format!("{brand} answered HTTP {status} with {why}");
        failed(Fate::Lost, Code::InvalidResponse, message, words())
    };
    let refused = |own: Option<&str>| {
        let words = words();
        let message = words.text().or(own).map_or_else(
            || match status {
                200..=299 => format!("{brand} refused and gave no reason"),
                _ => format!("HTTP {status}"),
            },
            str::to_owned,
        );
        let code = match status {
            429 => Code::RateLimited,
            _ if token_refused => Code::AuthenticationFailed,
            _ => Code::Refused,
        };
        failed(Fate::Refused, code, message, words)
    };
    match status {
        _ if token_refused => Err(refused(None)),
        200..=299 => match &response.broken {
            Some(why) => Err(unreadable(&format!("an answer that is {why}"))),
            None => match (call.read)(&response.text) {
                Reading::Success(answer) => Ok(answer),
                Reading::Refusal(own) => Err(refused(own)),
                Reading::Unreadable(why) => Err(unreadable(why)),
            },
        },
        300..=399 => Err(unreadable(
            "a redirect, which is not followed: check baseUrl",
        )),
        400..=499 => Err(refused(None)),
        _ => {
            let words = words();
            let message = match words.text() {
                Some(words) => format!("{words} (HTTP {status})"),
                None => format!("{brand} answered HTTP {status}"),
            };
            Err(failed(Fate::Lost, Code::GatewayError, message, words))
        }
    }
}

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

/// The failure of a call that brought no answer.
pub fn no_answer(
    provider: Provider,
    effect: Effect,
    no_answer: NoAnswer,
    timeout: Duration,
) -> Failed {
    let brand = provider.brand();
    let fate = if no_answer.sent {
        Fate::Lost
    } else {
        Fate::NotSent
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
    let error = failure(effect, fate, code, message);
    // The caller's own code would answer the same again.
    let error = Error {
        retryable: error.retryable && code != Code::CallerError,
        ..error
    };
    Failed {
        error,
        token_refused: false,
        fate,
        retry_after: None,
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    NotSent,
    Refused,
    Lost,
}

/// The table of what a failure means: whether money may have moved, whether the same call may be
/// made again without a second thought, and the sentence that says so.
fn failure(effect: Effect, fate: Fate, code: Code, message: String) -> Error {
    let (outcome, retryable, hint) = match (effect, fate) {
        (_, Fate::NotSent) => (Outcome::NotSent, true, Some("Nothing was sent.")),
        (Effect::Reads, Fate::Refused) => (Outcome::NotSent, code == Code::RateLimited, None),
        (_, Fate::Refused) => (Outcome::Refused, code == Code::RateLimited, None),
        (Effect::MovesMoney, Fate::Lost) => (
            Outcome::Unknown,
            false,
            Some("The payment may have been made: check its status before you try again."),
        ),
        (Effect::Registers, Fate::Lost) => (
            Outcome::Unknown,
            true,
            Some("It may have been registered; doing it again is harmless."),
        ),
        (Effect::Reads, Fate::Lost) => (Outcome::NotSent, true, Some("No payment was requested.")),
    };
    let message = match hint {
        Some(hint) => format!("{message}. {hint}"),
        None => message,
    };
    Error {
        outcome,
        retryable,
        ..Error::new(code, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lost_payment_is_unknown_and_never_retryable() {
        let of = |effect, fate| {
            let error = failure(effect, fate, Code::Timeout, String::new());
            (error.outcome, error.retryable)
        };
        assert_eq!(
            of(Effect::MovesMoney, Fate::NotSent),
            (Outcome::NotSent, true)
        );
        assert_eq!(
            of(Effect::MovesMoney, Fate::Refused),
            (Outcome::Refused, false)
        );
        assert_eq!(
            of(Effect::MovesMoney, Fate::Lost),
            (Outcome::Unknown, false)
        );
        assert_eq!(
            of(Effect::Registers, Fate::Refused),
            (Outcome::Refused, false)
        );
        assert_eq!(of(Effect::Registers, Fate::Lost), (Outcome::Unknown, true));
        assert_eq!(of(Effect::Reads, Fate::Refused), (Outcome::NotSent, false));
        assert_eq!(of(Effect::Reads, Fate::Lost), (Outcome::NotSent, true));
    }
}
