//! What the ledger asks of an SDK object, beside its calls.

use napi::bindgen_prelude::Unknown;
use napi::{Env, JsValue};
use napi_derive::napi;

use crate::model::error::Error;
use crate::model::intent::Kept;
use crate::model::operation::{Input, Operation, Takes};

use super::arguments;
use super::environment::Environment;
use super::js::{Js, Thrown};
use super::sdk::{FintechSDK, Started};

/// Why the operation of that number would be refused before anything is sent, as a `Failure`.
#[napi(skip_typescript, catch_unwind)]
pub fn refusal(
    env: Env,
    sdk: &FintechSDK,
    operation: u32,
    first: Unknown,
) -> napi::Result<Option<Started>> {
    let js = Js::new(env.raw());
    let known = Operation::ALL.get(operation as usize).copied();
    let operation = known.ok_or_else(|| Thrown(None).raise(js))?;
    let environment = Environment::of(js).ok_or_else(|| Thrown(None).raise(js))?;
    let nothing = js.undefined().map_err(|thrown| thrown.raise(js))?;
    let given = [first.raw()];
    let asked = arguments::asked(js, &environment, &sdk.sdk, operation, &given, nothing);
    let why = match asked {
        Ok(asked) => sdk.sdk.refusal(operation, &asked.input).map(Into::into),
        Err(why) => Some(why),
    };
    let caller = sdk.caller(nothing, operation, false);
    why.map(|why| environment.not_started(js, caller, why).map(Started))
        .transpose()
        .map_err(|thrown| thrown.raise(js))
}

/// What the ledger keeps of a request, as a JSON list: amount, phone, its name, the name of all parameters, and all of
/// them sealed by `vault`. A request that `sdk` would refuse is a `Failure`. Both come as JSON text: `request`, which
/// is asked, and `whole`, what is kept, where that is more. `about`: what else tells it from others.
#[napi(skip_typescript, catch_unwind)]
pub fn intent(
    env: Env,
    sdk: &FintechSDK,
    vault: &FintechSDK,
    operation: u32,
    request: String,
    whole: Option<String>,
    about: String,
) -> napi::Result<Started> {
    let js = Js::new(env.raw());
    let raise = |thrown: Thrown| thrown.raise(js);
    let known = Operation::ALL.get(operation as usize).copied();
    let operation = known.ok_or_else(|| raise(Thrown(None)))?;
    let environment = Environment::of(js).ok_or_else(|| raise(Thrown(None)))?;
    let name = operation.takes().first().and_then(|takes| match takes {
        Takes::Json(name) => Some(*name),
        _ => None,
    });
    let made = || {
        let input = Input::default().with(name?, Some(request.clone()));
        if let Some(refusal) = sdk.sdk.refusal(operation, &input) {
            return Some(Err(refusal));
        }
        let kept = Kept::of(whole.as_ref().unwrap_or(&request), &about, vault.seal()?)?;
        Some(Ok(kept.to_json()))
    };
    let made = match made().unwrap_or_else(|| Err(Error::internal())) {
        Ok(text) => js.string(&text),
        Err(refusal) => {
            let nothing = js.undefined().map_err(raise)?;
            let caller = sdk.caller(nothing, operation, false);
            environment.not_started(js, caller, refusal.into())
        }
    };
    made.map(Started).map_err(raise)
}

/// The text that was sealed for the place called `name`.
#[napi(skip_typescript, catch_unwind)]
pub fn unseal(sdk: &FintechSDK, name: String, sealed: String) -> Option<String> {
    let text = sdk.seal()?.open(&name, &sealed)?;
    Some(text.reveal().to_owned())
}

/// The total time of a call that brings none of its own, in milliseconds.
#[napi(skip_typescript, catch_unwind)]
pub fn timeout_ms(sdk: &FintechSDK) -> f64 {
    sdk.sdk.timeout().as_secs_f64() * 1e3
}
