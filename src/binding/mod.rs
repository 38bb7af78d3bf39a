//! Where the core meets JavaScript. The only folder that names napi.

mod completions;
mod environment;
mod errors;
mod js;
mod sdk;
