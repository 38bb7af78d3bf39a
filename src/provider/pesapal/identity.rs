//! PesaPal's names, and its config keys.
#![forbid(unsafe_code)]

use crate::config::{BASE_URL, Keys};
use crate::model::provider::{Identity, Provider};

pub const PROVIDER: Provider = Provider(&Identity {
    name: "pesapal",
    title: "Pesapal",
    brand: "PesaPal",
});

pub const KEYS: Keys = Keys {
    required: &[BASE_URL, "PESAPAL_CONSUMER_KEY", "PESAPAL_CONSUMER_SECRET"],
    optional: &[],
    account: "PESAPAL_CONSUMER_KEY",
    environment: &["PESAPAL_BASE_URL"],
};
