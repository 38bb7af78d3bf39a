//! Why a call was not started.

use crate::model::error::{Code, Error};
use crate::model::text::one_line;

use super::environment::Environment;
use super::js::{Js, Thrown, Value, ValueKind};

/// Why a call was not started.
pub enum NotStarted {
    /// With the JavaScript exception that caused it.
    Because { error: Error, cause: Option<Value> },
    /// The promise rejects with this very value: an aborted signal's reason.
    Verbatim(Value),
}

impl NotStarted {
    /// Throws it from `function`, as the exception of what gives no promise.
    pub fn throw(self, js: Js, function: &'static str) -> napi::Error {
        let exception = match self {
            Self::Because { mut error, cause } => {
                error.operation = Some(function);
                exception(js, &error, cause).ok()
            }
            Self::Verbatim(exception) => Some(exception),
        };
        Thrown(exception).raise(js)
    }
}

fn exception(js: Js, error: &Error, cause: Option<Value>) -> Result<Value, Thrown> {
    let environment = Environment::of(js).ok_or(Thrown(None))?;
    let cause = cause.map_or_else(|| js.undefined(), Ok)?;
    environment.host(js, c"error", &[js.string(&error.to_json())?, cause])
}

impl From<Error> for NotStarted {
    fn from(error: Error) -> Self {
        Self::Because { error, cause: None }
    }
}

impl From<Thrown> for NotStarted {
    /// The engine itself gave up: it has no memory or stack left, or its environment is ending.
    fn from(Thrown(cause): Thrown) -> Self {
        let message = "the JavaScript engine could not hand over the call. Nothing was sent.";
        let error = Error::new(Code::Internal, message);
        Self::Because { error, cause }
    }
}

/// The longest words of somebody else's exception in an error of ours, in characters.
const MAX_WORDS: usize = 300;

/// The caller's own code threw where a value was read: a getter, a `toJSON`, a `Proxy`.
pub fn unreadable(js: Js, what: &str, Thrown(cause): Thrown) -> NotStarted {
    let words = words_of(js, cause).unwrap_or_else(|| "its own code threw".to_owned());
    let rule = format!("{what} cannot be read: {words}. Nothing was sent.");
    NotStarted::Because {
        error: Error::invalid_request(rule),
        cause,
    }
}

/// What an exception says, on one line.
pub fn words_of(js: Js, exception: Option<Value>) -> Option<String> {
    let exception = exception?;
    let message = match js.kind(exception) {
        ValueKind::Object => js.get(exception, c"message").ok()?,
        _ => exception,
    };
    let words = one_line(&js.text(message).ok()?, MAX_WORDS);
    let words = words.trim_end_matches('.');
    (!words.is_empty()).then(|| words.to_owned())
}
