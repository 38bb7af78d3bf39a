//! The way of a call: token, request, answer. The only place that decides on a new login, a replay,
//! a deadline, and what a failure means for the money.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, timeout_at};

use crate::cache::Cached;
use crate::error::{Code, Error, Outcome};
use crate::http::{Client, NoAnswer, Response, Why};
use crate::json::Object;
use crate::provider::{Call, Effect, Gateway, Lifetime, Login, Reading};
use crate::secret::{Secret, redact};

/// A token is replaced this long before its end, or after nine tenths of a shorter life.
const MAX_SKEW: Duration = Duration::from_secs(30);
/// No token is kept longer, whatever the gateway says.
const MAX_TOKEN_AGE: Duration = Duration::from_secs(24 * 3600);

/// One gateway with its connections and its access token.
pub struct Flow {
    gateway: Box<dyn Gateway>,
    http: Client,
    tokens: Cached<Arc<Secret>>,
    timeout: Duration,
}

/// An attempt that failed.
struct Failed {
    error: Error,
    /// The gateway refused the access token before it looked at the request.
    token_refused: bool,
}

impl Flow {
    pub fn new(gateway: Box<dyn Gateway>, timeout: Duration) -> Result<Self, Error> {
        let http = Client::new(gateway.base().is_loopback())?;
        Ok(Self {
            gateway,
            http,
            tokens: Cached::default(),
            timeout,
        })
    }

    pub fn gateway(&self) -> &dyn Gateway {
        self.gateway.as_ref()
    }

    /// The moment at which a call that starts now must have settled.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// Runs `call` with an access token. When the gateway refuses the token, which it does before
    /// anything else, the token is dropped and the call sent once more with a new one.
    pub async fn run<T>(self: &Arc<Self>, call: &Call<T>, deadline: Instant) -> Result<T, Error> {
        let token = self.token(deadline).await?;
        let failed = match self.attempt(call, Some(&token), deadline).await {
            Ok(answer) => return Ok(answer),
            Err(failed) => failed,
        };
        if !failed.token_refused {
            return Err(failed.error);
        }
        self.tokens.forget(|cached| Arc::ptr_eq(cached, &token));
        let token = self.token(deadline).await?;
        self.attempt(call, Some(&token), deadline)
            .await
            .map_err(|failed| failed.error)
    }

    async fn token(self: &Arc<Self>, deadline: Instant) -> Result<Arc<Secret>, Error> {
        let flow = Arc::clone(self);
        let login = self.tokens.get(|| async move { flow.login().await });
        match timeout_at(deadline, login).await {
            Ok(token) => token,
            Err(_) => Err(self.no_answer(
                Effect::Reads,
                NoAnswer {
                    why: Why::TimedOut,
                    sent: true,
                },
            )),
        }
        .map_err(|error| error.inside("Authentication failed: "))
    }

    async fn login(&self) -> Result<(Arc<Secret>, Duration), Error> {
        let login = self
            .attempt(&self.gateway.login(), None, self.deadline())
            .await;
        let Login {
            authorization,
            lifetime,
        } = login.map_err(|failed| {
            let mut error = failed.error;
            if error.code == Code::Refused {
                error.code = Code::AuthenticationFailed;
            }
            // What could not be read may hold half a token.
            error.response = error.response.filter(|body| !may_hold_token(body));
            error
        })?;
        Ok((Arc::new(authorization), keep(lifetime, SystemTime::now())))
    }

    async fn attempt<T>(
        &self,
        call: &Call<T>,
        token: Option<&Secret>,
        deadline: Instant,
    ) -> Result<T, Failed> {
        let mut request = call.request.clone();
        if let Some(token) = token {
            request = request.header("authorization", token.clone());
        }
        let (token_refused, result) = match self.http.send(request, deadline).await {
            Err(no_answer) => (false, Err(self.no_answer(call.effect, no_answer))),
            Ok(response) => {
                let token_refused = token.is_some() && self.gateway.refuses_token(&response);
                (token_refused, self.judge(call, &response, token_refused))
            }
        };
        result.map_err(|error| Failed {
            error: self.without_secrets(error, token),
            token_refused,
        })
    }

    fn judge<T>(
        &self,
        call: &Call<T>,
        response: &Response,
        token_refused: bool,
    ) -> Result<T, Error> {
        let status = response.status;
        let brand = self.gateway.provider().brand();
        let unreadable = |why: &str| {
            let message = format!("{brand} answered HTTP {status} with {why}");
            self.answered(
                call.effect,
                Fate::Lost,
                Code::InvalidResponse,
                message,
                response,
            )
        };
        let refused = |own: Option<&str>| {
            let words = self.gateway.words(response);
            let http = format!("HTTP {status}");
            let message = words.text().or(own).unwrap_or(&http).to_owned();
            let code = match status {
                429 => Code::RateLimited,
                _ if token_refused => Code::AuthenticationFailed,
                _ => Code::Refused,
            };
            self.answered(call.effect, Fate::Refused, code, message, response)
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
                let words = self.gateway.words(response);
                let message = match words.text() {
                    Some(words) => format!("{words} (HTTP {status})"),
                    None => format!("{brand} answered HTTP {status}"),
                };
                Err(self.answered(
                    call.effect,
                    Fate::Lost,
                    Code::GatewayError,
                    message,
                    response,
                ))
            }
        }
    }

    fn answered(
        &self,
        effect: Effect,
        fate: Fate,
        code: Code,
        message: String,
        response: &Response,
    ) -> Error {
        let words = self.gateway.words(response);
        let text = response.text.as_str();
        Error {
            status: Some(response.status),
            gateway_code: words.code,
            gateway_message: words.message,
            response: (!text.trim().is_empty()).then(|| text.into()),
            ..failure(effect, fate, code, message)
        }
    }

    fn no_answer(&self, effect: Effect, no_answer: NoAnswer) -> Error {
        let brand = self.gateway.provider().brand();
        let fate = if no_answer.sent {
            Fate::Lost
        } else {
            Fate::NotSent
        };
        let (code, message) = match no_answer.why {
            Why::TimedOut => {
                let ms = self.timeout.as_millis();
                (
                    Code::Timeout,
                    format!("no answer from {brand} within {ms} ms"),
                )
            }
            Why::Failed(how) if no_answer.sent => (
                Code::ConnectionFailed,
                format!("the connection to {brand} failed ({how})"),
            ),
            Why::Failed(how) => (
                Code::ConnectionFailed,
                format!("could not connect to {brand} ({how})"),
            ),
        };
        failure(effect, fate, code, message)
    }

    fn without_secrets(&self, mut error: Error, token: Option<&Secret>) -> Error {
        let mut secrets = self.gateway.secrets();
        if let Some(token) = token {
            let bare = token
                .reveal()
                .split_once(' ')
                .map_or(token.reveal(), |(_, bare)| bare);
            secrets.push(Secret::new(bare));
        }
        let clean = |text: &str| redact(text, &secrets);
        error.message = clean(&error.message);
        error.gateway_code = error.gateway_code.as_deref().map(clean);
        error.gateway_message = error.gateway_message.as_deref().map(clean);
        error.response = error.response.as_deref().map(|body| clean(body).into());
        error
    }
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
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

/// How long a token that lives for `lifetime` from `now` may be used.
fn keep(lifetime: Lifetime, now: SystemTime) -> Duration {
    let left = match lifetime {
        Lifetime::Until(end) => end.duration_since(now).unwrap_or_default(),
        Lifetime::For(span) => span,
    };
    left.saturating_sub(MAX_SKEW.min(left / 10))
        .min(MAX_TOKEN_AGE)
}

fn may_hold_token(body: &str) -> bool {
    let Some(body) = Object::parse(body) else {
        return true;
    };
    let in_data = body
        .object("data")
        .and_then(|data| data.filled("accessToken"));
    body.filled("token").or(in_data).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skew_is_thirty_seconds_or_a_tenth() {
        let kept = |seconds| {
            keep(
                Lifetime::For(Duration::from_secs(seconds)),
                SystemTime::now(),
            )
        };
        assert_eq!(kept(3600), Duration::from_secs(3570));
        assert_eq!(kept(300), Duration::from_secs(270));
        assert_eq!(kept(20), Duration::from_secs(18));
        assert_eq!(kept(0), Duration::ZERO);
        assert_eq!(kept(10_000_000), MAX_TOKEN_AGE);
    }

    #[test]
    fn a_token_that_has_ended_is_not_kept() {
        let now = SystemTime::now();
        assert_eq!(
            keep(Lifetime::Until(now - Duration::from_secs(5)), now),
            Duration::ZERO
        );
        let in_five_minutes = now + Duration::from_secs(300);
        assert_eq!(
            keep(Lifetime::Until(in_five_minutes), now),
            Duration::from_secs(270)
        );
    }

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

    #[test]
    fn a_login_answer_that_may_hold_a_token_is_known() {
        for body in [
            r#"{"token":"abc"#,
            r#"{"token":"abc"}"#,
            r#"{"data":{"accessToken":"x"}}"#,
            "abc",
        ] {
            assert!(may_hold_token(body), "{body}");
        }
        for body in [r#"{"token":null}"#, r#"{"data":null,"message":"no"}"#, "{}"] {
            assert!(!may_hold_token(body), "{body}");
        }
    }
}
