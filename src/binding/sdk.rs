//! The class `FintechSDK`.
//!
//! A method reads its arguments here, on the JavaScript thread, and hands a future to the I/O thread.
//! Its answer, text under a number, becomes the caller's promise in `index.js`; what a method throws
//! rejects it.

use std::iter;
use std::time::Duration;

use napi::bindgen_prelude::{This, ToNapiValue, TypeName, Unknown, ValidateNapiValue, ValueType};
use napi::{Env, JsValue, sys};
use napi_derive::napi;

use crate::callback::{Body, CallbackOptions, Replay};
use crate::flow::context::Context;
use crate::flow::{wait, work};
use crate::model::error::Error;
use crate::model::operation::Operation;
use crate::sdk::Sdk;

use super::arguments::{
    self, CallOptions, Construction, call_options, json_of, optional_text, text,
};
use super::calls::{Caller, Prepared};
use super::environment::Environment;
use super::js::{Js, Kind, Thrown, Value};
use super::refusal::Refusal;
use super::rows;

/// What [`Environment::submit`] gives to `index.js`.
pub struct Started(Value);

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
    sdk: Sdk,
    own_fetch: bool,
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
        match arguments::construct(js, options.raw(), &environment.life) {
            Ok(Construction { sdk, fetch, store }) => {
                let own_fetch = fetch.is_some();
                if own_fetch || store.is_some() {
                    adopt(js, &environment, this, fetch, store)
                        .map_err(|thrown| thrown.raise(js))?;
                }
                Ok(Self { sdk, own_fetch })
            }
            Err(Refusal::Because {
                error: mut why,
                cause,
            }) => {
                why.operation = Some(Operation::Constructor);
                let error = js.string(&why.to_json()).and_then(|text| {
                    let cause = cause.map_or_else(|| js.undefined(), Ok)?;
                    environment.host(js, c"error", &[text, cause])
                });
                Err(Thrown(error.ok()).raise(js))
            }
            Err(Refusal::Verbatim(exception)) => Err(Thrown(Some(exception)).raise(js)),
        }
    }

    /// Asks the gateway for a payment.
    #[napi(skip_typescript, catch_unwind)]
    pub fn pay(
        &self,
        env: Env,
        this: This,
        observed: bool,
        payment_data: Unknown,
        ipn_id: Unknown,
        options: Unknown,
    ) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let (payment_data, mut ipn_id, mut options) =
            (payment_data.raw(), ipn_id.raw(), options.raw());
        if js.kind(ipn_id) == Kind::Object && js.kind(options) == Kind::Nullish {
            (ipn_id, options) = (options, ipn_id);
        }
        let caller = self.caller(this, Operation::Pay, observed);
        let options = read_options(js, options, self.sdk.timeout(), &arguments::CALL);
        let sdk = self.sdk.clone();
        submit(js, caller, options, |environment| {
            let payment = json_of(js, environment, payment_data)?;
            // One gateway reads it; for the others whatever stands there is left alone.
            let reads_it = sdk.provider().name() == "pesapal";
            let ipn_id = match (reads_it, js.kind(ipn_id)) {
                (true, Kind::String) => Some(js.text(ipn_id)?),
                (true, Kind::Nullish) => None,
                (true, _) => {
                    let rule = "ipnId must be a string. Nothing was sent.";
                    return Err(Error::invalid_request(rule).into());
                }
                (_, Kind::Object) => {
                    let rule = "options stand in ipnId's place and in their own. Nothing was sent.";
                    return Err(Error::invalid_request(rule).into());
                }
                _ => None,
            };
            Ok(Prepared::new(|context| async move {
                sdk.pay(payment, ipn_id, context).await
            }))
        })
    }

    /// Registers a URL for payment notifications.
    #[napi(skip_typescript, catch_unwind)]
    pub fn register_ipn(
        &self,
        env: Env,
        this: This,
        observed: bool,
        url: Unknown,
        kind: Unknown,
        options: Unknown,
    ) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let (url, kind) = (url.raw(), kind.raw());
        let caller = self.caller(this, Operation::RegisterIpn, observed);
        let options = read_options(js, options.raw(), self.sdk.timeout(), &arguments::CALL);
        let sdk = self.sdk.clone();
        submit(js, caller, options, |_| {
            let kind = match js.kind(kind) {
                Kind::Nullish => "GET".to_owned(),
                _ => text(js, kind)?,
            };
            let url = text(js, url)?;
            Ok(Prepared::new(|context| async move {
                let id = sdk.register_ipn(url, kind, context).await?;
                Ok(crate::model::json::quote(&id))
            }))
        })
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
        let mut caller = self.caller(this, Operation::HandleCallback, observed);
        caller.needs_host |= matches!(self.sdk.callbacks().replay(), Replay::Own);
        caller.at_once = alone && text.len() <= work::AT_ONCE && self.sdk.callbacks().knows_key();
        let body = if is_members {
            Body::Members(text)
        } else {
            Body::Text(text)
        };
        let read = read_options(js, options, self.sdk.timeout(), &arguments::CALLBACK);
        let sdk = self.sdk.clone();
        submit(js, caller, read, |environment| {
            let (expect, function) = arguments::expect(js, environment, options)?;
            let headers = arguments::headers(js, environment, options)?;
            let asked = CallbackOptions { headers, expect };
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

    /// For `index.js`: the members that callbacks are judged by; none where it has to hand over all.
    #[napi(skip_typescript, catch_unwind)]
    pub fn callback_members(&self) -> Vec<&'static str> {
        self.sdk.callbacks().members().to_vec()
    }

    /// For `index.js`: the `Failure` of a callback that is none.
    #[napi(skip_typescript, catch_unwind)]
    pub fn refuse_callback(&self, env: Env, this: This, rule: String) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let caller = self.caller(this, Operation::HandleCallback, false);
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
        let caller = self.caller(this, Operation::HandleCallback, false);
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

    /// Asks where a payment stands.
    #[napi(skip_typescript, catch_unwind)]
    pub fn get_payment_status(
        &self,
        env: Env,
        this: This,
        observed: bool,
        reference: Unknown,
        options: Unknown,
    ) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let (reference, options) = (reference.raw(), options.raw());
        let caller = self.caller(this, Operation::GetPaymentStatus, observed);
        let read = read_options(js, options, self.sdk.timeout(), &arguments::STATUS);
        let sdk = self.sdk.clone();
        submit(js, caller, read, |environment| {
            let reference = text(js, reference)?;
            let operator = optional_text(js, options, c"operator")?;
            let (expect, function) = arguments::expect(js, environment, options)?;
            let call = |context| async move {
                let payment = sdk
                    .payment_status(reference, operator, expect, context)
                    .await?;
                Ok(rows::payment(&payment))
            };
            Ok(Prepared {
                call,
                expect: with_undefined(js, function)?,
            })
        })
    }

    /// Asks where a payment stands until that is final.
    #[napi(skip_typescript, catch_unwind)]
    pub fn wait_for_payment(
        &self,
        env: Env,
        this: This,
        observed: bool,
        reference: Unknown,
        options: Unknown,
    ) -> napi::Result<Started> {
        let js = Js::new(env.raw());
        let (reference, options) = (reference.raw(), options.raw());
        let caller = self.caller(this, Operation::WaitForPayment, observed);
        let read = read_options(js, options, wait::DEFAULT_TIMEOUT, &arguments::WAIT);
        let sdk = self.sdk.clone();
        submit(js, caller, read, |environment| {
            let reference = text(js, reference)?;
            let operator = optional_text(js, options, c"operator")?;
            let (expect, function) = arguments::expect(js, environment, options)?;
            let poll = arguments::poll(js, options)?;
            let call = move |context| async move {
                let payment = sdk
                    .wait_for_payment(reference, operator, expect, poll, context)
                    .await?;
                Ok(rows::payment(&payment))
            };
            Ok(Prepared {
                call,
                expect: with_undefined(js, function)?,
            })
        })
    }

    fn caller(&self, this: This, operation: Operation, observed: bool) -> Caller {
        Caller {
            sdk: this.object.raw(),
            operation,
            provider: self.sdk.provider(),
            observed,
            needs_host: self.own_fetch,
            at_once: false,
        }
    }
}

/// An `expect` function of a call that is about no callback.
fn with_undefined(js: Js, function: Option<Value>) -> Result<Option<(Value, Value)>, Thrown> {
    let undefined = js.undefined()?;
    Ok(function.map(|function| (undefined, function)))
}

fn adopt(
    js: Js,
    environment: &Environment,
    sdk: Value,
    fetch: Option<Value>,
    store: Option<Value>,
) -> Result<(), Thrown> {
    let or_undefined = |value: Option<Value>| value.map_or_else(|| js.undefined(), Ok);
    environment
        .host(
            js,
            c"adopt",
            &[sdk, or_undefined(fetch)?, or_undefined(store)?],
        )
        .map(drop)
}

fn read_options(
    js: Js,
    options: Value,
    default: Duration,
    known: &[&str],
) -> Result<CallOptions, Refusal> {
    let environment = Environment::of(js).ok_or(Thrown(None))?;
    call_options(js, &environment, options, default, known)
}

fn submit<C, F>(
    js: Js,
    caller: Caller,
    options: Result<CallOptions, Refusal>,
    prepare: impl FnOnce(&Environment) -> Result<Prepared<C>, Refusal>,
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
