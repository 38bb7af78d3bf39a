//! The one I/O thread: a current-thread runtime that every environment of the process shares.
//!
//! It starts with the first call, never on load, and lives until the process ends.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Handle};

use crate::error::{Code, Error};

static IO: Mutex<Option<Handle>> = Mutex::new(None);

/// Threads for name look-ups at one time; they end after being idle.
const MAX_LOOKUP_THREADS: usize = 16;

/// The runtime of the I/O thread. Fails only when the system refuses a thread or a poller.
pub fn handle() -> Result<Handle, Error> {
    let mut io = IO.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = io.as_ref() {
        return Ok(handle.clone());
    }
    let no_thread = |cause: std::io::Error| {
        Error::new(
            Code::Internal,
            format!("the I/O thread could not start ({cause}). Nothing was sent."),
        )
    };
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(MAX_LOOKUP_THREADS)
        .build()
        .map_err(no_thread)?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("finconnect-io".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))
        .map_err(no_thread)?;
    *io = Some(handle.clone());
    Ok(handle)
}
