//! Reading what JavaScript passes to the constructor.

use std::collections::HashMap;
use std::ffi::{CStr, CString};

use crate::callback::Replay;
use crate::config::{BESIDE, Options};
use crate::model::error::{Code, Error};
use crate::model::names;
use crate::model::provider::Provider;
use crate::model::secret::Secret;
use crate::provider::{Entry, registry};
use crate::sdk::Sdk;

use super::arguments::{member, unknown_name};
use super::environment::Environment;
use super::js::{Js, Value, ValueKind};
use super::not_started::{NotStarted, unreadable};

/// A member of the constructor's options or config. One that cannot be read refuses them.
fn setting(js: Js, options: Value, name: &CStr) -> Result<Value, NotStarted> {
    member(js, options, name).map_err(|thrown| unreadable(js, &name.to_string_lossy(), thrown))
}

/// The constructor's options, and the functions of the caller's among them.
pub struct Construction {
    pub sdk: Sdk,
    pub fetch: Option<Value>,
    pub store: Option<Value>,
    pub tokens: Option<Value>,
}

pub fn construct(
    js: Js,
    options: Value,
    environment: &Environment,
) -> Result<Construction, NotStarted> {
    let entry = entry_of(js, options).map_err(|not_started| as_config(not_started, None))?;
    read(js, options, entry, environment)
        .map_err(|not_started| as_config(not_started, Some(entry.provider)))
}

fn entry_of(js: Js, options: Value) -> Result<&'static Entry, NotStarted> {
    let provider = setting(js, options, c"provider")?;
    let name = js.text(provider);
    let name = name.map_err(|thrown| unreadable(js, "provider", thrown))?;
    Ok(registry::find(&name)?)
}

/// What the constructor refuses is its configuration, which sends nothing anyway.
fn as_config(not_started: NotStarted, provider: Option<Provider>) -> NotStarted {
    match not_started {
        NotStarted::Because { error, cause } => {
            let error = match error.code {
                Code::InvalidRequest => {
                    Error::invalid_config(error.message.trim_end_matches(" Nothing was sent."))
                }
                _ => error,
            };
            let error = Error { provider, ..error };
            NotStarted::Because { error, cause }
        }
        verbatim => verbatim,
    }
}

fn read(
    js: Js,
    options: Value,
    entry: &Entry,
    environment: &Environment,
) -> Result<Construction, NotStarted> {
    let rule = |name: &str| {
        let known = [["provider", "config"].as_slice(), &BESIDE].concat();
        if entry.keys.all().any(|key| key == name) {
            return Some(format!(
                "the options have {name}, which belongs inside config: {{ provider, config: {{ {name} }} }}."
            ));
        }
        (!known.contains(&name)).then(|| names::unknown("the options have", name, &known))
    };
    let unknown = unknown_name(js, options, rule);
    if let Some(rule) = unknown.map_err(|thrown| unreadable(js, "options", thrown))? {
        return Err(Error::invalid_config(rule).into());
    }
    let insecure = setting(js, options, c"allowInsecureHttp")?;
    if !matches!(js.kind(insecure), ValueKind::Nullish | ValueKind::Boolean) {
        return Err(Error::invalid_config("allowInsecureHttp must be true or false.").into());
    }
    let fetch = setting(js, options, c"fetch")?;
    let fetch = match js.kind(fetch) {
        ValueKind::Nullish => None,
        ValueKind::Function => Some(fetch),
        _ => return Err(Error::invalid_config("fetch must be a function.").into()),
    };
    let (tokens_key, tokens) = tokens(js, setting(js, options, c"tokens")?)?;
    let read = Options {
        config: config_of(js, setting(js, options, c"config")?, entry)?,
        timeout_ms: number(js, options, c"timeoutMs")?,
        allow_insecure_http: js.is_true(insecure),
        max_retries: number(js, options, c"maxRetries")?,
        ca: authorities(js, setting(js, options, c"ca")?)?,
        tokens_key,
        own_fetch: fetch.is_some(),
        limits: limits(js, environment, setting(js, options, c"limits")?)?,
    };
    let (replay, store) = replay(js, setting(js, options, c"replay")?)?;
    let sdk = Sdk::new(entry, &read, replay, environment.life.clone())?;
    Ok(Construction {
        sdk,
        fetch,
        store,
        tokens,
    })
}

fn config_of(
    js: Js,
    config: Value,
    entry: &Entry,
) -> Result<HashMap<&'static str, Secret>, NotStarted> {
    let mut read = HashMap::new();
    if js.kind(config) != ValueKind::Object {
        return Ok(read);
    }
    let unknown = unknown_name(js, config, |name| entry.keys.unknown(entry.provider, name));
    if let Some(rule) = unknown.map_err(|thrown| unreadable(js, "config", thrown))? {
        return Err(Error::invalid_config(rule).into());
    }
    for key in entry.keys.all() {
        let value = setting(js, config, &CString::new(key).unwrap_or_default())?;
        match js.kind(value) {
            ValueKind::Nullish => {}
            ValueKind::String => {
                read.insert(key, Secret::new(js.text(value)?));
            }
            _ => return Err(Error::invalid_config(format!("{key} must be a string.")).into()),
        }
    }
    Ok(read)
}

/// A number that may be left out; what is none becomes one that no rule accepts.
fn number(js: Js, options: Value, name: &CStr) -> Result<Option<f64>, NotStarted> {
    let value = setting(js, options, name)?;
    Ok(match js.kind(value) {
        ValueKind::Nullish => None,
        ValueKind::Number => Some(js.as_number(value)?),
        _ => Some(f64::NAN),
    })
}

/// `limits` as JSON text.
fn limits(js: Js, environment: &Environment, limits: Value) -> Result<Option<String>, NotStarted> {
    match js.kind(limits) {
        ValueKind::Nullish => Ok(None),
        _ => environment
            .stringify(js, limits)
            .map_err(|thrown| unreadable(js, "limits", thrown)),
    }
}

/// `ca`: a PEM text, a Buffer, or a list of them.
fn authorities(js: Js, ca: Value) -> Result<Vec<String>, NotStarted> {
    let one = |value| match js.kind(value) {
        ValueKind::String => Ok(js.text(value)?),
        _ => match js.bytes(value) {
            Some(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            None => Err(
                Error::invalid_config("ca must be PEM text, a Buffer or a list of them.").into(),
            ),
        },
    };
    match js.kind(ca) {
        ValueKind::Nullish => Ok(Vec::new()),
        _ => match js.list(ca) {
            Some(list) => list.into_iter().map(one).collect(),
            None => Ok(vec![one(ca)?]),
        },
    }
}

/// `replay`: `'memory'`, or a store with `setIfAbsent`.
fn replay(js: Js, replay: Value) -> Result<(Replay, Option<Value>), NotStarted> {
    match js.kind(replay) {
        ValueKind::Nullish => return Ok((Replay::Off, None)),
        ValueKind::String if js.text(replay)? == "memory" => {
            return Ok((Replay::Memory, None));
        }
        ValueKind::Object => {
            let has = |name| {
                Ok::<_, NotStarted>(js.kind(setting(js, replay, name)?) == ValueKind::Function)
            };
            let claims = has(c"claim")?;
            if has(c"setIfAbsent")? && has(c"commit")? == claims && has(c"release")? == claims {
                return Ok((Replay::Own, Some(replay)));
            }
        }
        _ => {}
    }
    let rule = "replay must be 'memory' or a store with setIfAbsent(key, ttlMs); it may have claim, commit and release \
                too, all three.";
    Err(Error::invalid_config(rule).into())
}

/// The fewest characters of `tokens.key`.
const SHORTEST_KEY: usize = 32;

/// `tokens`: the key of the tokens that processes share, and their store.
fn tokens(js: Js, tokens: Value) -> Result<(Option<Secret>, Option<Value>), NotStarted> {
    let rule = |rule: &str| Err(Error::invalid_config(rule).into());
    match js.kind(tokens) {
        ValueKind::Nullish => return Ok((None, None)),
        ValueKind::Object => {}
        _ => return rule("tokens must be { store, key }."),
    }
    let known = ["store", "key"];
    let unknown = unknown_name(js, tokens, |name| {
        (!known.contains(&name)).then(|| names::unknown("tokens has", name, &known))
    });
    if let Some(broken) = unknown.map_err(|thrown| unreadable(js, "tokens", thrown))? {
        return rule(&broken);
    }
    let store = setting(js, tokens, c"store")?;
    for function in [c"get", c"set", c"lock"] {
        let is_object = js.kind(store) == ValueKind::Object;
        if !is_object || js.kind(setting(js, store, function)?) != ValueKind::Function {
            return rule(
                "tokens.store must be a store with get(key), set(key, value, ttlMs) and lock(key, ttlMs).",
            );
        }
    }
    let key = setting(js, tokens, c"key")?;
    if js.kind(key) == ValueKind::String {
        let key = Secret::new(js.text(key)?);
        if key.reveal().chars().count() >= SHORTEST_KEY {
            return Ok((Some(key), Some(store)));
        }
    }
    rule(
        "tokens.key must be a secret text of at least 32 characters: tokens are encrypted with it.",
    )
}
