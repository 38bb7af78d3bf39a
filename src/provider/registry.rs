//! The one place that knows every gateway.
#![forbid(unsafe_code)]

use crate::model::error::Error;

use super::{Entry, azampay, clickpesa, pesapal, selcom};

/// The gateways, in the order in which messages list them.
pub static ENTRIES: [Entry; 4] = [
    pesapal::ENTRY,
    clickpesa::ENTRY,
    azampay::ENTRY,
    selcom::ENTRY,
];

/// The most of a name that is no gateway's that a message repeats, in characters.
const MAX_NAME: usize = 100;

/// The gateway of that name, in any case, or the documented refusal.
pub fn find(name: &str) -> Result<&'static Entry, Error> {
    let lower = name.to_lowercase();
    let found = ENTRIES.iter().find(|entry| entry.provider.name() == lower);
    found.ok_or_else(|| unsupported(name))
}

fn unsupported(name: &str) -> Error {
    let name: String = name.chars().take(MAX_NAME).collect();
    let known = ENTRIES.each_ref().map(|entry| entry.provider.name());
    let message = format!(
        "Unsupported provider type: {name}. It must be one of: {}.",
        known.join(", ")
    );
    Error::new(crate::model::error::Code::InvalidConfig, message)
}
