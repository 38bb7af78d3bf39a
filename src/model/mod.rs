//! The vocabulary: what everybody may name, and what names nothing but itself.
#![forbid(unsafe_code)]

pub mod callback;
pub mod country;
pub mod csv;
pub mod error;
pub mod event;
pub mod expectation;
pub mod failure;
pub mod hex;
pub mod intent;
pub mod json;
pub mod money;
pub mod names;
pub mod numbering;
pub mod operation;
pub mod operator;
pub mod outcome;
pub mod payment;
pub mod payout;
pub mod phone;
pub mod provider;
pub mod sealed;
pub mod secret;
pub mod signature;
pub mod text;
pub mod writer;
