//! What the addon keeps for each JavaScript environment (the main thread, each worker): the engine's
//! `JSON.stringify`, the functions of `index.js` and `host.js`, and the calls under way.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use napi::Env;
use slab::Slab;
use tokio::sync::{oneshot, watch};

use crate::http::life::Life;
use crate::model::operation::Operation;
use crate::model::provider::Provider;

use super::completions::{Completions, Drain, Message, Question};
use super::js::{Js, Reference, Thrown, Value, ValueKind};

/// A call under way.
#[derive(Clone, Copy)]
pub struct Waiting {
    /// The number under which the caller's signal can abort it.
    pub abort: Option<u32>,
    pub operation: Operation,
    pub provider: Provider,
}

/// One JavaScript environment's state, on its own thread.
pub struct Environment {
    engine: RefCell<Rc<Engine>>,
    pub waiting: RefCell<Slab<Waiting>>,
    /// The JavaScript object of each call that needs one: `{ sdk, expect, data }`.
    pub calls: RefCell<Slab<Reference>>,
    questions: RefCell<HashMap<u32, oneshot::Sender<Result<String, String>>>>,
    pub aborts: RefCell<HashMap<u32, watch::Sender<bool>>>,
    pub completions: Arc<Completions>,
    /// The life of all that its SDK objects do. It ends with the environment.
    pub life: Life,
}

/// References into the engine. `index.js` may be loaded twice, as when a test runner resets its modules: the latest
/// copy's serve all calls.
pub struct Engine {
    js: Js,
    host: Reference,
    pub settle: Reference,
    pub fail: Reference,
    json: Reference,
    stringify: Reference,
    /// `Object.prototype.toString`.
    class_of: Reference,
}

impl Engine {
    fn read(js: Js, host: Value) -> Result<Self, Thrown> {
        let json = js.get(js.global()?, c"JSON")?;
        let prototype = js.get(js.get(js.global()?, c"Object")?, c"prototype")?;
        Ok(Self {
            js,
            host: js.keep(host)?,
            settle: js.keep(js.get(host, c"settle")?)?,
            fail: js.keep(js.get(host, c"fail")?)?,
            json: js.keep(json)?,
            stringify: js.keep(js.get(json, c"stringify")?)?,
            class_of: js.keep(js.get(prototype, c"toString")?)?,
        })
    }

    /// Calls a function of `index.js`.
    pub fn call(&self, js: Js, function: Reference, arguments: &[Value]) -> Result<(), Thrown> {
        js.call(js.kept(self.host)?, js.kept(function)?, arguments)
            .map(drop)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        for reference in [
            self.host,
            self.settle,
            self.fail,
            self.json,
            self.stringify,
            self.class_of,
        ] {
            self.js.release(reference);
        }
    }
}

thread_local! {
    static ENVIRONMENTS: RefCell<HashMap<usize, Rc<Environment>>> = RefCell::default();
}

impl Environment {
    /// Opens the state of this environment, or gives it a new engine. `drain` takes in what comes for it.
    pub fn open(js: Js, host: Value, drain: Drain) -> Result<(), Thrown> {
        let engine = Rc::new(Engine::read(js, host)?);
        if let Some(environment) = Self::of(js) {
            environment.engine.replace(engine);
            return Ok(());
        }
        let environment = Rc::new(Self {
            engine: RefCell::new(engine),
            waiting: RefCell::default(),
            calls: RefCell::default(),
            questions: RefCell::default(),
            aborts: RefCell::default(),
            completions: Arc::new(Completions::new(js, drain)?),
            life: Life::default(),
        });
        end_with_the_process(&environment.life);
        let key = js.raw() as usize;
        ENVIRONMENTS.with_borrow_mut(|all| all.insert(key, environment));
        // Added after the threadsafe function, so that it runs before Node frees that one.
        let hook = Env::from_raw(js.raw()).add_env_cleanup_hook(key, close);
        hook.map(drop).map_err(|_| Thrown(None))
    }

    pub fn of(js: Js) -> Option<Rc<Self>> {
        let key = js.raw() as usize;
        ENVIRONMENTS
            .try_with(|all| all.try_borrow().ok()?.get(&key).cloned())
            .ok()
            .flatten()
    }

    pub fn engine(&self) -> Rc<Engine> {
        Rc::clone(&self.engine.borrow())
    }

    /// `JSON.stringify(value)`; `None` where that gives `undefined`.
    pub fn stringify(&self, js: Js, value: Value) -> Result<Option<String>, Thrown> {
        let engine = self.engine();
        let text = js.call(js.kept(engine.json)?, js.kept(engine.stringify)?, &[value])?;
        if js.kind(text) == ValueKind::String {
            js.text(text).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The same with bigints as decimal text, for which the engine has no JSON. A number that is none, which the engine
    /// writes as `null`, is thrown by name.
    pub fn stringify_with_bigints(&self, js: Js, value: Value) -> Result<Option<String>, Thrown> {
        let text = match self.stringify(js, value) {
            Ok(Some(text)) if !text.contains("null") => return Ok(Some(text)),
            Ok(None) => return Ok(None),
            _ => self.host(js, c"withBigints", &[value])?,
        };
        match js.kind(text) {
            ValueKind::String => js.text(text).map(Some),
            _ => Ok(None),
        }
    }

    /// Whether a value is an object whose members say all of it: no array, no `Map`, no `AbortSignal`.
    pub fn is_plain(&self, js: Js, object: Value) -> Result<bool, Thrown> {
        let class = js.text(js.call(object, js.kept(self.engine().class_of)?, &[])?)?;
        Ok(matches!(
            class.as_str(),
            "[object Object]" | "[object Module]"
        ))
    }

    /// Calls a function of `index.js` or `host.js`.
    pub fn host(&self, js: Js, function: &CStr, arguments: &[Value]) -> Result<Value, Thrown> {
        let host = js.kept(self.engine().host)?;
        js.call(host, js.get(host, function)?, arguments)
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

    /// Does what a message asks for, but for settled calls.
    pub fn take_in(&self, js: Js, message: Message) {
        // Best effort: what the engine refuses here has nobody to be told.
        let _ = match message {
            Message::Settled(_) => Ok(()),
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
}

fn close(key: usize) {
    let closed = ENVIRONMENTS.try_with(|all| all.try_borrow_mut().ok()?.remove(&key));
    if let Ok(Some(environment)) = closed {
        environment.life.end();
        environment.completions.close();
        lives().retain(|life| !life.has_ended());
    }
}

/// The lives of all environments that go on. `process.exit()` in the main thread closes no environment of
/// its own, and the I/O thread runs until the process is gone.
static LIVES: Mutex<Vec<Life>> = Mutex::new(Vec::new());

fn lives() -> MutexGuard<'static, Vec<Life>> {
    LIVES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end_with_the_process(life: &Life) {
    static AT_EXIT: Once = Once::new();
    lives().push(life.clone());
    // SAFETY: a function of every C library; the image that holds `end_all` is never unloaded.
    AT_EXIT.call_once(|| unsafe {
        atexit(end_all);
    });
}

unsafe extern "C" {
    fn atexit(function: extern "C" fn()) -> std::ffi::c_int;
}

extern "C" fn end_all() {
    // Nothing may unwind into the C library.
    let _ = catch_unwind(|| lives().iter().for_each(Life::end));
}
