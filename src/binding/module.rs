//! The addon's functions beside the class: what `index.js` and `host.js` call.

use std::panic;
#[cfg(debug_assertions)]
use std::sync::atomic::Ordering;

use napi::bindgen_prelude::Unknown;
use napi::{Env, JsValue};
use napi_derive::napi;

use crate::model::error::Error;
use crate::model::names;
use crate::model::operation::Operation;
use crate::model::payment::{PayoutStatus, Status};
use crate::provider::reference::is_made_from;
#[cfg(debug_assertions)]
use crate::sdk::PANIC_NEXT_CALL;

use super::calls::drain;
use super::environment::Environment;
use super::js::{Js, Thrown, ValueKind};

const AUTHORIZED: &str = PayoutStatus::Authorized.name();

/// Whether a payment or a payout that stands at `from` may come to stand at `to`.
#[napi(skip_typescript, catch_unwind)]
pub fn may_become(env: Env, from: Unknown, to: Unknown) -> napi::Result<bool> {
    let js = Js::new(env.raw());
    let status = |value| match js.kind(value) {
        ValueKind::String => match js.text(value).ok()?.as_str() {
            // A payout stands there where a payment is pending.
            AUTHORIZED => Some(Status::Pending),
            name => Status::from_name(name),
        },
        _ => None,
    };
    for value in [from.raw(), to.raw()] {
        if status(value).is_none() {
            let shown = js
                .text(value)
                .unwrap_or_else(|_| "a value without words".to_owned());
            let known: Vec<_> = Status::names().into_iter().chain([AUTHORIZED]).collect();
            let rule = names::unknown("mayBecome was given", &shown, &known);
            js.throw_type_error(&rule);
            return Err(Thrown::already());
        }
    }
    Ok(
        matches!((status(from.raw()), status(to.raw())), (Some(from), Some(to)) if from.may_become(to)),
    )
}

/// Hands over the functions of `index.js` and `host.js`.
#[napi(skip_typescript, catch_unwind)]
pub fn set_host(env: Env, host: Unknown) -> napi::Result<()> {
    // A panic rejects the call that met it; the library prints nothing.
    panic::set_hook(Box::new(|_| {}));
    // The I/O thread outlives a worker that was the first to load this image.
    napi::bindgen_prelude::retain_current_module_for_unload_safety();
    let js = Js::new(env.raw());
    Environment::open(js, host.raw(), drain).map_err(|thrown| thrown.raise(js))
}

/// For `index.js`: the failure of a method that was called on anything but an SDK object, as JSON text.
#[napi(skip_typescript, catch_unwind)]
pub fn misplaced(method: String) -> String {
    let rule = "it was called on what is no FintechSDK object, such as a Proxy or a copy of one, or on \
                nothing: call it as a method of the object that `new FintechSDK()` gave. Nothing was sent.";
    let error = Error::invalid_request(rule);
    match Operation::from_name(&method) {
        Some(operation) => operation.failed(error, None),
        None => error,
    }
    .to_json()
}

/// For `index.js`: what it is to know of each operation, in the order of the numbers by which
/// [`super::sdk::FintechSDK::call`] knows them.
#[napi(skip_typescript, catch_unwind)]
pub fn operations() -> String {
    super::rows::operations()
}

/// For `providers.js`: the number of an operation, one of the provider classes too.
#[napi(skip_typescript, catch_unwind)]
pub fn number_of(name: String) -> Option<u32> {
    let number = Operation::ALL.iter().position(|one| one.name() == name)?;
    u32::try_from(number).ok()
}

/// For `standing.js`: whether a gateway that was given `own`, the merchant's reference, may call it `told`.
#[napi(skip_typescript, catch_unwind)]
pub fn is_reference_of(told: String, own: String) -> bool {
    told == own || is_made_from(&told, &own)
}

/// For `host.js`: what a function of the caller's answered, as JSON text, or why it failed.
#[napi(skip_typescript, catch_unwind)]
pub fn answer(env: Env, question: u32, answer: String, failed: bool) {
    if let Some(environment) = Environment::of(Js::new(env.raw())) {
        environment.answer(question, if failed { Err(answer) } else { Ok(answer) });
    }
}

/// For `claims.js`: commits or releases a claim that this process keeps. `false`: it is another's by now.
#[napi(skip_typescript, catch_unwind)]
pub fn settle_claim(commits: bool, keys: Vec<String>, token: String) -> bool {
    crate::callback::settle(commits, &keys, &token)
}

/// For `host.js`: a call's signal has aborted.
#[napi(skip_typescript, catch_unwind)]
pub fn abort(env: Env, call: u32) {
    if let Some(environment) = Environment::of(Js::new(env.raw())) {
        environment.abort(call);
    }
}

/// Makes the next call panic. For the test that a defect costs one call; `index.js` hides it.
#[cfg(debug_assertions)]
#[napi(skip_typescript, catch_unwind)]
pub fn panic_next_call() {
    PANIC_NEXT_CALL.store(true, Ordering::Relaxed);
}
