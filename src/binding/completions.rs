//! The one way back to JavaScript: a queue per environment, drained in batches.
//!
//! A threadsafe function for each promise would cost more than the payment's own work. Here the I/O
//! thread pushes and, when no wake-up is under way, asks for one; the JavaScript thread settles all
//! that has come by then.

use std::ffi::c_void;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use napi::sys;

use crate::error::Error;

use super::js::{Js, Thrown};

/// What a call settled with, before it is JavaScript.
pub enum Settled {
    /// JSON text for the engine to parse.
    Json(String),
    Text(String),
    /// `isValid` of a callback.
    Verified(bool),
}

/// One settled call: its slot in the environment, and its result.
pub struct Completion {
    pub slot: usize,
    pub result: Result<Settled, Error>,
}

/// The environment's end of the queue and its wake-up.
pub struct Completions(Mutex<Queue>);

struct Queue {
    waiting: Vec<Completion>,
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
        Ok(Self(Mutex::new(Queue {
            waiting: Vec::new(),
            wake_scheduled: false,
            wake,
        })))
    }

    /// From any thread: queues a completion and wakes the environment unless that is under way.
    pub fn push(&self, completion: Completion) {
        let mut queue = self.lock();
        let Some(Wake(function)) = queue.wake else {
            return;
        };
        queue.waiting.push(completion);
        if !queue.wake_scheduled {
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

    /// All that has come; the next push wakes again.
    pub fn take(&self) -> Vec<Completion> {
        let mut queue = self.lock();
        queue.wake_scheduled = false;
        std::mem::take(&mut queue.waiting)
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
