//! A call's way through its environment: arguments in, a promise out, and the promise settled.

use std::sync::Arc;

use tokio::sync::watch;

use crate::callback::Verdict;
use crate::context::Context;
use crate::error::{Code, Error, Operation, Outcome};
use crate::io;
use crate::provider::Provider;

use super::arguments::CallOptions;
use super::completions::{Completion, Completions, Message, Settled};
use super::environment::Environment;
use super::errors;
use super::host::JsHost;
use super::js::{Deferred, Js, Reference, Thrown, Value};

/// A promise that has not settled.
pub struct Waiting {
    deferred: Deferred,
    /// Made when the call was, so that its stack is the caller's.
    error: Reference,
    /// `{ data }`, of a callback.
    data: Option<Reference>,
    /// The number under which the caller's signal can abort it.
    abort: Option<u32>,
    operation: Operation,
    provider: Provider,
}

/// Who calls what.
#[derive(Clone, Copy)]
pub struct Caller {
    pub sdk: Value,
    pub operation: Operation,
    pub provider: Provider,
    /// Whether the call needs functions of the caller's own, listeners aside.
    pub needs_host: bool,
}

/// A call made ready on the JavaScript thread.
pub struct Prepared<C> {
    /// Makes the future that runs on the I/O thread.
    pub call: C,
    /// A callback's `data` and `expect` function.
    pub data: Option<Value>,
    pub expect: Option<Value>,
}

impl<C> Prepared<C> {
    pub fn new(call: C) -> Self {
        Self {
            call,
            data: None,
            expect: None,
        }
    }
}

impl Environment {
    /// Makes a promise and lets a call run on the I/O thread; `prepare` makes it from the arguments,
    /// here on the JavaScript thread. Whatever fails rejects the promise.
    pub fn submit<C, F>(
        &self,
        js: Js,
        caller: Caller,
        options: Result<CallOptions, Refusal>,
        prepare: impl FnOnce(&Self) -> Result<Prepared<C>, Refusal>,
    ) -> Result<Value, Thrown>
    where
        C: FnOnce(Context) -> F,
        F: Future<Output = Result<Settled, Error>> + Send + 'static,
    {
        let error = self.new_error(js)?;
        let (deferred, promise) = js.promise()?;
        let started = options.and_then(|options| {
            let prepared = prepare(self)?;
            self.start(js, caller, options, prepared, deferred, error)
        });
        if let Err(refusal) = started {
            self.refuse(js, caller, deferred, error, refusal)?;
        }
        Ok(promise)
    }

    fn start<C, F>(
        &self,
        js: Js,
        caller: Caller,
        options: CallOptions,
        prepared: Prepared<C>,
        deferred: Deferred,
        error: Value,
    ) -> Result<(), Refusal>
    where
        C: FnOnce(Context) -> F,
        F: Future<Output = Result<Settled, Error>> + Send + 'static,
    {
        let io = io::calls()?;
        let mut context = Context::of(options.timeout);
        context.observed = js.is_true(self.host(js, c"observed", &[caller.sdk])?);
        if context.observed || caller.needs_host || prepared.expect.is_some() {
            let call = js.object()?;
            js.set(call, c"sdk", caller.sdk)?;
            for (name, value) in [(c"expect", prepared.expect), (c"data", prepared.data)] {
                if let Some(value) = value {
                    js.set(call, name, value)?;
                }
            }
            let call = self.calls.borrow_mut().insert(js.keep(call)?);
            context.host = Some(Arc::new(JsHost::new(Arc::clone(&self.completions), call)));
        }
        let data = match prepared.data {
            None => None,
            Some(data) => {
                let holder = js.object()?;
                js.set(holder, c"data", data)?;
                Some(js.keep(holder)?)
            }
        };
        let error = js.keep(error)?;
        let abort = match options.signal {
            None => None,
            Some(signal) => {
                let number = self.completions.question();
                let (sender, receiver) = watch::channel(false);
                self.host(js, c"watch", &[signal, js.number(number.into())?])?;
                self.aborts.borrow_mut().insert(number, sender);
                context.cancelled = Some(receiver);
                Some(number)
            }
        };
        let Caller {
            operation,
            provider,
            ..
        } = caller;
        let waiting = Waiting {
            deferred,
            error,
            data,
            abort,
            operation,
            provider,
        };
        let slot = self.wait(js, waiting);
        let pending = Pending {
            completions: Arc::clone(&self.completions),
            slot: Some(slot),
        };
        let call = (prepared.call)(context);
        io.spawn(async move { pending.settle(call.await) });
        Ok(())
    }

    fn refuse(
        &self,
        js: Js,
        caller: Caller,
        deferred: Deferred,
        error: Value,
        refusal: Refusal,
    ) -> Result<(), Thrown> {
        if let Refusal::Verbatim(reason) = refusal {
            js.settle(deferred, Err(reason));
            return Ok(());
        }
        let Refusal::Because { error: why, cause } = refusal else {
            return Ok(());
        };
        errors::fill(
            self,
            js,
            error,
            &why.during(caller.operation, caller.provider),
        );
        if let Some(cause) = cause {
            js.set_hidden(error, c"cause", cause)?;
        }
        js.settle(deferred, Err(error));
        Ok(())
    }

    fn wait(&self, js: Js, waiting: Waiting) -> usize {
        let mut all = self.waiting.borrow_mut();
        if all.is_empty() {
            self.completions.hold_event_loop(js, true);
        }
        all.insert(waiting)
    }

    pub fn settle(&self, js: Js, Completion { slot, result }: Completion) {
        let Some(waiting) = self.waiting.borrow_mut().try_remove(slot) else {
            return;
        };
        let Waiting {
            deferred,
            error,
            data,
            abort,
            operation,
            provider,
        } = waiting;
        let reason = abort.and_then(|number| {
            self.aborts.borrow_mut().remove(&number);
            self.host(js, c"unwatch", &[js.number(number.into()).ok()?])
                .ok()
        });
        let settled = result.and_then(|settled| {
            // Both follow the same grammar, so that an answer which the core could read and the engine
            // cannot is a defect.
            self.resolution(js, settled, data)
                .map_err(|Thrown(_)| Error::internal())
        });
        match settled {
            Ok(value) => js.settle(deferred, Ok(value)),
            Err(why) => {
                // A panic, or an answer that was not readable here, does not know where it happened.
                let why = match why.operation {
                    Some(_) => why,
                    None => why.during(operation, provider),
                };
                if let Ok(error) = js.kept(error) {
                    errors::fill(self, js, error, &why);
                    if let (Code::Aborted, Some(reason)) = (why.code, reason) {
                        let _ = js.set_hidden(error, c"cause", reason);
                    }
                    js.settle(deferred, Err(error));
                }
            }
        }
        js.release(error);
        if let Some(data) = data {
            js.release(data);
        }
    }

    fn resolution(
        &self,
        js: Js,
        settled: Settled,
        data: Option<Reference>,
    ) -> Result<Value, Thrown> {
        match settled {
            Settled::Json(text) => self.parse(js, &text),
            Settled::Text(text) => js.string(&text),
            Settled::Callback(verdict) => {
                let data = match data {
                    Some(holder) => js.get(js.kept(holder)?, c"data")?,
                    None => js.undefined()?,
                };
                self.callback_result(js, *verdict, data)
            }
        }
    }

    fn callback_result(&self, js: Js, verdict: Verdict, data: Value) -> Result<Value, Thrown> {
        let parsed = |text: Option<String>| match text {
            Some(text) => self.parse(js, &text),
            None => js.null(),
        };
        let reason = match verdict.reason {
            Some(reason) => js.string(reason.name())?,
            None => js.null()?,
        };
        let result = js.object()?;
        js.set(result, c"isValid", js.boolean(verdict.reason.is_none())?)?;
        js.set(result, c"data", data)?;
        js.set(result, c"reason", reason)?;
        js.set(
            result,
            c"payment",
            parsed(verdict.payment.map(|payment| payment.to_json()))?,
        )?;
        js.set(result, c"acknowledgement", parsed(verdict.acknowledgement)?)?;
        Ok(result)
    }
}

/// Why a call was not started.
pub enum Refusal {
    /// With the JavaScript exception that caused it.
    Because { error: Error, cause: Option<Value> },
    /// The promise rejects with this very value: an aborted signal's reason.
    Verbatim(Value),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Because { error, cause: None }
    }
}

impl From<Thrown> for Refusal {
    fn from(Thrown(cause): Thrown) -> Self {
        let error = Error {
            outcome: Outcome::NotSent,
            ..Error::internal()
        };
        Self::Because { error, cause }
    }
}

/// A call under way. Dropped without a result, by a panic, it still settles the promise.
struct Pending {
    completions: Arc<Completions>,
    slot: Option<usize>,
}

impl Pending {
    fn settle(mut self, result: Result<Settled, Error>) {
        self.complete(result);
    }

    fn complete(&mut self, result: Result<Settled, Error>) {
        if let Some(slot) = self.slot.take() {
            self.completions
                .push(Message::Settled(Completion { slot, result }));
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.complete(Err(Error::internal()));
    }
}
