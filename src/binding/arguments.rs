//! Reading what JavaScript passes: each rule is checked here or in the core, never by a conversion
//! that would throw synchronously.

use std::ffi::{CStr, CString};
use std::time::Duration;

use crate::config;
use crate::flow::expected::Expect;
use crate::flow::wait;
use crate::model::error::{Code, Error};
use crate::model::expectation::Expectation;
use crate::model::operation::{Input, Operation, Takes};
use crate::model::{json, names};
use crate::sdk::Sdk;

use super::environment::Environment;
use super::js::{Js, Thrown, Value, ValueKind};
use super::not_started::{NotStarted, unreadable, words_of};

/// How long a callback is claimed for.
const DEFAULT_LEASE: Duration = Duration::from_secs(60);

/// `{ signal, timeoutMs }`, the last argument of every method.
pub struct CallOptions {
    pub timeout: Duration,
    pub signal: Option<Value>,
}

/// A member of an optional object; `undefined` when there is none.
pub fn member(js: Js, object: Value, name: &CStr) -> Result<Value, Thrown> {
    match js.kind(object) {
        ValueKind::Object => js.get(object, name),
        _ => js.undefined(),
    }
}

fn invalid(rule: &str) -> NotStarted {
    Error::invalid_request(format!("{rule} Nothing was sent.")).into()
}

/// A member of the options of a call. One that cannot be read refuses the call.
fn option(js: Js, options: Value, name: &CStr) -> Result<Value, NotStarted> {
    member(js, options, name).map_err(|thrown| {
        let what = format!("options.{}", name.to_string_lossy());
        unreadable(js, &what, thrown)
    })
}

/// The first name that is there and not known, with the rule it breaks. A member that is `undefined` is
/// not there: values often come straight from `process.env`.
pub fn unknown_name(
    js: Js,
    object: Value,
    rule: impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, Thrown> {
    for name in js.own_names(object)? {
        let Some(broken) = rule(&name) else { continue };
        match CString::new(name) {
            Ok(key) if js.is_undefined(js.get(object, &key)?) => {}
            _ => return Ok(Some(broken)),
        }
    }
    Ok(None)
}

/// Reads the options of a call, which may hold what is `known`. An aborted signal ends it here.
pub fn call_options(
    js: Js,
    environment: &Environment,
    options: Value,
    default: Duration,
    known: &[&str],
) -> Result<CallOptions, NotStarted> {
    let unread = |thrown| unreadable(js, "options", thrown);
    match js.kind(options) {
        ValueKind::Nullish => {}
        ValueKind::Object if environment.is_plain(js, options).map_err(unread)? => {
            let rule = |name: &str| {
                let is_known = known.contains(&name);
                (!is_known).then(|| names::unknown("options have", name, known))
            };
            let unknown = unknown_name(js, options, rule);
            if let Some(rule) = unknown.map_err(unread)? {
                return Err(invalid(&rule));
            }
        }
        _ => {
            return Err(invalid(
                "options must be an object such as { signal, timeoutMs }.",
            ));
        }
    }
    let timeout = option(js, options, c"timeoutMs")?;
    let timeout = match js.kind(timeout) {
        ValueKind::Nullish => default,
        ValueKind::Number => {
            config::milliseconds(js.as_number(timeout)?).map_err(|rule| invalid(&rule))?
        }
        _ => {
            return Err(invalid(
                &config::milliseconds(f64::NAN).err().unwrap_or_default(),
            ));
        }
    };
    let signal = option(js, options, c"signal")?;
    let part =
        |name| member(js, signal, name).map_err(|thrown| unreadable(js, "options.signal", thrown));
    let signal = match js.kind(signal) {
        ValueKind::Nullish => None,
        ValueKind::Object => {
            let (aborted, listens) = (part(c"aborted")?, part(c"addEventListener")?);
            if (js.kind(aborted), js.kind(listens)) != (ValueKind::Boolean, ValueKind::Function) {
                return Err(not_a_signal());
            }
            if js.is_true(aborted) {
                return Err(aborted_before(js, part(c"reason")?));
            }
            Some(signal)
        }
        _ => return Err(not_a_signal()),
    };
    Ok(CallOptions { timeout, signal })
}

fn not_a_signal() -> NotStarted {
    invalid("options.signal must be an AbortSignal.")
}

/// A signal that is aborted already: its reason, which older ones have not.
fn aborted_before(js: Js, reason: Value) -> NotStarted {
    if !js.is_undefined(reason) {
        return NotStarted::Verbatim(reason);
    }
    let message = "the caller's signal was aborted before the call. Nothing was sent.";
    Error {
        retryable: true,
        ..Error::new(Code::Aborted, message)
    }
    .into()
}

/// The options of a call among its arguments, which they follow. They may stand in the place of an argument that is
/// left out.
pub fn options_among(js: Js, operation: Operation, given: &mut [Value; 3]) -> Value {
    let takes = operation.takes();
    if let Some([arguments @ .., options]) = given.get_mut(..=takes.len())
        && js.kind(*options) == ValueKind::Nullish
        && let Some((last, takes)) = (arguments.iter_mut().zip(takes))
            .rfind(|(value, _)| js.kind(**value) != ValueKind::Nullish)
        && js.kind(*last) == ValueKind::Object
    {
        let is_options = match takes {
            Takes::Json(_) | Takes::Text(_) => false,
            // An object without any option is a wrong argument.
            Takes::Optional(_) => (operation.options().iter())
                .any(|name| CString::new(*name).is_ok_and(|name| js.has(*last, &name))),
            Takes::Extra(_) => true,
        };
        if is_options {
            std::mem::swap(last, options);
        }
    }
    let [.., last] = *given;
    given.get(takes.len()).copied().unwrap_or(last)
}

/// What is asked of the gateway.
pub struct Asked {
    pub input: Input,
    pub expect: Expect,
    /// The function that `expect` may be.
    pub function: Option<Value>,
    /// How often, where it is asked more than once.
    pub poll: Duration,
}

/// Reads the arguments and options of a call as its operation's row says.
pub fn asked(
    js: Js,
    environment: &Environment,
    sdk: &Sdk,
    operation: Operation,
    given: &[Value],
    options: Value,
) -> Result<Asked, NotStarted> {
    let mut asked = Asked {
        input: Input::default(),
        expect: Expect::Nothing,
        function: None,
        poll: wait::DEFAULT_POLL,
    };
    for (takes, value) in operation.takes().iter().zip(given) {
        let (name, text) = match *takes {
            Takes::Json(name) => (
                name,
                Some(json_of(js, environment, operation, name, *value)?),
            ),
            Takes::Text(name) => (name, Some(text(js, *value)?)),
            Takes::Optional(name) => match js.kind(*value) {
                ValueKind::Nullish => (name, None),
                _ => (name, Some(text(js, *value)?)),
            },
            Takes::Extra(name) => (name, extra(js, sdk, name, *value)?),
        };
        asked.input = asked.input.with(name, text);
    }
    for option in operation.options() {
        match *option {
            "operator" => {
                let operator = optional_text(js, options, c"operator")?;
                asked.input = asked.input.with("operator", operator);
            }
            "expect" => (asked.expect, asked.function) = expect(js, environment, options)?,
            "pollMs" => asked.poll = poll(js, options)?,
            _ => {}
        }
    }
    Ok(asked)
}

/// An argument that only some gateways read; the others ignore what is no object.
fn extra(js: Js, sdk: &Sdk, name: &str, value: Value) -> Result<Option<String>, NotStarted> {
    match js.kind(value) {
        ValueKind::Nullish => Ok(None),
        ValueKind::String if sdk.reads(name) => Ok(Some(js.text(value)?)),
        _ if sdk.reads(name) => Err(invalid(&format!("{name} must be a string."))),
        ValueKind::Object => Err(invalid(&format!(
            "options stand in {name}'s place and in their own."
        ))),
        _ => Ok(None),
    }
}

/// `pollMs` of a wait: 10 ms to an hour.
fn poll(js: Js, options: Value) -> Result<Duration, NotStarted> {
    let ms = match option(js, options, c"pollMs")? {
        value if js.kind(value) == ValueKind::Nullish => return Ok(wait::DEFAULT_POLL),
        value if js.kind(value) == ValueKind::Number => js.as_number(value)?,
        _ => f64::NAN,
    };
    if (10.0..=config::MAX_TIMEOUT_MS).contains(&ms) {
        return Ok(Duration::from_secs_f64(ms / 1e3));
    }
    Err(invalid(
        "options.pollMs must be a number of milliseconds from 10 to 3600000.",
    ))
}

/// A string argument; anything else counts as empty, which the core refuses by name.
fn text(js: Js, value: Value) -> Result<String, Thrown> {
    match js.kind(value) {
        ValueKind::String => js.text(value),
        _ => Ok(String::new()),
    }
}

/// A string member of the options that may be left out.
fn optional_text(js: Js, options: Value, name: &CStr) -> Result<Option<String>, NotStarted> {
    let value = option(js, options, name)?;
    match js.kind(value) {
        ValueKind::Nullish => Ok(None),
        ValueKind::String => Ok(Some(js.text(value)?)),
        _ => Err(invalid(&format!(
            "options.{} must be a string.",
            name.to_string_lossy()
        ))),
    }
}

/// A value as JSON text; what has none is refused as the engine words it.
fn json_of(
    js: Js,
    environment: &Environment,
    operation: Operation,
    name: &str,
    value: Value,
) -> Result<String, NotStarted> {
    let text = match operation {
        // The gateway's own payload, of whose types nothing is known.
        Operation::Pay => environment.stringify(js, value),
        _ => environment.stringify_with_bigints(js, value),
    };
    match text {
        Ok(text) => Ok(text.unwrap_or_default()),
        Err(Thrown(cause)) => {
            let words = words_of(js, cause);
            let words = words.unwrap_or_else(|| "it cannot be written as JSON".to_owned());
            let error = Error::invalid_request(format!("{name}: {words}. Nothing was sent."));
            Err(NotStarted::Because { error, cause })
        }
    }
}

/// `expect` and the function it may be.
pub fn expect(
    js: Js,
    environment: &Environment,
    options: Value,
) -> Result<(Expect, Option<Value>), NotStarted> {
    if js.kind(options) != ValueKind::Object || !js.has(options, c"expect") {
        return Ok((Expect::Nothing, None));
    }
    let expect = option(js, options, c"expect")?;
    match js.kind(expect) {
        ValueKind::Function => Ok((Expect::Asked, Some(expect))),
        _ => {
            let text = environment
                .host(js, c"expected", &[expect])
                .map_err(|thrown| unreadable(js, "expect", thrown))?;
            match Expectation::parse(&js.text(text)?)? {
                Some(expectation) => Ok((Expect::Given(Box::new(expectation)), None)),
                // An order that was not found must not turn into one that is not checked.
                None => Err(invalid(
                    "expect must be an object or a function, not empty.",
                )),
            }
        }
    }
}

/// `claim`: how long a callback is claimed for, where it is to be claimed. 100 ms to an hour.
pub fn lease(js: Js, options: Value) -> Result<Option<Duration>, NotStarted> {
    let claim = option(js, options, c"claim")?;
    let ms = match js.kind(claim) {
        ValueKind::Nullish => return Ok(None),
        ValueKind::Boolean => return Ok(js.is_true(claim).then_some(DEFAULT_LEASE)),
        _ => {
            let ms = member(js, claim, c"leaseMs");
            let ms = ms.map_err(|thrown| unreadable(js, "options.claim", thrown))?;
            match js.kind(ms) {
                ValueKind::Number => js.as_number(ms)?,
                _ => f64::NAN,
            }
        }
    };
    if (100.0..=config::MAX_TIMEOUT_MS).contains(&ms) {
        return Ok(Some(Duration::from_secs_f64(ms / 1e3)));
    }
    Err(invalid(
        "options.claim must be true, or { leaseMs } with a number of milliseconds from 100 to 3600000.",
    ))
}

/// `headers` in any of the shapes that frameworks give them: lower-case names and values.
pub fn headers(
    js: Js,
    environment: &Environment,
    options: Value,
) -> Result<Vec<(String, String)>, NotStarted> {
    let headers = option(js, options, c"headers")?;
    match js.kind(headers) {
        ValueKind::Nullish => return Ok(Vec::new()),
        ValueKind::Object => {}
        _ => {
            return Err(invalid(
                "options.headers must be an object, a Headers, a Map or a list of entries.",
            ));
        }
    }
    let text = environment
        .host(js, c"headers", &[headers])
        .map_err(|thrown| unreadable(js, "options.headers", thrown))?;
    let text = js.text(text)?;
    let entries = json::elements(&text).unwrap_or_default();
    let entries = entries.into_iter().filter_map(json::strings);
    Ok(entries
        .filter_map(|entry| <[String; 2]>::try_from(entry).ok())
        .map(|[name, value]| (name, value))
        .collect())
}
