//! The way of a call: token, request, answer. The only place that decides on a new login, a replay
//! and a deadline.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, timeout_at};

use crate::cache::Cached;
use crate::error::{Code, Error};
use crate::http::{Client, NoAnswer, Why};
use crate::json::Object;
use crate::provider::{Call, Effect, Gateway, Lifetime, Login};
use crate::secret::{Secret, redact};
use crate::verdict::{self, Failed, judge};

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
        let result = match self.http.send(request, deadline).await {
            Ok(response) => judge(self.gateway(), call, &response, token.is_some()),
            Err(no_answer) => Err(Failed {
                error: self.no_answer(call.effect, no_answer),
                token_refused: false,
            }),
        };
        result.map_err(|failed| Failed {
            error: self.without_secrets(failed.error, token),
            ..failed
        })
    }

    fn no_answer(&self, effect: Effect, no_answer: NoAnswer) -> Error {
        verdict::no_answer(self.gateway.provider(), effect, no_answer, self.timeout)
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
