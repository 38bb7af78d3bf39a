//! What the addon keeps for each JavaScript environment (the main thread, each worker): the engine's
//! JSON functions, the error class, `host.js`, and the promises that wait.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use napi::sys;
use slab::Slab;
use tokio::sync::{oneshot, watch};

use crate::context::Context;
use crate::error::{Code, Error, Operation, Outcome};
use crate::io;
use crate::provider::Provider;
use crate::sdk::Verdict;

use super::arguments::CallOptions;
use super::completions::{Completion, Completions, Message, Question, Settled};
use super::errors;
use super::host::JsHost;
use super::js::{Deferred, Js, Kind, Reference, Thrown, Value};

/// One JavaScript environment's state, on its own thread.
pub struct Environment {
    engine: Cell<Engine>,
    waiting: RefCell<Slab<Waiting>>,
    /// The JavaScript object of each call that needs one: `{ sdk, expect, data }`.
    calls: RefCell<Slab<Reference>>,
    questions: RefCell<HashMap<u32, oneshot::Sender<Result<String, String>>>>,
    aborts: RefCell<HashMap<u32, watch::Sender<bool>>>,
    completions: Arc<Completions>,
}

/// References into the engine. A module that is evaluated anew, as a test runner does, brings its own.
#[derive(Clone, Copy)]
struct Engine {
    error_class: Reference,
    host: Reference,
    json: Reference,
    stringify: Reference,
    parse: Reference,
}

impl Engine {
    fn read(js: Js, error_class: Value, host: Value) -> Result<Self, Thrown> {
        let json = js.get(js.global()?, c"JSON")?;
        Ok(Self {
            error_class: js.keep(error_class)?,
            host: js.keep(host)?,
            json: js.keep(json)?,
            stringify: js.keep(js.get(json, c"stringify")?)?,
            parse: js.keep(js.get(json, c"parse")?)?,
        })
    }

    fn release(self, js: Js) {
        for reference in [
            self.error_class,
            self.host,
            self.json,
            self.stringify,
            self.parse,
        ] {
            js.release(reference);
        }
    }
}

/// A promise that has not settled.
struct Waiting {
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

thread_local! {
    static ENVIRONMENTS: RefCell<HashMap<usize, Rc<Environment>>> = RefCell::default();
}

impl Environment {
    /// Opens the state of this environment, or gives it a new engine. Called by `index.js`.
    pub fn open(js: Js, error_class: Value, host: Value) -> Result<(), Thrown> {
        let engine = Engine::read(js, error_class, host)?;
        if let Some(environment) = Self::of(js) {
            environment.engine.replace(engine).release(js);
            return Ok(());
        }
        let environment = Rc::new(Self {
            engine: Cell::new(engine),
            waiting: RefCell::default(),
            calls: RefCell::default(),
            questions: RefCell::default(),
            aborts: RefCell::default(),
            completions: Arc::new(Completions::new(js, drain)?),
        });
        let key = js.raw() as usize;
        ENVIRONMENTS.with_borrow_mut(|all| all.insert(key, environment));
        // SAFETY: on the environment's own thread; the hook gets the environment's address as a key.
        // It was added after the threadsafe function, so it runs before Node frees that one.
        unsafe { sys::napi_add_env_cleanup_hook(js.raw(), Some(close), js.raw().cast()) };
        Ok(())
    }

    pub fn of(js: Js) -> Option<Rc<Self>> {
        let key = js.raw() as usize;
        ENVIRONMENTS
            .try_with(|all| all.try_borrow().ok()?.get(&key).cloned())
            .ok()
            .flatten()
    }

    /// `JSON.stringify(value)`; `None` where that gives `undefined`.
    pub fn stringify(&self, js: Js, value: Value) -> Result<Option<String>, Thrown> {
        let text = js.call(
            js.kept(self.engine.get().json)?,
            js.kept(self.engine.get().stringify)?,
            &[value],
        )?;
        if js.kind(text) == Kind::String {
            js.text(text).map(Some)
        } else {
            Ok(None)
        }
    }

    /// `JSON.parse(text)`.
    pub fn parse(&self, js: Js, text: &str) -> Result<Value, Thrown> {
        js.call(
            js.kept(self.engine.get().json)?,
            js.kept(self.engine.get().parse)?,
            &[js.string(text)?],
        )
    }

    /// A fresh `FinConnectError`, its stack the caller's, still without a message.
    pub fn new_error(&self, js: Js) -> Result<Value, Thrown> {
        js.construct(js.kept(self.engine.get().error_class)?)
    }

    /// Calls a function of `host.js`.
    pub fn host(&self, js: Js, function: &CStr, arguments: &[Value]) -> Result<Value, Thrown> {
        let host = js.kept(self.engine.get().host)?;
        js.call(host, js.get(host, function)?, arguments)
    }

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
        let io = io::handle()?;
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

    /// The answer to a question, from `host.js`.
    pub fn answer(&self, question: u32, answer: Result<String, String>) {
        if let Some(reply) = self.questions.borrow_mut().remove(&question) {
            let _ = reply.send(answer);
        }
    }

    /// The caller's signal aborted a call.
    pub fn abort(&self, number: u32) {
        if let Some(sender) = self.aborts.borrow().get(&number) {
            sender.send_replace(true);
        }
    }

    fn wait(&self, js: Js, waiting: Waiting) -> usize {
        let mut all = self.waiting.borrow_mut();
        if all.is_empty() {
            self.completions.hold_event_loop(js, true);
        }
        all.insert(waiting)
    }

    fn take_in(&self, js: Js, message: Message) {
        // Best effort: what the engine refuses here has nobody to be told.
        let _ = match message {
            Message::Settled(completion) => {
                self.settle(js, completion);
                Ok(())
            }
            Message::Ask(question) => self.ask(js, question),
            Message::Forget(question) => {
                self.questions.borrow_mut().remove(&question);
                js.number(question.into())
                    .and_then(|n| self.host(js, c"forget", &[n]).map(drop))
            }
            Message::Emit { call, event } => self.emit(js, call, event.name, &event.to_json()),
            Message::Release { call } => {
                let call = self.calls.borrow_mut().try_remove(call);
                call.into_iter().for_each(|call| js.release(call));
                Ok(())
            }
        };
    }

    fn call(&self, js: Js, call: usize) -> Result<Value, Thrown> {
        let call = self.calls.borrow().get(call).copied().ok_or(Thrown(None))?;
        js.kept(call)
    }

    fn ask(&self, js: Js, question: Question) -> Result<(), Thrown> {
        let Question {
            call,
            function,
            text,
            number,
            reply,
        } = question;
        self.questions.borrow_mut().insert(number, reply);
        let asked = (|| {
            let arguments = [
                self.call(js, call)?,
                js.string(function.name())?,
                js.string(&text)?,
                js.number(number.into())?,
            ];
            self.host(js, c"ask", &arguments)
        })();
        if asked.is_err() {
            self.answer(number, Err("it could not be asked".to_owned()));
        }
        asked.map(drop)
    }

    fn emit(&self, js: Js, call: usize, name: &str, text: &str) -> Result<(), Thrown> {
        let arguments = [self.call(js, call)?, js.string(name)?, js.string(text)?];
        self.host(js, c"emit", &arguments).map(drop)
    }

    fn settle(&self, js: Js, Completion { slot, result }: Completion) {
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

/// Takes in all that has come, on the environment's thread.
unsafe extern "C" fn drain(env: sys::napi_env, _: sys::napi_value, _: *mut c_void, _: *mut c_void) {
    if env.is_null() {
        return;
    }
    let js = Js::new(env);
    let Some(environment) = Environment::of(js) else {
        return;
    };
    for message in environment.completions.take() {
        js.scoped(|| {
            // A panic must not cross into Node, nor cost the rest of the batch.
            let take_in = AssertUnwindSafe(|| environment.take_in(js, message));
            let _ = catch_unwind(take_in);
        });
    }
    if environment.waiting.borrow().is_empty() {
        environment.completions.hold_event_loop(js, false);
    }
}

unsafe extern "C" fn close(key: *mut c_void) {
    let closed = ENVIRONMENTS.try_with(|all| all.try_borrow_mut().ok()?.remove(&(key as usize)));
    if let Ok(Some(environment)) = closed {
        environment.completions.close();
    }
}
