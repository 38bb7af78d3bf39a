//! Selcom's names, and its config keys.
#![forbid(unsafe_code)]

use crate::config::{BASE_URL, Keys};
use crate::model::provider::{Identity, Provider};

pub const PROVIDER: Provider = Provider(&Identity {
    name: "selcom",
    title: "Selcom",
    brand: "Selcom",
});

/// Where the outcome of each order goes, unless the order names a place of its own.
pub const WEBHOOK_URL: &str = "SELCOM_WEBHOOK_URL";

pub const KEYS: Keys = Keys {
    required: &[
        BASE_URL,
        "SELCOM_VENDOR",
        "SELCOM_API_KEY",
        "SELCOM_API_SECRET",
    ],
    optional: &[
        "SELCOM_PRIVATE_KEY",
        "SELCOM_PIN",
        WEBHOOK_URL,
        "SELCOM_SENDER_ACCOUNT",
        "SELCOM_SENDER_NAME",
        "SELCOM_SENDER_PHONE",
    ],
    account: "SELCOM_VENDOR",
    environment: &["SELCOM_BASE_URL"],
};
