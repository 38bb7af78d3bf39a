//! The one way back to JavaScript: a queue per environment, drained in batches. It carries settled
//! calls, and what the core asks of the caller's own functions.
//!
//! A threadsafe function for each promise would cost more than the payment's own work. Here the I/O
//! thread pushes, and asks for one wake-up at the end of its turn; the JavaScript thread settles all
//! that has come by then.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::sys;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::model::error::Error;
use crate::model::event::Event;

use super::js::{Js, Thrown};

/// One settled call: its number in the environment, and its result as text.
pub struct Completion {
    pub number: usize,
    pub result: Result<String, Error>,
}

/// A function of the caller's that the core can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Fetch,
    SetIfAbsent,
    Claim,
    Tokens,
    Expect,
}

impl Function {
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::SetIfAbsent => "setIfAbsent",
            Self::Claim => "claim",
            Self::Tokens => "tokens",
            Self::Expect => "expect",
        }
    }
}

/// What goes to the JavaScript thread. `call` names the JavaScript object of a call in its environment.
pub enum Message {
    Settled(Completion),
    Ask(Question),
    /// Nobody waits for the answer any more.
    Forget(u32),
    Emit {
        call: usize,
        event: Event,
    },
    Release {
        call: usize,
    },
}

pub struct Question {
    pub call: usize,
    pub function: Function,
    /// The arguments as JSON text.
    pub text: String,
    pub number: u32,
    /// Where the answer goes: JSON text, or the words of what was thrown.
    pub reply: oneshot::Sender<Result<String, String>>,
}

/// Messages that wait for the end of the I/O thread's turn before it wakes the environment earlier.
const MAX_BATCH: usize = 32;

/// The environment's end of the queue and its wake-up.
pub struct Completions {
    queue: Mutex<Queue>,
    questions: AtomicU32,
}

struct Queue {
    waiting: Vec<Message>,
    wake_scheduled: bool,
    /// Gone when the environment is: what settles later has nobody to tell.
    wake: Option<Wake>,
}

struct Wake(sys::napi_threadsafe_function);

// SAFETY: a threadsafe function is made to be called from any thread; it is used under the lock only,
// and taken out under the same lock before it is released.
unsafe impl Send for Wake {}

pub type Drain = unsafe extern "C" fn(sys::napi_env, sys::napi_value, *mut c_void, *mut c_void);

impl Completions {
    /// A queue whose wake-up calls `drain` on the environment's thread, and keeps no process alive.
    pub fn new(js: Js, drain: Drain) -> Result<Self, Thrown> {
        let name = js.string("finconnect")?;
        let mut function = ptr::null_mut();
        // SAFETY: on the environment's own thread; no JavaScript function, no context, no finalizer.
        let status = unsafe {
            let status = sys::napi_create_threadsafe_function(
                js.raw(),
                ptr::null_mut(),
                ptr::null_mut(),
                name,
                0,
                1,
                ptr::null_mut(),
                None,
                ptr::null_mut(),
                Some(drain),
                &mut function,
            );
            if status == sys::Status::napi_ok {
                sys::napi_unref_threadsafe_function(js.raw(), function);
            }
            status
        };
        if status != sys::Status::napi_ok {
            return Err(Thrown(None));
        }
        let wake = Some(Wake(function));
        let queue = Queue {
            waiting: Vec::new(),
            wake_scheduled: false,
            wake,
        };
        Ok(Self {
            queue: Mutex::new(queue),
            questions: AtomicU32::new(0),
        })
    }

    /// From any thread: queues a message. On the I/O thread the environment is woken when all that is
    /// ready now has had its turn, or when a batch is full: verifying 64 callbacks wakes it twice.
    pub fn push(self: &Arc<Self>, message: Message) {
        let mut queue = self.lock();
        if queue.wake.is_none() {
            return;
        }
        queue.waiting.push(message);
        let waiting = queue.waiting.len();
        drop(queue);
        match Handle::try_current() {
            Ok(io) if waiting == 1 => {
                let completions = Arc::clone(self);
                // The runtime's queue is first come, first served.
                io.spawn(async move { completions.wake() });
            }
            Ok(_) if waiting < MAX_BATCH => {}
            _ => self.wake(),
        }
    }

    fn wake(&self) {
        let mut queue = self.lock();
        let Some(Wake(function)) = queue.wake else {
            return;
        };
        if !queue.wake_scheduled && !queue.waiting.is_empty() {
            queue.wake_scheduled = true;
            // SAFETY: the function lives while it stands in the queue, which is locked.
            unsafe {
                sys::napi_call_threadsafe_function(
                    function,
                    ptr::null_mut(),
                    sys::ThreadsafeFunctionCallMode::nonblocking,
                )
            };
        }
    }

    /// A number for a question, not in use by another that waits.
    pub fn question(&self) -> u32 {
        self.questions.fetch_add(1, Ordering::Relaxed)
    }

    /// All that has come; the next push wakes again.
    pub fn take(&self) -> Vec<Message> {
        // Made by the thread that will free it: an allocator is slower the other way round.
        let empty = Vec::with_capacity(MAX_BATCH);
        let mut queue = self.lock();
        queue.wake_scheduled = false;
        std::mem::replace(&mut queue.waiting, empty)
    }

    /// Whether calls are under way: the event loop must not end before they settle.
    pub fn hold_event_loop(&self, js: Js, hold: bool) {
        let queue = self.lock();
        if let Some(Wake(function)) = queue.wake {
            // SAFETY: on the environment's own thread, with the function alive.
            unsafe {
                if hold {
                    sys::napi_ref_threadsafe_function(js.raw(), function);
                } else {
                    sys::napi_unref_threadsafe_function(js.raw(), function);
                }
            }
        }
    }

    /// Ends the queue with its environment, on the environment's thread.
    pub fn close(&self) {
        let mut queue = self.lock();
        queue.waiting.clear();
        if let Some(Wake(function)) = queue.wake.take() {
            // SAFETY: nobody else can reach the function any more.
            unsafe {
                sys::napi_release_threadsafe_function(
                    function,
                    sys::ThreadsafeFunctionReleaseMode::abort,
                )
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
