//! Mobile money in East Africa from a Node server: PesaPal, ClickPesa and AzamPay behind one class.
//!
//! A call enters in `binding` on the JavaScript thread, crosses to the one I/O thread, and goes
//! `sdk` → `flow` → {`token cache`, `provider`, `http`}. Providers are pure: they build requests and
//! read answers. Only `binding` names napi, only `http` names hyper.

#[cfg_attr(
    test,
    allow(dead_code, reason = "nothing calls the binding in a Rust test")
)]
mod binding;
mod cache;
pub mod callback;
pub mod config;
pub mod context;
mod flow;
pub mod http;
mod io;
mod keys;
#[cfg(any(test, feature = "laws"))]
pub mod laws;
pub mod life;
mod lookups;
pub mod model;
pub mod provider;
pub mod redact;
mod replay;
mod retry;
pub mod sdk;
#[cfg(test)]
mod testing;
pub mod verdict;
mod wait;
mod work;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
