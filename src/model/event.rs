//! What listeners are told: never a secret, never a whole phone number.
#![forbid(unsafe_code)]

use std::time::Duration;

use serde::Serialize;

use super::error::Error;
use super::json::members;
use super::phone;
use super::provider::Provider;

/// One step of a call.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Event {
    /// `request`, `response`, `retry`, `login` or `callback`.
    #[serde(skip)]
    pub name: &'static str,
    #[serde(serialize_with = "members")]
    fields: Vec<(&'static str, Field)>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Field {
    Text(String),
    Number(u64),
    Flag(bool),
    Null,
}

impl Event {
    pub fn new(name: &'static str, provider: Provider) -> Self {
        Self {
            name,
            fields: vec![("provider", Field::Text(provider.name().to_owned()))],
        }
    }

    pub fn text(mut self, name: &'static str, text: &str) -> Self {
        self.fields
            .push((name, Field::Text(phone::mask_within(text))));
        self
    }

    pub fn maybe(self, name: &'static str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self.with(name, Field::Null),
        }
    }

    pub fn number(self, name: &'static str, number: u64) -> Self {
        self.with(name, Field::Number(number))
    }

    /// The HTTP status of an answer.
    pub fn status(self, status: Option<u16>) -> Self {
        match status {
            Some(status) => self.number("status", status.into()),
            None => self.with("status", Field::Null),
        }
    }

    pub fn flag(self, name: &'static str, flag: bool) -> Self {
        self.with(name, Field::Flag(flag))
    }

    pub fn maybe_flag(self, name: &'static str, flag: Option<bool>) -> Self {
        self.with(name, flag.map_or(Field::Null, Field::Flag))
    }

    pub fn ms(self, took: Duration) -> Self {
        self.number("ms", u64::try_from(took.as_millis()).unwrap_or(u64::MAX))
    }

    /// Adds the outcome and, after a failure, its code.
    pub fn failure(self, error: Option<&Error>) -> Self {
        let outcome = error.map_or("success", |error| error.outcome.name());
        self.text("outcome", outcome)
            .maybe("code", error.map(|error| error.code.name()))
    }

    fn with(mut self, name: &'static str, field: Field) -> Self {
        self.fields.push((name, field));
        self
    }

    /// The event as JSON text, without its name.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
