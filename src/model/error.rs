//! What a caller learns when a call fails: what happened, to which call, and whether money may have moved.
#![forbid(unsafe_code)]

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::json::is_shallow;
use super::outcome::Outcome;
use super::provider::Provider;

/// What kind of failure it was. Each name is the `code` that JavaScript sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidConfig,
    InvalidRequest,
    NotSupported,
    AuthenticationFailed,
    ConnectionFailed,
    Timeout,
    Aborted,
    Refused,
    RateLimited,
    /// The gateway had a payment with this reference before.
    DuplicateReference,
    GatewayError,
    InvalidResponse,
    /// The gateway's own books do not show yet what a callback says.
    NotConfirmedYet,
    /// A payment's amount is not the expected one.
    AmountMismatch,
    /// A payment's reference or id is not the expected one.
    ReferenceMismatch,
    /// A function that the caller passed failed.
    CallerError,
    Internal,
}

impl Code {
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidConfig => "INVALID_CONFIG",
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::AuthenticationFailed => "AUTHENTICATION_FAILED",
            Self::ConnectionFailed => "CONNECTION_FAILED",
            Self::Timeout => "TIMEOUT",
            Self::Aborted => "ABORTED",
            Self::Refused => "REFUSED",
            Self::RateLimited => "RATE_LIMITED",
            Self::DuplicateReference => "DUPLICATE_REFERENCE",
            Self::GatewayError => "GATEWAY_ERROR",
            Self::InvalidResponse => "INVALID_RESPONSE",
            Self::NotConfirmedYet => "NOT_CONFIRMED_YET",
            Self::AmountMismatch => "AMOUNT_MISMATCH",
            Self::ReferenceMismatch => "REFERENCE_MISMATCH",
            Self::CallerError => "CALLER_ERROR",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A failed call. `message` gets its documented prefix when the operation is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub code: Code,
    pub message: String,
    pub outcome: Outcome,
    pub retryable: bool,
    pub status: Option<u16>,
    pub gateway_code: Option<String>,
    pub gateway_message: Option<String>,
    /// The gateway's body as text.
    pub response: Option<Arc<str>>,
    /// Whether the gateway told of another payment than the one it was asked for.
    pub is_of_another: bool,
    pub provider: Option<Provider>,
    /// The method that failed, as JavaScript calls it.
    pub operation: Option<&'static str>,
}

/// An error as `index.js` reads it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    message: &'a str,
    code: &'a str,
    provider: Option<&'a str>,
    operation: Option<&'a str>,
    status_code: Option<u16>,
    gateway_code: Option<&'a str>,
    gateway_message: Option<&'a str>,
    /// The body's text.
    response: Option<&'a str>,
    outcome: &'a str,
    retryable: bool,
    /// Whether to parse `response`.
    is_json: bool,
}

impl Error {
    /// An error before anything was sent, which the same call would meet again.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            outcome: Outcome::NotSent,
            retryable: false,
            status: None,
            gateway_code: None,
            gateway_message: None,
            response: None,
            is_of_another: false,
            provider: None,
            operation: None,
        }
    }

    pub fn invalid_config(rule: impl fmt::Display) -> Self {
        Self::new(
            Code::InvalidConfig,
            format!("Invalid configuration: {rule}"),
        )
    }

    pub fn invalid_request(rule: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, rule)
    }

    pub fn not_supported(what: &str) -> Self {
        Self::new(
            Code::NotSupported,
            format!("{what} not supported by this provider"),
        )
    }

    /// The error of a defect of this library: how far the call came is not known.
    pub fn internal() -> Self {
        let message = "an internal error of finconnect; please report it. \
                       The request may have been sent: check before you try again.";
        Self {
            outcome: Outcome::Unknown,
            ..Self::new(Code::Internal, message)
        }
    }

    /// The error of work whose environment has ended: nobody hears of it.
    pub fn ended() -> Self {
        Self::new(Code::Aborted, "its environment has ended")
    }

    /// The same, whose message ends in one more sentence.
    pub fn with(mut self, sentence: &str) -> Self {
        let told = self.message.trim_end_matches('.');
        self.message = format!("{told}. {sentence}");
        self
    }

    /// Puts `context` in front of the message, as the failure of a part of a call.
    pub fn inside(mut self, context: &str) -> Self {
        self.message.insert_str(0, context);
        self
    }

    /// The message and the documented fields as JSON text.
    pub fn to_json(&self) -> String {
        let told = Shown {
            message: &self.message,
            code: self.code.name(),
            provider: self.provider.map(Provider::name),
            operation: self.operation,
            status_code: self.status,
            gateway_code: self.gateway_code.as_deref(),
            gateway_message: self.gateway_message.as_deref(),
            response: self.response.as_deref(),
            outcome: self.outcome.name(),
            retryable: self.retryable,
            is_json: self.response.as_deref().is_some_and(is_shallow),
        };
        serde_json::to_string(&told).unwrap_or_default()
    }

    /// Passes every text through `shown`.
    pub fn hide(&mut self, shown: impl Fn(&str) -> String) {
        self.message = shown(&self.message);
        for text in [&mut self.gateway_code, &mut self.gateway_message] {
            *text = text.as_deref().map(&shown);
        }
        self.response = self.response.as_deref().map(|text| shown(text).into());
    }
}
