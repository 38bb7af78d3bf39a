//! The way of a call: token, request, answer, and the next step. The only place that decides on a new login and on
//! another attempt.
#![forbid(unsafe_code)]

pub mod cache;
mod clock;
pub mod context;
pub mod expected;
pub mod host;
pub mod judge;
mod kept;
mod login;
pub mod lookups;
mod named;
mod pace;
pub mod redact;
mod retry;
mod shared;
pub mod status;
mod token;
pub mod wait;
pub mod work;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rsa::rand_core::OsRng;
use tokio::time::Instant;

use crate::config::Options;
use crate::http::client::Client;
use crate::http::deadline::Ended;
use crate::http::life::Life;
use crate::http::{Authorization, Lane, NoAnswer, Request, Response, Why};
use crate::model::error::Error;
use crate::model::event::Event;
use crate::model::failure::after;
use crate::model::operation::{Operation, Output};
use crate::model::outcome::{Delivery, Effect};
use crate::model::provider::Provider;
use crate::model::secret::Secret;
use crate::model::text::{beginning, one_line};
use crate::provider::{Access, Call, Gateway};
use cache::{Cached, Keyed};
use clock::Clock;
use context::Context;
use judge::{Failed, Progress, Token, judge};
use lookups::Lookups;
use pace::Pace;
use redact::Private;
use retry::Retries;
use shared::Shared;

/// The most of a refusal that is told, in bytes: what is longer is a page.
const MAX_SHOWN: usize = 64 * 1024;
/// The longest words of a failed connection or `fetch` in a message, in characters.
const MAX_WORDS: usize = 1000;

/// One gateway with its connections and its access token.
pub struct Flow {
    gateway: Box<dyn Gateway>,
    access: Access,
    /// `None`: requests go through the caller's own `fetch`.
    http: Option<Client>,
    tokens: Cached<Arc<Authorization>>,
    /// The token of other processes, where they share one.
    shared: Option<Arc<Shared>>,
    pub lookups: Lookups,
    /// What was found once for all.
    pub kept: Keyed<Output>,
    /// How often callers may ask where a payment stands.
    pace: Pace,
    clock: Clock,
    /// Logins and look-ups, which calls share, end with it.
    life: Life,
    timeout: Duration,
    max_retries: u32,
}

impl Flow {
    /// `account`: names the merchant's account at the gateway.
    pub fn new(
        gateway: Box<dyn Gateway>,
        options: &Options,
        account: &str,
        life: Life,
    ) -> Result<Self, Error> {
        let base = gateway.base().join("");
        let http = match options.own_fetch {
            true => None,
            false => Some(Client::new(&base, &options.ca, life.clone())?),
        };
        Ok(Self {
            http,
            tokens: Cached::default(),
            shared: Shared::new(options, gateway.as_ref(), account).map(Arc::new),
            lookups: Lookups::new(gateway.facts().lookup_pace),
            kept: Keyed::default(),
            pace: Pace::default(),
            clock: Clock::default(),
            access: gateway.access(),
            gateway,
            life,
            timeout: options.timeout()?,
            max_retries: options.max_retries()?,
        })
    }

    pub fn gateway(&self) -> &dyn Gateway {
        self.gateway.as_ref()
    }

    /// The total time of a call, unless it brings one of its own.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Runs `call` step by step. The error of a step also tells what the steps before it have done.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        call: &Call<T>,
        operation: Operation,
        context: &Context,
    ) -> Result<T, Error> {
        let mut next = None;
        let mut done = None;
        loop {
            if let Some(seal) = &next.as_ref().unwrap_or(call).seal {
                let body = seal(SystemTime::now(), &mut OsRng).ok_or_else(Error::internal)?;
                next = Some(next.unwrap_or_else(|| call.clone()).with_body(body));
            }
            let step = next.as_ref().unwrap_or(call);
            debug_assert!(step.effect <= operation.effect());
            match self.step(step, operation, context).await {
                Ok(Progress::Done(answer)) => return Ok(answer),
                Ok(Progress::Next(call)) => {
                    done = done.max(Some(step.effect));
                    next = Some(call);
                }
                Err(error) => {
                    return Err(match done {
                        Some(done) => after(done, error),
                        None => error,
                    });
                }
            }
        }
    }

    /// Makes one step of a call. When the gateway refuses the access token, which it does before anything else, and
    /// says nothing beside, the step is sent once more with a new one. What cannot have reached the gateway, or
    /// cannot move money, is tried again as `retry` says.
    async fn step<T: Send + 'static>(
        self: &Arc<Self>,
        call: &Call<T>,
        operation: Operation,
        context: &Context,
    ) -> Result<Progress<T>, Error> {
        let mut retries = Retries::new(self.max_retries);
        let mut token_was_refused = false;
        loop {
            let token = self.token(context).await;
            let token = token.map_err(|error| error.inside("Authentication failed: "))?;
            let trace = Trace {
                name: operation.name(),
                attempt: retries.attempt(),
                lane: lane(operation, call.effect),
            };
            let failed = match self.attempt(call, token.as_ref(), context, trace).await {
                Ok(progress) => return Ok(progress),
                Err(failed) => failed,
            };
            if let Some(token) = token.filter(|_| failed.token != Token::Kept) {
                self.forget(&token);
            }
            if failed.token == Token::Refused {
                if token_was_refused {
                    return Err(failed.error);
                }
                token_was_refused = true;
                continue;
            }
            self.pause(&mut retries, failed, call.effect, context, trace)
                .await?;
        }
    }

    /// Waits before the next attempt. Gives the failure back when there is to be none.
    async fn pause(
        &self,
        retries: &mut Retries,
        failed: Failed,
        effect: Effect,
        context: &Context,
        trace: Trace,
    ) -> Result<(), Error> {
        let Some(delay) = retries.next(&failed, effect) else {
            return Err(failed.error);
        };
        let at = Instant::now() + delay;
        if at >= context.deadline.at || (trace.lane == Lane::Callbacks && !self.lookups.may_ask()) {
            return Err(failed.error);
        }
        context.emit(|| {
            trace
                .event("retry", self.gateway.provider())
                .number(
                    "delayMs",
                    u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                )
                .text("code", failed.error.code.name())
        });
        context
            .deadline
            .sleep_until(at)
            .await
            .map_err(|ended| match ended {
                Ended::TimedOut => failed.error,
                Ended::Cancelled => {
                    let no_answer = NoAnswer {
                        why: ended.into(),
                        sent: failed.delivery != Delivery::NotSent,
                    };
                    self.no_answer(effect, no_answer, context).error
                }
            })
    }

    /// The error of a call that gave up waiting for shared work, which cannot move money.
    pub fn gave_up(&self, ended: Ended, sent: bool, context: &Context) -> Error {
        let why = ended.into();
        let no_answer = NoAnswer { why, sent };
        self.no_answer(Effect::Reads, no_answer, context).error
    }

    /// Runs work that callers share. No caller ends it, only the end of their environment.
    pub async fn within_life<T>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Unpin,
    ) -> Result<T, Error> {
        let done = self.life.bound(work).await;
        done.unwrap_or_else(|| Err(Error::ended()))
    }

    async fn attempt<T: Send + 'static>(
        self: &Arc<Self>,
        call: &Call<T>,
        token: Option<&Arc<Authorization>>,
        context: &Context,
        trace: Trace,
    ) -> Result<Progress<T>, Failed> {
        let provider = self.gateway.provider();
        let started = Instant::now();
        let described = |event: Event| {
            let (host, port) = call.request.server();
            event
                .text("method", call.request.method.name())
                .text("host", host)
                .number("port", port.into())
                .text("path", call.request.path())
        };
        context.emit(|| described(trace.event("request", provider)));
        let bare = token.map(AsRef::as_ref);
        let mut request = call.request.clone();
        let signed = self.clock.now();
        self.gateway.dress(&mut request, signed.at, bare);
        let sent = self.send(&request, trace.lane, context);
        let (status, result) = match sent.await {
            Ok(response) => {
                let news = match (self.gateway.facts().doubts_clock)(&response) {
                    true => self.clock.learn(signed, response.date, provider.brand()),
                    false => None,
                };
                let status = Some(response.status);
                let read = self.read(call, response, token, trace.lane).await;
                (
                    status,
                    read.map_err(|failed| Failed {
                        error: match news {
                            Some(news) => failed.error.with(&news),
                            None => failed.error,
                        },
                        ..failed
                    }),
                )
            }
            Err(mut no_answer) => {
                if let Why::Failed(words) | Why::Misused(words) = &mut no_answer.why {
                    *words = one_line(&self.private(call, bare).hide(words), MAX_WORDS);
                }
                (None, Err(self.no_answer(call.effect, no_answer, context)))
            }
        };
        context.emit(|| {
            let error = result.as_ref().err().map(|failed| &failed.error);
            described(trace.event("response", provider))
                .status(status)
                .ms(started.elapsed())
                .failure(error)
        });
        result
    }

    /// Reads an answer; a long one on another thread than that of I/O.
    async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        call: &Call<T>,
        response: Response,
        token: Option<&Arc<Authorization>>,
        lane: Lane,
    ) -> Result<Progress<T>, Failed> {
        if work::is_short(response.text.len()) {
            return self.judged(call, &response, token.map(AsRef::as_ref), lane);
        }
        let (flow, call, token) = (Arc::clone(self), call.clone(), token.cloned());
        let judge = move || flow.judged(&call, &response, token.as_deref(), lane);
        let judged = work::answer(judge).await;
        judged.unwrap_or_else(|error| Err(Failed::unread(error)))
    }

    /// Judges an answer. Its error shows neither our own secrets nor the payer's number.
    fn judged<T>(
        &self,
        call: &Call<T>,
        response: &Response,
        token: Option<&Authorization>,
        lane: Lane,
    ) -> Result<Progress<T>, Failed> {
        let shown = |text: &str| {
            let private = self.private(call, token);
            let private = match lane {
                // It may hold the token that it refuses.
                Lane::Logins => private.with_members(text),
                _ => private,
            };
            private.hide(beginning(text, MAX_SHOWN))
        };
        judge(self.gateway(), call, response, token.is_some(), shown)
    }

    async fn send(
        &self,
        request: &Request,
        lane: Lane,
        context: &Context,
    ) -> Result<Response, NoAnswer> {
        match (&self.http, &context.host) {
            (Some(http), _) => http.send(request, lane, &context.deadline).await,
            (None, Some(host)) => match context.deadline.bound(host.fetch(request)).await {
                Ok(answer) => answer,
                // What the caller's own fetch has done by then is not known.
                Err(ended) => Err(NoAnswer {
                    why: ended.into(),
                    sent: true,
                }),
            },
            (None, None) => Err(NoAnswer {
                why: Why::Failed("no fetch".to_owned()),
                sent: false,
            }),
        }
    }

    fn no_answer(&self, effect: Effect, no_answer: NoAnswer, context: &Context) -> Failed {
        judge::no_answer(
            self.gateway.provider(),
            effect,
            no_answer,
            context.deadline.timeout,
        )
    }

    /// What an error must not show: the credentials, the token without its scheme, and the private members of the
    /// request.
    fn private<T>(&self, call: &Call<T>, token: Option<&Authorization>) -> Private {
        let mut secrets = self.gateway.secrets();
        secrets.extend(token.map(|token| Secret::new(token.bare())));
        let sent = call.request.body.as_ref().map(Secret::reveal);
        Private::new(secrets).with_members(sent.unwrap_or_default())
    }
}

/// What an attempt is part of.
#[derive(Clone, Copy)]
struct Trace {
    name: &'static str,
    /// The number of the attempt, from 1.
    attempt: u32,
    lane: Lane,
}

impl Trace {
    fn event(self, event: &'static str, provider: Provider) -> Event {
        Event::new(event, provider)
            .text("operation", self.name)
            .number("attempt", self.attempt.into())
    }
}

/// Which limit a request counts towards.
fn lane(operation: Operation, effect: Effect) -> Lane {
    match (operation, effect) {
        (Operation::HandleCallback, _) => Lane::Callbacks,
        (_, Effect::MovesMoney) => Lane::Payments,
        (_, Effect::Registers | Effect::Reads) => Lane::Rest,
    }
}

#[cfg(test)]
mod tests;
