//! A core error as JavaScript sees it: the documented fields on a `FinConnectError`.

use crate::error::Error;

use super::environment::Environment;
use super::js::{Js, Thrown, Value};

/// Gives `error`, a fresh `FinConnectError`, its message and fields. Best effort: an environment that
/// is ending cannot be told more.
pub fn fill(environment: &Environment, js: Js, error: Value, why: &Error) {
    let _ = try_fill(environment, js, error, why);
}

fn try_fill(environment: &Environment, js: Js, error: Value, why: &Error) -> Result<(), Thrown> {
    let text = |text: Option<&str>| text.map_or_else(|| js.null(), |text| js.string(text));
    js.set_hidden(error, c"message", js.string(&why.message)?)?;
    js.set(error, c"code", js.string(why.code.name())?)?;
    js.set(
        error,
        c"provider",
        text(why.provider.map(|provider| provider.name()))?,
    )?;
    js.set(
        error,
        c"operation",
        text(why.operation.map(|operation| operation.name()))?,
    )?;
    let status = why
        .status
        .map_or_else(|| js.null(), |status| js.number(status.into()))?;
    js.set(error, c"statusCode", status)?;
    js.set(error, c"gatewayCode", text(why.gateway_code.as_deref())?)?;
    js.set(
        error,
        c"gatewayMessage",
        text(why.gateway_message.as_deref())?,
    )?;
    let response = match why.response.as_deref() {
        None => js.null()?,
        Some(body) => environment.parse(js, body).or_else(|_| js.string(body))?,
    };
    js.set(error, c"response", response)?;
    js.set(error, c"outcome", js.string(why.outcome.name())?)?;
    js.set(error, c"retryable", js.boolean(why.retryable)?)?;
    // A stack that another library has taken over must not cost the fields above.
    set_stack(js, error, &why.message)
}

/// The engine wrote the stack when the error was made, without a message and with the constructor's
/// own frame on top.
fn set_stack(js: Js, error: Value, message: &str) -> Result<(), Thrown> {
    let stack = js.text(js.get(error, c"stack")?)?;
    let own_frame = |line: &&str| {
        line.trim_start().starts_with("at new FinConnectError")
            || line.starts_with("FinConnectError")
    };
    let frames = stack
        .lines()
        .filter(|line| !own_frame(line))
        .collect::<Vec<_>>()
        .join("\n");
    let stack = format!("FinConnectError: {message}\n{frames}");
    js.set_hidden(error, c"stack", js.string(stack.trim_end())?)
}
