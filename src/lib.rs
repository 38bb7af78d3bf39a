//! Mobile money in East Africa from a Node server: PesaPal, ClickPesa and AzamPay behind one class.
//!
//! A call enters in `binding` on the JavaScript thread, crosses to the one I/O thread, and goes
//! `sdk` → `flow` → {`token cache`, `provider`, `http`}. Providers are pure: they build requests and
//! read answers. Only `binding` names napi, only `http` names hyper.

// The laws that the properties share with the fuzz targets name the crate from outside.
#[cfg(test)]
extern crate self as finconnect;

#[cfg_attr(
    test,
    allow(dead_code, reason = "nothing calls the binding in a Rust test")
)]
mod binding;
mod cache;
pub mod callback;
pub mod config;
pub mod context;
pub mod error;
pub mod event;
pub mod expect;
mod flow;
pub mod http;
mod io;
pub mod json;
mod keys;
pub mod life;
mod lookups;
pub mod money;
mod names;
pub mod payment;
pub mod phone;
#[cfg(test)]
mod properties;
pub mod provider;
pub mod redact;
mod replay;
mod retry;
pub mod sdk;
pub mod secret;
pub mod testimony;
mod text;
pub mod verdict;
mod vocabulary;
mod wait;
mod work;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
