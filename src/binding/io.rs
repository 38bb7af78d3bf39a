//! The one I/O thread: a current-thread runtime that every environment of the process shares.
//!
//! It starts with the first call, never on load, and lives until the process ends. Calls come to it
//! through one queue: whoever finds the queue empty wakes the thread, so that a burst of payments
//! costs one system call, and its requests leave in one write.
#![forbid(unsafe_code)]

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::Notify;

use crate::flow::work;
use crate::http::life::Life;
use crate::model::error::{Code, Error};

static IO: Mutex<Option<Arc<IoThread>>> = Mutex::new(None);

/// Threads for name look-ups at one time; they end after being idle.
const MAX_LOOKUP_THREADS: usize = 16;

/// Calls that most bursts have room for.
const USUAL_BURST: usize = 64;

/// Starts a call, on the I/O thread.
type Start = Box<dyn FnOnce() + Send>;

/// What waits for the I/O thread.
pub struct IoThread {
    waiting: Mutex<Vec<Start>>,
    came: Notify,
    runtime: Handle,
}

impl IoThread {
    /// From any thread: makes a call on the I/O thread and runs it there. A future of some kilobytes is not
    /// for the JavaScript thread to fill and copy. It is dropped when `life` ends.
    pub fn spawn<F>(&self, life: &Life, call: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let life = life.clone();
        let call = Box::new(move || {
            let life = life;
            life.spawn(async move { call().await });
        });
        let mut waiting = self.lock();
        waiting.push(call);
        let is_first = waiting.len() == 1;
        drop(waiting);
        if is_first {
            self.came.notify_one();
        }
    }

    /// Polls `call` once, on the thread that asks: what needs nobody else is done then. Otherwise it is for
    /// [`IoThread::spawn`], which goes on with it.
    pub fn poll_here<F: Future>(&self, call: Pin<&mut F>) -> Poll<F::Output> {
        let _runtime = self.runtime.enter();
        call.poll(&mut Context::from_waker(Waker::noop()))
    }

    async fn start_all(&self) {
        loop {
            self.came.notified().await;
            // Made by the thread that will free it: an allocator is slower the other way round.
            let empty = Vec::with_capacity(USUAL_BURST);
            let waiting = std::mem::replace(&mut *self.lock(), empty);
            for call in waiting {
                call();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Start>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the I/O thread. Fails only when the system refuses a thread or a poller.
pub fn thread() -> Result<Arc<IoThread>, Error> {
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
    let calls = Arc::new(IoThread {
        waiting: Mutex::default(),
        came: Notify::new(),
        runtime: runtime.handle().clone(),
    });
    let coming = Arc::clone(&calls);
    thread::Builder::new()
        .name("finconnect-io".to_owned())
        .spawn(move || {
            work::this_is_the_io_thread();
            runtime.block_on(coming.start_all());
        })
        .map_err(no_thread)?;
    *io = Some(Arc::clone(&calls));
    Ok(calls)
}
