//! The access token: the one that is there, or a login that all who need one wait for.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::http::{Authorization, Lane};
use crate::model::error::{Code, Error};
use crate::model::event::Event;
use crate::model::json;
use crate::model::operation::Output;
use crate::provider::{Access, Login, world};

use super::context::Context;
use super::judge::Progress;
use super::retry::Retries;
use super::token::keep;
use super::{Flow, Trace};

impl Flow {
    /// The access token; `None` of a gateway that has none.
    pub async fn token(
        self: &Arc<Self>,
        context: &Context,
    ) -> Result<Option<Arc<Authorization>>, Error> {
        if matches!(self.access, Access::Signed) {
            return Ok(None);
        }
        let flow = Arc::clone(self);
        let shared = context.shared(self.timeout);
        let login = self
            .tokens
            .get(|| async move { flow.within_life(flow.login(&shared)).await });
        let token = context.deadline.bound(login).await;
        let token = token.unwrap_or_else(|ended| Err(self.gave_up(ended, false, context)));
        token.map(Some)
    }

    /// Logs in anew, whatever token there is, and keeps the token for the calls that follow. Addresses that cannot be
    /// meant are refused before anything is sent.
    pub async fn verify(self: &Arc<Self>, context: &Context) -> Result<Output, Error> {
        let world = world::of(self.gateway())?;
        let (token, kept) = self.login(context).await.map_err(|mut error| {
            if error.code == Code::AuthenticationFailed
                && let Some(hint) = world::hint(self.gateway(), world)
            {
                error.message = format!("{}. {hint}", error.message.trim_end_matches('.'));
            }
            error
        })?;
        self.tokens.put(token, kept);
        let world = world.map_or_else(|| "null".to_owned(), |world| json::quote(world.name()));
        Ok(Output::Answer(format!(
            r#"{{"provider":{},"valid":true,"world":{world},"expiresInSeconds":{},"raw":null}}"#,
            json::quote(self.gateway.provider().name()),
            kept.as_secs()
        )))
    }

    async fn login(
        self: &Arc<Self>,
        context: &Context,
    ) -> Result<(Arc<Authorization>, Duration), Error> {
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
        context.emit(|| {
            Event::new("login", self.gateway.provider())
                .ms(started.elapsed())
                .failure(login.as_ref().err())
        });
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
