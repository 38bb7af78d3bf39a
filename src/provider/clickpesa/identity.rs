//! ClickPesa's names, and its config keys.
#![forbid(unsafe_code)]

use crate::config::{BASE_URL, Keys};
use crate::model::provider::{Identity, Provider};

pub const PROVIDER: Provider = Provider(&Identity {
    name: "clickpesa",
    title: "Clickpesa",
    brand: "ClickPesa",
});

pub const KEYS: Keys = Keys {
    required: &[BASE_URL, "CLICKPESA_CLIENT_ID", "CLICKPESA_API_KEY"],
    optional: &[
        "CLICKPESA_CHECKSUM_KEY",
        "CLICKPESA_CHECKSUM_METHOD",
        "CLICKPESA_SIGN_BILLS",
    ],
    account: "CLICKPESA_CLIENT_ID",
    environment: &["CLICKPESA_BASE_URL"],
};
