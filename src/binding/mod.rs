//! Where the core meets JavaScript. The only folder that names napi.

mod arguments;
mod calls;
mod completions;
mod construction;
mod csv;
mod environment;
mod host;
mod io;
mod js;
mod ledger;
mod module;
mod not_started;
mod rows;
mod sdk;
mod values;
