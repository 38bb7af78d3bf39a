//! What the addon keeps for each JavaScript environment (the main thread, each worker): the engine's
//! JSON functions, the error class, and the promises that wait.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use napi::sys;
use slab::Slab;

use crate::error::{Error, Operation, Outcome};
use crate::io;
use crate::provider::Provider;

use super::completions::{Completion, Completions, Settled};
use super::errors;
use super::js::{Deferred, Js, Kind, Reference, Thrown, Value};

/// One JavaScript environment's state, on its own thread.
pub struct Environment {
    error_class: Reference,
    json: Reference,
    stringify: Reference,
    parse: Reference,
    waiting: RefCell<Slab<Waiting>>,
    completions: Arc<Completions>,
}

/// A promise that has not settled.
struct Waiting {
    deferred: Deferred,
    /// Made when the call was, so that its stack is the caller's.
    error: Reference,
    /// What the promise resolves with beside the core's answer: a callback's `data`.
    data: Option<Reference>,
}

thread_local! {
    static ENVIRONMENTS: RefCell<HashMap<usize, Rc<Environment>>> = RefCell::default();
}

impl Environment {
    /// Opens the state of this environment. Called once by `index.js`, with the error class.
    pub fn open(js: Js, error_class: Value) -> Result<(), Thrown> {
        let json = js.get(js.global()?, c"JSON")?;
        let environment = Rc::new(Self {
            error_class: js.keep(error_class)?,
            json: js.keep(json)?,
            stringify: js.keep(js.get(json, c"stringify")?)?,
            parse: js.keep(js.get(json, c"parse")?)?,
            waiting: RefCell::default(),
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
        let text = js.call(js.kept(self.json)?, js.kept(self.stringify)?, &[value])?;
        if js.kind(text) == Kind::String {
            js.text(text).map(Some)
        } else {
            Ok(None)
        }
    }

    /// `JSON.parse(text)`.
    pub fn parse(&self, js: Js, text: &str) -> Result<Value, Thrown> {
        js.call(
            js.kept(self.json)?,
            js.kept(self.parse)?,
            &[js.string(text)?],
        )
    }

    /// A fresh `FinConnectError`, its stack the caller's, still without a message.
    pub fn new_error(&self, js: Js) -> Result<Value, Thrown> {
        js.construct(js.kept(self.error_class)?)
    }

    /// Makes a promise and lets `call` run on the I/O thread; `prepare` makes it from the arguments,
    /// here on the JavaScript thread. Whatever fails rejects the promise.
    pub fn submit<F>(
        &self,
        js: Js,
        operation: Operation,
        provider: Provider,
        prepare: impl FnOnce(&Self) -> Result<(F, Option<Value>), Refusal>,
    ) -> Result<Value, Thrown>
    where
        F: Future<Output = Result<Settled, Error>> + Send + 'static,
    {
        let error = self.new_error(js)?;
        let (deferred, promise) = js.promise()?;
        let started = prepare(self).and_then(|(call, data)| {
            let io = io::handle()?;
            let data = data.map(|data| js.keep(data)).transpose()?;
            let waiting = Waiting {
                deferred,
                error: js.keep(error)?,
                data,
            };
            let slot = self.wait(js, waiting);
            let pending = Pending {
                completions: Arc::clone(&self.completions),
                slot: Some(slot),
            };
            io.spawn(async move { pending.settle(call.await) });
            Ok(())
        });
        if let Err(Refusal { error: why, cause }) = started {
            errors::fill(self, js, error, &why.during(operation, provider));
            if let Some(cause) = cause {
                js.set_hidden(error, c"cause", cause)?;
            }
            js.settle(deferred, Err(error));
        }
        Ok(promise)
    }

    fn wait(&self, js: Js, waiting: Waiting) -> usize {
        let mut all = self.waiting.borrow_mut();
        if all.is_empty() {
            self.completions.hold_event_loop(js, true);
        }
        all.insert(waiting)
    }

    fn settle(&self, js: Js, Completion { slot, result }: Completion) {
        let Some(waiting) = self.waiting.borrow_mut().try_remove(slot) else {
            return;
        };
        let Waiting {
            deferred,
            error,
            data,
        } = waiting;
        let settled = result.and_then(|settled| {
            self.resolution(js, settled, data)
                .map_err(|Thrown(_)| unreadable())
        });
        match settled {
            Ok(value) => js.settle(deferred, Ok(value)),
            Err(why) => {
                if let Ok(error) = js.kept(error) {
                    errors::fill(self, js, error, &why);
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
            Settled::Verified(is_valid) => {
                let result = js.object()?;
                js.set(result, c"isValid", js.boolean(is_valid)?)?;
                let data = match data {
                    Some(holder) => js.get(js.kept(holder)?, c"data")?,
                    None => js.undefined()?,
                };
                js.set(result, c"data", data)?;
                Ok(result)
            }
        }
    }
}

/// An answer that the core could read and the engine could not. Both follow the same grammar, so this
/// is a defect; the gateway has answered, so the money may have moved.
fn unreadable() -> Error {
    Error::internal()
}

/// Why a call was not started, with the JavaScript exception that caused it.
pub struct Refusal {
    pub error: Error,
    pub cause: Option<Value>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, cause: None }
    }
}

impl From<Thrown> for Refusal {
    fn from(Thrown(cause): Thrown) -> Self {
        let error = Error {
            outcome: Outcome::NotSent,
            ..Error::internal()
        };
        Self { error, cause }
    }
}

/// A call under way. Dropped without a result, by a panic, it still settles the promise.
struct Pending {
    completions: Arc<Completions>,
    slot: Option<usize>,
}

impl Pending {
    fn settle(mut self, result: Result<Settled, Error>) {
        if let Some(slot) = self.slot.take() {
            self.completions.push(Completion { slot, result });
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.completions.push(Completion {
                slot,
                result: Err(Error::internal()),
            });
        }
    }
}

/// Settles all that has come, on the environment's thread.
unsafe extern "C" fn drain(env: sys::napi_env, _: sys::napi_value, _: *mut c_void, _: *mut c_void) {
    if env.is_null() {
        return;
    }
    let js = Js::new(env);
    let Some(environment) = Environment::of(js) else {
        return;
    };
    for completion in environment.completions.take() {
        js.scoped(|| {
            // A panic must not cross into Node, nor cost the rest of the batch.
            let settle = AssertUnwindSafe(|| environment.settle(js, completion));
            let _ = catch_unwind(settle);
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
