//! Mobile money in East Africa from a Node server: several gateways behind one class.
//!
//! A call enters in `binding` on the JavaScript thread, crosses to the one I/O thread, and goes
//! `sdk` → `callback` → `flow` → `provider` → `http` → `model`: each names itself and what is below.
//! Providers are pure: they build requests and read answers.

#[cfg_attr(
    test,
    allow(dead_code, reason = "nothing calls the binding in a Rust test")
)]
mod binding;
pub mod callback;
pub mod config;
pub mod flow;
pub mod http;
#[cfg(any(test, feature = "laws"))]
pub mod laws;
pub mod model;
pub mod provider;
pub mod sdk;
#[cfg(test)]
mod testing;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
