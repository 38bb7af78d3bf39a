//! AzamPay's names, and its config keys.
#![forbid(unsafe_code)]

use crate::config::{BASE_URL, Keys};
use crate::model::provider::{Identity, Provider};

pub const PROVIDER: Provider = Provider(&Identity {
    name: "azampay",
    title: "Azampay",
    brand: "AzamPay",
});

/// Where logins go, if not to the authenticator that belongs to `baseUrl`.
pub const AUTH_BASE_URL: &str = "authBaseUrl";

/// Where payouts go, if not to the host that belongs to `baseUrl`.
pub const DISBURSEMENT_BASE_URL: &str = "disbursementBaseUrl";

pub const KEYS: Keys = Keys {
    required: &[
        BASE_URL,
        "AZAMPAY_APP_NAME",
        "AZAMPAY_CONSUMER_KEY",
        "AZAMPAY_CONSUMER_SECRET",
    ],
    optional: &[
        AUTH_BASE_URL,
        DISBURSEMENT_BASE_URL,
        "AZAMPAY_API_KEY",
        "AZAMPAY_PUBLIC_KEY",
        "AZAMPAY_VENDOR_ID",
        "AZAMPAY_VENDOR_NAME",
        "AZAMPAY_SOURCE_ACCOUNT",
        "AZAMPAY_SOURCE_NAME",
        "AZAMPAY_SOURCE_BANK",
        "AZAMPAY_TRANSFER_TYPE",
        "AZAMPAY_BANK_NAMES",
        "AZAMPAY_STATUS_BY_REFERENCE",
    ],
    account: "AZAMPAY_CONSUMER_KEY",
    environment: &["AZAMPAY_BASE_URL", "AZAMPAY_CLIENT_ID"],
};
