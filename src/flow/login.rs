//! The access token: the one that is there, or a login that all who need one wait for.
#![forbid(unsafe_code)]

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::http::{Authorization, Lane};
use crate::model::error::{Code, Error};
use crate::model::event::Event;
use crate::model::json;
use crate::model::operation::{Operation, Output};
use crate::provider::{Access, Call, Login, Words, world};

use super::context::Context;
use super::host::Host;
use super::judge::Progress;
use super::retry::Retries;
use super::shared::{Kept, Turn};
use super::token::keep;
use super::{Flow, Trace};

impl Flow {
    /// The access token; `None` of a gateway that has none.
    pub async fn token(
        self: &Arc<Self>,
        context: &Context,
    ) -> Result<Option<Arc<Authorization>>, Error> {
        if matches!(self.access, Access::Signed(_)) {
            return Ok(None);
        }
        let flow = Arc::clone(self);
        let shared = context.shared(self.timeout);
        let patience = context.deadline.timeout.min(self.timeout);
        let login = self
            .tokens
            .get(|| async move { flow.within_life(pin!(flow.obtain(patience, &shared))).await });
        let token = context.deadline.bound(pin!(login)).await;
        let token = token.unwrap_or_else(|ended| Err(self.gave_up(ended, false, context)));
        token.map(Some)
    }

    /// Drops a token that the gateway refused.
    pub(super) fn forget(&self, token: &Arc<Authorization>) {
        self.tokens.forget(|cached| Arc::ptr_eq(cached, token));
        if let Some(shared) = &self.shared {
            shared.refuse(token);
        }
    }

    /// A token that another process shares, or that of a login. `patience`: the time of the call that begins it.
    async fn obtain(
        self: &Arc<Self>,
        patience: Duration,
        context: &Context,
    ) -> Result<Kept, Error> {
        let Some((shared, host)) = self.shared.as_ref().zip(context.host.as_ref()) else {
            return self.login(None, context).await;
        };
        let started = Instant::now();
        match shared.turn(host.as_ref(), patience).await {
            Turn::Use { token, is_locked } => {
                self.share(host, None, is_locked);
                self.tell_login(context, started, "store", None, None);
                Ok(token)
            }
            Turn::LogIn {
                failure,
                shares,
                is_locked,
            } => {
                let login = self.login(failure, context).await;
                let token = login.as_ref().ok().filter(|_| shares);
                self.share(host, token.cloned(), is_locked);
                login
            }
        }
    }

    /// Shares a token with other processes, while the call that brought it goes on.
    fn share(&self, host: &Arc<dyn Host>, token: Option<Kept>, is_locked: bool) {
        if let Some(shared) = self.shared.as_ref().map(Arc::clone)
            && (token.is_some() || is_locked)
        {
            let host = Arc::clone(host);
            let end = async move { shared.end_turn(host.as_ref(), token, is_locked).await };
            self.life.spawn(end);
        }
    }

    /// `from`: `gateway` or `store`. `failure`: why the store brought none, where there is one.
    fn tell_login(
        &self,
        context: &Context,
        started: Instant,
        from: &'static str,
        failure: Option<&'static str>,
        error: Option<&Error>,
    ) {
        context.emit(|| {
            Event::new("login", self.gateway.provider())
                .ms(started.elapsed())
                .failure(error)
                .text("from", from)
                .maybe("storeFailure", failure)
        });
    }

    /// Logs in anew, whatever token there is, and keeps the token for the calls that follow; where there is no login,
    /// asks what only whom the gateway knows is answered. Addresses that cannot be meant are refused before anything is
    /// sent.
    pub async fn verify(self: &Arc<Self>, context: &Context) -> Result<Output, Error> {
        let world = world::of(self.gateway())?;
        let accepted = match &self.access {
            Access::Token { .. } => self.logged_in(context).await.map(Some),
            Access::Signed(question) => self.known(question, context).await.map(|()| None),
        };
        let kept = accepted.map_err(|error| match world::hint(self.gateway(), world) {
            Some(hint) if error.code == Code::AuthenticationFailed => error.with(&hint),
            _ => error,
        })?;
        let kept = kept.map_or_else(|| "null".to_owned(), |kept| kept.as_secs().to_string());
        let world = world.map_or_else(|| "null".to_owned(), |world| json::quote(world.name()));
        Ok(Output::Answer(format!(
            r#"{{"provider":{},"valid":true,"world":{world},"expiresInSeconds":{kept},"raw":null}}"#,
            json::quote(self.gateway.provider().name()),
        )))
    }

    /// Logs in, and keeps the token. Gives for how long.
    async fn logged_in(self: &Arc<Self>, context: &Context) -> Result<Duration, Error> {
        let (token, kept) = self.login(None, context).await?;
        if let Some(host) = &context.host {
            self.share(host, Some((Arc::clone(&token), kept)), false);
        }
        self.tokens.put(token, kept);
        Ok(kept)
    }

    /// Asks a question. A refusal for which the gateway gives no other reason is one of the credentials.
    async fn known(self: &Arc<Self>, question: &Call<()>, context: &Context) -> Result<(), Error> {
        let asked = self.run(question, Operation::VerifyCredentials, context);
        asked.await.map_err(|error| {
            let words = Words {
                code: error.gateway_code.clone(),
                message: error.gateway_message.clone(),
            };
            let is_of_access = matches!(error.status, Some(401 | 403))
                && (self.gateway.facts().advice)(&words).is_none();
            match error.code {
                Code::Refused if is_of_access => Error {
                    code: Code::AuthenticationFailed,
                    ..error
                },
                _ => error,
            }
        })
    }

    /// Asks the gateway. `failure`: why the store brought no token, where there is one.
    async fn login(
        self: &Arc<Self>,
        failure: Option<&'static str>,
        context: &Context,
    ) -> Result<Kept, Error> {
        let started = Instant::now();
        let Access::Token {
            login: call,
            may_hold_token,
        } = &self.access
        else {
            return Err(Error::internal());
        };
        let mut retries = Retries::new(self.max_retries);
        let login = loop {
            let trace = Trace {
                name: "login",
                attempt: retries.attempt(),
                lane: Lane::Logins,
            };
            match self.attempt(call, None, context, trace).await {
                Ok(Progress::Done(login)) => break Ok(login),
                Ok(Progress::Next(_)) => break Err(Error::internal()),
                Err(failed) => {
                    let pause = self.pause(&mut retries, failed, call.effect, context, trace);
                    if let Err(error) = pause.await {
                        break Err(error);
                    }
                }
            }
        };
        self.tell_login(context, started, "gateway", failure, login.as_ref().err());
        let Login {
            authorization,
            lifetime,
        } = login.map_err(|mut error| {
            if error.code == Code::Refused {
                error.code = Code::AuthenticationFailed;
            }
            // What could not be read may hold half a token.
            error.response = error.response.filter(|body| !may_hold_token(body));
            error
        })?;
        let authorization = Authorization::new(authorization).ok_or_else(Error::internal)?;
        Ok((Arc::new(authorization), keep(lifetime, SystemTime::now())))
    }
}
