//! Requests and responses as plain values. Only `client` and `tls` below do I/O.
#![forbid(unsafe_code)]

mod client;
mod tls;

pub use client::Client;

use crate::secret::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// One API request. `Accept`, `User-Agent` and, with a body, `Content-Type: application/json` are
/// added by the client.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(&'static str, Secret)>,
    /// JSON text.
    pub body: Option<Secret>,
}

impl Request {
    pub fn get(url: String) -> Self {
        Self {
            method: Method::Get,
            url,
            headers: Vec::new(),
            body: None,
        }
    }

    pub fn post(url: String, json: impl Into<String>) -> Self {
        Self {
            method: Method::Post,
            url,
            headers: Vec::new(),
            body: Some(Secret::new(json)),
        }
    }

    pub fn header(mut self, name: &'static str, value: Secret) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// An answer, read to its end or until it broke.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    /// The body as UTF-8 without a byte order mark; invalid bytes become U+FFFD.
    pub text: String,
    /// Why the body is not whole, when it is not.
    pub broken: Option<String>,
}

/// An exchange that brought no answer.
#[derive(Clone, Debug)]
pub struct NoAnswer {
    pub why: Why,
    /// Whether any byte of the request can have left this machine.
    pub sent: bool,
}

#[derive(Clone, Debug)]
pub enum Why {
    /// The deadline passed.
    TimedOut,
    /// The connection failed; the text says how.
    Failed(String),
}
