//! A callback as it came, and what is asked of it.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::flow::expected::Expect;
use crate::model::callback::{Callback, Incoming};
use crate::model::json::extent;
use crate::provider::Gateway;

/// A callback as it came.
#[derive(Debug)]
pub enum Body {
    /// JSON or a query string.
    Text(String),
    /// The texts of the gateway's `callback_members`. A null character ends each; none holds one.
    Members(String),
}

/// The longest callback, in bytes, and how deep and how large JSON may be in it. Real ones have less than
/// 4 KiB, 4 levels and 50 values.
const MAX_BYTES: usize = 64 * 1024;
const MAX_DEPTH: usize = 32;
const MAX_VALUES: usize = 500;

impl Body {
    pub fn is_too_long(&self) -> bool {
        self.bytes() > MAX_BYTES
    }

    pub fn bytes(&self) -> usize {
        let (Self::Text(text) | Self::Members(text)) = self;
        text.len()
    }

    /// Lets `gateway` read it. `None` when it is no callback: an array, or larger than any callback.
    pub fn read(&self, gateway: &dyn Gateway, headers: &[(String, String)]) -> Option<Callback> {
        match self {
            Self::Members(texts) => {
                let members: Vec<_> = texts.split('\0').collect();
                Some(gateway.callback(&Incoming::Members(&members)))
            }
            Self::Text(text) => {
                let (depth, values) = extent(text);
                let is_one = !text.trim_start().starts_with('[');
                let is_read = is_one && depth <= MAX_DEPTH && values <= MAX_VALUES;
                let whole = Incoming::Whole {
                    body: text,
                    headers,
                };
                is_read.then(|| gateway.callback(&whole))
            }
        }
    }
}

/// What a caller passes beside the callback.
#[derive(Debug, Default)]
pub struct CallbackOptions {
    /// Lower-case names and values.
    pub headers: Vec<(String, String)>,
    pub expect: Expect,
    /// How long to claim it for, where it is to be claimed.
    pub lease: Option<Duration>,
}
