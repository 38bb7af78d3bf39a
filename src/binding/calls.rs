//! Starts a call, gives `index.js` its number, and later settles the call of that number.

use std::ffi::c_void;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

use napi::sys;
use tokio::sync::watch;

use super::io::{self, IoThread};
use crate::flow::context::Context;
use crate::model::error::{Code, Error};
use crate::model::operation::Operation;
use crate::model::provider::Provider;

use super::arguments::CallOptions;
use super::completions::{Completion, Completions, Message};
use super::environment::{Environment, Waiting};
use super::host::JsHost;
use super::js::{Js, Thrown, Value};
use super::not_started::{NotStarted, unreadable};

/// Who calls what.
#[derive(Clone, Copy)]
pub struct Caller {
    pub sdk: Value,
    pub operation: Operation,
    pub provider: Provider,
    /// Whether somebody listens to this object's events.
    pub observed: bool,
    /// Whether the call needs functions of the caller's own, listeners aside.
    pub needs_host: bool,
    /// Whether to answer before the method returns, where that needs nobody else.
    pub at_once: bool,
}

/// A call made ready on the JavaScript thread.
pub struct Prepared<C> {
    /// Makes the future that runs on the I/O thread.
    pub call: C,
    /// A callback's `data` and `expect` function, for the caller's sake.
    pub expect: Option<(Value, Value)>,
}

impl Environment {
    /// Lets a call run on the I/O thread; `prepare` makes it from the arguments, here on the JavaScript
    /// thread. Gives back the call's number, under which `index.js` waits for its answer; or the
    /// answer, when it is there at once: text, or a `Failure`.
    pub fn submit<C, F>(
        &self,
        js: Js,
        caller: Caller,
        options: Result<CallOptions, NotStarted>,
        prepare: impl FnOnce(&Self) -> Result<Prepared<C>, NotStarted>,
    ) -> Result<Value, Thrown>
    where
        C: FnOnce(Context) -> F + Send + 'static,
        F: Future<Output = Result<String, Error>> + Send + 'static,
    {
        let started = options.and_then(|options| {
            let prepared = prepare(self)?;
            self.start(js, caller, options, prepared)
        });
        match started {
            Ok(value) => Ok(value),
            Err(why) => self.not_started(js, caller, why),
        }
    }

    /// Why a call was not started, as a `Failure`.
    pub fn not_started(&self, js: Js, caller: Caller, why: NotStarted) -> Result<Value, Thrown> {
        match why {
            NotStarted::Verbatim(reason) => Err(Thrown(Some(reason))),
            NotStarted::Because { error, cause } => {
                let error = caller.operation.failed(error, caller.provider);
                self.failure(js, &error, cause)
            }
        }
    }

    fn start<C, F>(
        &self,
        js: Js,
        caller: Caller,
        options: CallOptions,
        prepared: Prepared<C>,
    ) -> Result<Value, NotStarted>
    where
        C: FnOnce(Context) -> F + Send + 'static,
        F: Future<Output = Result<String, Error>> + Send + 'static,
    {
        let io = io::thread()?;
        let mut context = Context::of(options.timeout);
        context.observed = caller.observed;
        if caller.observed || caller.needs_host || prepared.expect.is_some() {
            let nothing = js.undefined()?;
            let (data, expect) = prepared.expect.unwrap_or((nothing, nothing));
            let call = self.host(js, c"enter", &[caller.sdk, data, expect])?;
            let call = self.calls.borrow_mut().insert(js.keep(call)?);
            context.host = Some(Arc::new(JsHost::new(Arc::clone(&self.completions), call)));
        }
        let abort = match options.signal {
            None => None,
            Some(signal) => {
                let number = self.completions.question();
                let (sender, receiver) = watch::channel(false);
                // Before anybody listens: reading the arguments may have aborted it.
                self.aborts.borrow_mut().insert(number, sender);
                let watched = self.host(js, c"watch", &[signal, js.number(number.into())?]);
                if let Err(thrown) = watched {
                    self.aborts.borrow_mut().remove(&number);
                    return Err(unreadable(js, "options.signal", thrown));
                }
                context.deadline.cancelled = Some(receiver);
                Some(number)
            }
        };
        let waiting = Waiting {
            abort,
            operation: caller.operation,
            provider: caller.provider,
        };
        let alone = caller.at_once && context.host.is_none() && abort.is_none();
        if !alone {
            let call = prepared.call;
            return Ok(self.run(js, &io, waiting, move || call(context))?);
        }
        let mut call = Box::pin((prepared.call)(context));
        let first = catch_unwind(AssertUnwindSafe(|| io.poll_here(call.as_mut())));
        match first.unwrap_or_else(|_| Poll::Ready(Err(Error::internal()))) {
            Poll::Ready(Ok(text)) => Ok(js.string(&text)?),
            Poll::Ready(Err(error)) => Ok(self.failed(js, waiting, error)?),
            Poll::Pending => Ok(self.run(js, &io, waiting, || call)?),
        }
    }

    /// Lets `count` calls of one kind run, which are told apart only on the I/O thread, and gives back their
    /// numbers.
    pub fn submit_all<I>(
        &self,
        js: Js,
        caller: Caller,
        count: usize,
        calls: impl FnOnce() -> I + Send + 'static,
    ) -> Result<Value, Thrown>
    where
        I: Iterator<Item: Future<Output = Result<String, Error>> + Send + 'static> + Send,
    {
        let io = io::thread().map_err(|_| Thrown(None))?;
        let waiting = Waiting {
            abort: None,
            operation: caller.operation,
            provider: caller.provider,
        };
        let pending: Vec<_> = (0..count).map(|_| self.wait(js, waiting)).collect();
        let numbers = js.counts(pending.iter().filter_map(|pending| pending.number));
        let life = self.life.clone();
        io.spawn(&self.life, move || async move {
            let mut pending = pending.into_iter();
            for (call, pending) in calls().zip(&mut pending) {
                let call = Box::pin(call);
                life.spawn(async move { pending.settle(call.await) });
            }
        });
        numbers
    }

    /// Hands a call to the I/O thread, and gives back its number.
    fn run<F>(
        &self,
        js: Js,
        io: &IoThread,
        waiting: Waiting,
        call: impl FnOnce() -> F + Send + 'static,
    ) -> Result<Value, Thrown>
    where
        F: Future<Output = Result<String, Error>> + Send + 'static,
    {
        let pending = self.wait(js, waiting);
        let number = js.count(pending.number.unwrap_or_default());
        io.spawn(
            &self.life,
            move || async move { pending.settle(call().await) },
        );
        number
    }

    fn wait(&self, js: Js, waiting: Waiting) -> Pending {
        let mut all = self.waiting.borrow_mut();
        if all.is_empty() {
            self.completions.hold_event_loop(js, true);
        }
        Pending {
            completions: Arc::clone(&self.completions),
            number: Some(all.insert(waiting)),
        }
    }

    /// Gives `index.js` the answers that it waits for: those with a text in one go. A number is free for
    /// another call only when its answer has been given.
    pub fn settle_all(&self, js: Js, completions: Vec<Completion>) {
        let numbers: Vec<usize> = completions.iter().map(|one| one.number).collect();
        let mut answers: Vec<(usize, String)> = Vec::with_capacity(completions.len());
        for Completion { number, result } in completions {
            let Some(waiting) = self.waiting.borrow().get(number).copied() else {
                continue;
            };
            match result {
                Ok(text) => {
                    self.unwatch(js, waiting);
                    answers.push((number, text));
                }
                Err(error) => self.fail(js, number, self.failed(js, waiting, error)),
            }
        }
        if !answers.is_empty() {
            self.settle(js, answers);
        }
        let mut waiting = self.waiting.borrow_mut();
        for number in numbers {
            waiting.try_remove(number);
        }
    }

    /// Best effort: an environment that is ending cannot be told.
    fn settle(&self, js: Js, answers: Vec<(usize, String)>) {
        let size = answers.iter().map(|(_, text)| text.len() + 8).sum();
        let mut text = String::with_capacity(size);
        for (number, answer) in &answers {
            text.push(if text.is_empty() { '[' } else { ',' });
            let _ = write!(text, "{number},");
            text.push_str(answer);
        }
        text.push(']');
        let engine = self.engine();
        let settled = js
            .string(&text)
            .and_then(|text| engine.call(js, engine.settle, &[text]));
        if settled.is_ok() {
            return;
        }
        // An answer that the core could read and the engine cannot is a defect. It must cost no other.
        match <[_; 1]>::try_from(answers) {
            Err(answers) => {
                for one in answers {
                    self.settle(js, vec![one]);
                }
            }
            Ok([(number, _)]) => {
                let waiting = self.waiting.borrow().get(number).copied();
                let failure = waiting
                    .ok_or(Thrown(None))
                    .and_then(|waiting| self.failed(js, waiting, Error::internal()));
                self.fail(js, number, failure);
            }
        }
    }

    fn fail(&self, js: Js, number: usize, failure: Result<Value, Thrown>) {
        let engine = self.engine();
        let _ =
            failure.and_then(|failure| engine.call(js, engine.fail, &[js.count(number)?, failure]));
    }

    /// A failed call as a `Failure`.
    fn failed(&self, js: Js, waiting: Waiting, error: Error) -> Result<Value, Thrown> {
        let reason = self.unwatch(js, waiting);
        // A panic does not know where it happened.
        let error = match error.operation {
            Some(_) => error,
            None => waiting.operation.failed(error, waiting.provider),
        };
        let cause = reason.filter(|_| error.code == Code::Aborted);
        self.failure(js, &error, cause)
    }

    /// Lets go of the caller's signal; gives back why it aborted.
    fn unwatch(&self, js: Js, waiting: Waiting) -> Option<Value> {
        let number = waiting.abort?;
        self.aborts.borrow_mut().remove(&number);
        let number = js.number(number.into()).ok()?;
        self.host(js, c"unwatch", &[number]).ok()
    }

    /// A call that was refused before it began, as a `Failure`.
    pub fn refused(&self, js: Js, caller: Caller, rule: String) -> Result<Value, Thrown> {
        let error = caller
            .operation
            .failed(Error::invalid_request(rule), caller.provider);
        self.failure(js, &error, None)
    }

    fn failure(&self, js: Js, error: &Error, cause: Option<Value>) -> Result<Value, Thrown> {
        let cause = cause.map_or_else(|| js.undefined(), Ok)?;
        self.host(js, c"failure", &[js.string(&error.to_json())?, cause])
    }
}

/// A call under way. Dropped without a result, by a panic, it still is answered.
struct Pending {
    completions: Arc<Completions>,
    number: Option<usize>,
}

impl Pending {
    fn settle(mut self, result: Result<String, Error>) {
        self.complete(result);
    }

    fn complete(&mut self, result: Result<String, Error>) {
        if let Some(number) = self.number.take() {
            self.completions
                .push(Message::Settled(Completion { number, result }));
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.complete(Err(Error::internal()));
    }
}

/// Takes in all that has come, on the environment's thread.
pub unsafe extern "C" fn drain(
    env: sys::napi_env,
    _: sys::napi_value,
    _: *mut c_void,
    _: *mut c_void,
) {
    if env.is_null() {
        return;
    }
    let js = Js::new(env);
    let Some(environment) = Environment::of(js) else {
        return;
    };
    // A panic must not cross into Node, nor cost the rest of the batch.
    let each_scoped = |work: &mut dyn FnMut()| {
        js.scoped(|| drop(catch_unwind(AssertUnwindSafe(work))));
    };
    let messages = environment.completions.take();
    let mut settled = Vec::with_capacity(messages.len());
    for message in messages {
        match message {
            Message::Settled(completion) => settled.push(completion),
            message => {
                let mut message = Some(message);
                each_scoped(&mut || {
                    if let Some(message) = message.take() {
                        environment.take_in(js, message);
                    }
                });
            }
        }
    }
    each_scoped(&mut || environment.settle_all(js, std::mem::take(&mut settled)));
    if environment.waiting.borrow().is_empty() {
        environment.completions.hold_event_loop(js, false);
    }
}
