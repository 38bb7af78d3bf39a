//! What must hold of every input, whoever makes it up: `drawn` draws inputs by their grammar in
//! `cargo test`, the fuzz targets mutate bytes. A law that does not hold panics.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a law fails by panicking"
)]
#![forbid(unsafe_code)]

pub mod answer;
pub mod body;
pub mod callback;
pub mod cost;
#[cfg(test)]
mod draw;
#[cfg(test)]
mod drawn;
pub mod examples;
pub mod key;
pub mod money;
pub mod phone;
pub mod recut;
pub mod refusal;
pub mod wire;

use std::sync::OnceLock;

use crate::config::Options;
use crate::model::error::Error;
use crate::model::operation::{Input, Operation, Output};
use crate::model::payment::Payment;
use crate::model::secret::Secret;
use crate::provider::{Call, Gateway, registry};
use serde_json::Value;

/// A gateway with credentials that nothing checks, and `more` config.
pub fn gateway(name: &str, more: &[(&'static str, &str)]) -> Box<dyn Gateway> {
    try_gateway(name, more).expect("a valid configuration")
}

pub fn try_gateway(name: &str, more: &[(&'static str, &str)]) -> Result<Box<dyn Gateway>, String> {
    let entry = registry::find(name).map_err(|error| error.message)?;
    let mut options = Options::default();
    for key in entry.keys.required {
        options.config.insert(key, Secret::new("test-credential"));
    }
    let base = ("baseUrl", "https://gateway.example");
    // Of examples that serve all gateways each takes its own.
    let known = more
        .iter()
        .filter(|(key, _)| entry.keys.all().any(|own| own == *key));
    for (key, value) in [&base].into_iter().chain(known) {
        options.config.insert(key, Secret::new(*value));
    }
    entry.gateway(&options).map_err(|error| error.message)
}

/// The operations by their arguments, each typed as its answer is.
pub trait Ask {
    fn ask(&self, operation: Operation, input: &Input) -> Result<Call<Output>, Error>;

    fn pay(&self, payment: &str, ipn_id: Option<&str>) -> Result<Call<String>, Error> {
        let input = Input::default()
            .with("paymentData", payment.to_owned())
            .with("ipnId", ipn_id.map(str::to_owned));
        let call = self.ask(Operation::Pay, &input)?;
        Ok(call.map(|told| match told {
            Output::Answer(json) => json,
            other => panic!("{other:?}"),
        }))
    }

    fn register_ipn(&self, url: &str, kind: &str) -> Result<Call<String>, Error> {
        let input = Input::default()
            .with("url", url.to_owned())
            .with("type", kind.to_owned());
        let call = self.ask(Operation::RegisterIpn, &input)?;
        Ok(call.map(|told| match told {
            Output::Text(id) => id,
            other => panic!("{other:?}"),
        }))
    }

    fn status(&self, reference: &str, operator: Option<&str>) -> Result<Call<Payment>, Error> {
        let input = Input::default()
            .with("reference", reference.to_owned())
            .with("operator", operator.map(str::to_owned));
        let call = self.ask(Operation::GetPaymentStatus, &input)?;
        Ok(call.map(|told| told.payment().expect("a payment")))
    }
}

impl Ask for dyn Gateway + '_ {
    fn ask(&self, operation: Operation, input: &Input) -> Result<Call<Output>, Error> {
        self.make(operation, input)
    }
}

pub fn pesapal() -> &'static dyn Gateway {
    static GATEWAY: OnceLock<Box<dyn Gateway>> = OnceLock::new();
    GATEWAY.get_or_init(|| gateway("pesapal", &[])).as_ref()
}

pub fn clickpesa() -> &'static dyn Gateway {
    static GATEWAY: OnceLock<Box<dyn Gateway>> = OnceLock::new();
    GATEWAY.get_or_init(|| gateway("clickpesa", &[])).as_ref()
}

pub fn selcom() -> &'static dyn Gateway {
    static GATEWAY: OnceLock<Box<dyn Gateway>> = OnceLock::new();
    let made = || gateway("selcom", examples::CONFIG);
    GATEWAY.get_or_init(made).as_ref()
}

pub fn azampay() -> &'static dyn Gateway {
    static GATEWAY: OnceLock<Box<dyn Gateway>> = OnceLock::new();
    let made = || gateway("azampay", examples::CONFIG);
    GATEWAY.get_or_init(made).as_ref()
}

/// The reference reader. `None` also for what it refuses and JavaScript does not: a lone surrogate, and
/// nesting beyond 127.
pub fn value(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

pub fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}
