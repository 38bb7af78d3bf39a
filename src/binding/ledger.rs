//! What the ledger asks of an SDK object, beside its calls.

use napi::bindgen_prelude::Unknown;
use napi::{Env, JsValue};
use napi_derive::napi;

use crate::model::operation::Operation;

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

/// `text` as only those can read it who have the same credentials, for the place called `name`.
#[napi(skip_typescript, catch_unwind)]
pub fn seal(sdk: &FintechSDK, name: String, text: String) -> Option<String> {
    sdk.seal()?.seal(&name, &text)
}

/// The text that was sealed for the place called `name`.
#[napi(skip_typescript, catch_unwind)]
pub fn unseal(sdk: &FintechSDK, name: String, sealed: String) -> Option<String> {
    let text = sdk.seal()?.open(&name, &sealed)?;
    Some(text.reveal().to_owned())
}

/// A name of `about` that tells nothing of it to whoever has not the credentials.
#[napi(skip_typescript, catch_unwind)]
pub fn sealed_name(sdk: &FintechSDK, about: String) -> Option<String> {
    Some(sdk.seal()?.name(&about))
}

/// The total time of a call that brings none of its own, in milliseconds.
#[napi(skip_typescript, catch_unwind)]
pub fn timeout_ms(sdk: &FintechSDK) -> f64 {
    sdk.sdk.timeout().as_secs_f64() * 1e3
}
