//! The class `FintechSDK`.
//!
//! A method reads its arguments here, on the JavaScript thread, and hands a future to the I/O thread.
//! Its answer, text under a number, becomes the caller's promise in `index.js`; what a method throws
//! rejects it.

use std::cell::OnceCell;
use std::iter;
use std::time::Duration;

use napi::bindgen_prelude::{This, ToNapiValue, TypeName, Unknown, ValidateNapiValue, ValueType};
use napi::{Env, JsValue, sys};
use napi_derive::napi;

use crate::callback::{Body, CallbackOptions};
use crate::flow::context::Context;
use crate::flow::{wait, work};
use crate::model::error::Error;
use crate::model::operation::{Gives, Operation};
use crate::model::sealed::Seal;
use crate::sdk::Sdk;

use super::arguments::{self, Asked, CallOptions, call_options};
use super::calls::{Caller, Prepared};
use super::construction::{self, Construction};
use super::environment::Environment;
use super::js::{Js, Thrown, Value, ValueKind};
use super::not_started::NotStarted;
use super::rows;

/// What [`Environment::submit`] gives to `index.js`.
pub struct Started(pub(super) Value);

impl ToNapiValue for Started {
    unsafe fn to_napi_value(_: sys::napi_env, started: Self) -> napi::Result<sys::napi_value> {
        Ok(started.0)
    }
}

impl TypeName for Started {
    fn type_name() -> &'static str {
        "Started"
    }
    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ValidateNapiValue for Started {}

/// One mobile-money gateway, as JavaScript holds it; `types.d.ts` documents it for its users.
#[napi(js_name = "FintechSDK")]
pub struct FintechSDK {
    pub(super) sdk: Sdk,
    /// Whether each call needs functions of the caller's: a fetch, or a store of tokens.
    needs_host: bool,
    seal: OnceCell<Option<Seal>>,
}

#[napi]
impl FintechSDK {
    /// Makes the object, or throws what is wrong with `options`.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, this: This, options: Unknown) -> napi::Result<Self> {
        let js = Js::new(env.raw());
        let this = this.object.raw();
        if js.is_global(this) {
            js.throw_type_error("Class constructor FintechSDK cannot be invoked without 'new'");
            return Err(Thrown::already());
        }
        let Some(environment) = Environment::of(js) else {
            return Err(Thrown(None).raise(js));
        };
        match construction::construct(js, options.raw(), &environment) {
            Ok(Construction {
                sdk,
                fetch,
                store,
                tokens,
            }) => {
                let needs_host = fetch.or(tokens).is_some();
                if needs_host || store.is_some() {
                    adopt(js, &environment, this, [fetch, store, tokens])
                        .map_err(|thrown| thrown.raise(js))?;
                }
                Ok(Self {
                    sdk,
                    needs_host,
                    seal: OnceCell::new(),
                })
            }
            Err(why) => Err(why.throw(js, "constructor")),
        }
    }

    /// For `index.js`: begins the operation of that number. `first` to `third` are its arguments, then its options.
    #[napi(skip_typescript, catch_unwind)]
    #[allow(
        clippy::too_many_arguments,
        reason = "one for each thing that index.js hands over"
    )]
    pub fn call(
        &self,
        env: Env,
        this: This,
        operation: u32,
        observed: bool,
        first: Unknown,
        second: Unknown,
        third: Unknown,
    ) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let known = Operation::ALL.get(operation as usize).copied();
        let operation = known.ok_or_else(|| Thrown(None).raise(js))?;
        let mut given = [first.raw(), second.raw(), third.raw()];
        let options = arguments::options_among(js, operation, &mut given);
        let timeout = match operation.gives() {
            Gives::FinalPayment => wait::DEFAULT_TIMEOUT,
            _ => self.sdk.timeout(),
        };
        let caller = self.caller(this.object.raw(), operation, observed);
        let read = read_options(js, options, timeout, operation.options());
        let sdk = self.sdk.clone();
        submit(js, caller, read, |environment| {
            let asked = arguments::asked(js, environment, &sdk, operation, &given, options)?;
            let Asked {
                input,
                expect,
                function,
                poll,
            } = asked;
            let call = move |context| async move {
                let brought = sdk.call(operation, input, expect, poll, context).await?;
                Ok(rows::output(brought))
            };
            // It is about no callback.
            let about = |function| Ok::<_, Thrown>((js.undefined()?, function));
            Ok(Prepared {
                call,
                expect: function.map(about).transpose()?,
            })
        })
    }

    /// What this gateway can be asked and within which bounds, as JSON text.
    #[napi(skip_typescript, catch_unwind)]
    pub fn capabilities(&self) -> String {
        self.sdk.capabilities()
    }

    /// Whether it has the operation of that name.
    #[napi(skip_typescript, catch_unwind)]
    pub fn supports(&self, env: Env, name: Unknown) -> bool {
        let js = Js::new(env.raw());
        let name = match js.kind(name.raw()) {
            ValueKind::String => js.text(name.raw()).ok(),
            _ => None,
        };
        let Some(name) = name else {
            return false;
        };
        // A group, such as `bills`, is there with its operations.
        let is_it = |known: Operation| {
            let rest = known.name().strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.sdk.operations().any(is_it)
    }

    /// Judges a callback.
    #[napi(skip_typescript, catch_unwind)]
    #[allow(
        clippy::too_many_arguments,
        reason = "one for each thing that index.js hands over"
    )]
    pub fn handle_callback(
        &self,
        env: Env,
        this: This,
        observed: bool,
        alone: bool,
        text: String,
        is_members: bool,
        data: Unknown,
        options: Unknown,
    ) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let (data, options) = (data.raw(), options.raw());
        let mut caller = self.caller(this.object.raw(), Operation::HandleCallback, observed);
        caller.needs_host |= self.sdk.callbacks().has_own_store();
        caller.at_once = alone && text.len() <= work::AT_ONCE && self.sdk.callbacks().knows_key();
        let body = if is_members {
            Body::Members(text)
        } else {
            Body::Text(text)
        };
        let read = read_options(
            js,
            options,
            self.sdk.timeout(),
            Operation::HandleCallback.options(),
        );
        let sdk = self.sdk.clone();
        submit(js, caller, read, |environment| {
            let (expect, function) = arguments::expect(js, environment, options)?;
            let headers = arguments::headers(js, environment, options)?;
            let lease = arguments::lease(js, options)?;
            let asked = CallbackOptions {
                headers,
                expect,
                lease,
            };
            let call = |context| async move {
                let verdict = sdk.handle_callback(body, asked, context).await?;
                Ok(rows::verdict(&verdict))
            };
            Ok(Prepared {
                call,
                expect: function.map(|function| (data, function)),
            })
        })
    }

    /// For `index.js`: it sends only these members of a callback; if there are none, it sends the JSON.
    #[napi(skip_typescript, catch_unwind)]
    pub fn callback_members(&self) -> Vec<&'static str> {
        self.sdk.callbacks().members().to_vec()
    }

    /// For `index.js`: the `Failure` of a callback that is none.
    #[napi(skip_typescript, catch_unwind)]
    pub fn refuse_callback(&self, env: Env, this: This, rule: String) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let caller = self.caller(this.object.raw(), Operation::HandleCallback, false);
        let environment = Environment::of(js).ok_or_else(|| Thrown(None).raise(js))?;
        let failure = environment.refused(js, caller, rule);
        failure.map(Started).map_err(|thrown| thrown.raise(js))
    }

    /// For `index.js`: `count` callbacks that came at the same time, without options and with nobody who
    /// listens, the members of all in one text. Gives back their numbers.
    #[napi(skip_typescript, catch_unwind)]
    pub fn handle_callbacks(
        &self,
        env: Env,
        this: This,
        texts: String,
        count: u32,
    ) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let caller = self.caller(this.object.raw(), Operation::HandleCallback, false);
        let sdk = self.sdk.clone();
        let calls = move || {
            let each = sdk.callbacks().members().len().max(1);
            let mut start = 0;
            iter::from_fn(move || {
                let rest = texts.get(start..)?;
                let (end, _) = rest.match_indices('\0').nth(each - 1)?;
                let text = rest.get(..end)?.to_owned();
                start += end + 1;
                let (sdk, context) = (sdk.clone(), Context::of(sdk.timeout()));
                Some(async move {
                    let options = CallbackOptions::default();
                    let verdict = sdk
                        .handle_callback(Body::Members(text), options, context)
                        .await?;
                    Ok(rows::verdict(&verdict))
                })
            })
        };
        let environment = Environment::of(js).ok_or_else(|| Thrown(None).raise(js))?;
        let numbers = environment.submit_all(js, caller, count as usize, calls);
        numbers.map(Started).map_err(|thrown| thrown.raise(js))
    }

    pub(super) fn caller(&self, this: Value, operation: Operation, observed: bool) -> Caller {
        Caller {
            sdk: this,
            operation,
            provider: self.sdk.provider(),
            observed,
            needs_host: self.needs_host,
            at_once: false,
        }
    }
}

impl FintechSDK {
    pub(super) fn seal(&self) -> Option<&Seal> {
        self.seal.get_or_init(|| self.sdk.seal()).as_ref()
    }
}

fn adopt(
    js: Js,
    environment: &Environment,
    sdk: Value,
    own: [Option<Value>; 3],
) -> Result<(), Thrown> {
    let mut arguments = vec![sdk];
    for value in own {
        arguments.push(value.map_or_else(|| js.undefined(), Ok)?);
    }
    environment.host(js, c"adopt", &arguments).map(drop)
}

fn read_options(
    js: Js,
    options: Value,
    default: Duration,
    known: &[&str],
) -> Result<CallOptions, NotStarted> {
    let environment = Environment::of(js).ok_or(Thrown(None))?;
    call_options(js, &environment, options, default, known)
}

fn submit<C, F>(
    js: Js,
    caller: Caller,
    options: Result<CallOptions, NotStarted>,
    prepare: impl FnOnce(&Environment) -> Result<Prepared<C>, NotStarted>,
) -> napi::Result<Started>
where
    C: FnOnce(Context) -> F + Send + 'static,
    F: Future<Output = Result<String, Error>> + Send + 'static,
{
    let Some(environment) = Environment::of(js) else {
        return Err(Thrown(None).raise(js));
    };
    let started = environment.submit(js, caller, options, prepare);
    started.map(Started).map_err(|thrown| thrown.raise(js))
}
