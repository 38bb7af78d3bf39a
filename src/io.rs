//! The one I/O thread: a current-thread runtime that every environment of the process shares.
//!
//! It starts with the first call, never on load, and lives until the process ends. Calls come to it
//! through one queue: whoever finds the queue empty wakes the thread, so that a burst of payments
//! costs one system call, and its requests leave in one write.
#![forbid(unsafe_code)]

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::Notify;

use crate::error::{Code, Error};

static IO: Mutex<Option<Arc<Calls>>> = Mutex::new(None);

/// Threads for name look-ups at one time; they end after being idle.
const MAX_LOOKUP_THREADS: usize = 16;

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What waits for the I/O thread.
#[derive(Default)]
pub struct Calls {
    waiting: Mutex<Vec<Call>>,
    came: Notify,
}

impl Calls {
    /// From any thread: runs `call` on the I/O thread.
    pub fn spawn(&self, call: impl Future<Output = ()> + Send + 'static) {
        let call = Box::pin(call);
        let mut waiting = self.lock();
        waiting.push(call);
        let is_first = waiting.len() == 1;
        drop(waiting);
        if is_first {
            self.came.notify_one();
        }
    }

    async fn start_all(&self) {
        loop {
            self.came.notified().await;
            let waiting = std::mem::take(&mut *self.lock());
            for call in waiting {
                tokio::spawn(call);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Call>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the I/O thread. Fails only when the system refuses a thread or a poller.
pub fn calls() -> Result<Arc<Calls>, Error> {
    let mut io = IO.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(calls) = io.as_ref() {
        return Ok(Arc::clone(calls));
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
    let calls = Arc::<Calls>::default();
    let coming = Arc::clone(&calls);
    thread::Builder::new()
        .name("finconnect-io".to_owned())
        .spawn(move || runtime.block_on(coming.start_all()))
        .map_err(no_thread)?;
    *io = Some(Arc::clone(&calls));
    Ok(calls)
}
