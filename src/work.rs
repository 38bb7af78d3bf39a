//! Reading what others send without keeping payments waiting: bounded, in turns, and what takes longer
//! beside the I/O thread.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use tokio::task::{spawn_blocking, yield_now};

use crate::error::{Code, Error};

/// As many bytes as are read on the I/O thread itself, which takes a fraction of a millisecond.
pub const AT_ONCE: usize = 16 * 1024;
/// Callbacks that are judged before the I/O thread looks after its connections again.
const PER_ROUND: usize = 4;
/// Threads that read what is longer.
const THREADS: usize = 2;
/// Bytes of all callbacks that are being judged or wait for it.
const MAX_WAITING: usize = 64 << 20;

static TURNS: Semaphore = Semaphore::const_new(PER_ROUND);
static WAITING: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static IS_IO: Cell<bool> = const { Cell::new(false) };
}

/// Marks the thread that calls as the I/O thread.
pub fn this_is_the_io_thread() {
    IS_IO.set(true);
}

/// Lets a callback wait for its turn on the I/O thread; elsewhere it has it.
pub async fn turn() {
    if !IS_IO.get() {
        return;
    }
    if let Ok(turn) = TURNS.acquire().await {
        turn.forget();
        tokio::spawn(async {
            // Goes on when all that was ready has had its turn, the connections too.
            yield_now().await;
            TURNS.add_permits(1);
        });
    }
}

/// Who may read at one time beside the I/O thread.
pub struct Readers(Semaphore);

pub static CALLBACKS: Readers = Readers(Semaphore::const_new(THREADS));

impl Readers {
    /// Reads so many bytes: here when they are few, else beside this thread.
    pub async fn read<T: Send + 'static>(
        &self,
        bytes: usize,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        if bytes <= AT_ONCE {
            return Ok(read());
        }
        let _thread = self.0.acquire().await.map_err(|_| Error::internal())?;
        spawn_blocking(read).await.map_err(|_| Error::internal())
    }
}

/// The room that a callback takes up until it is judged.
#[derive(Debug)]
pub struct Room(usize);

impl Room {
    /// Fails when too many wait already.
    pub fn take(bytes: usize) -> Result<Self, Error> {
        let room = Self(bytes);
        let waiting = WAITING.fetch_add(bytes, Ordering::Relaxed);
        if waiting.saturating_add(bytes) <= MAX_WAITING {
            return Ok(room);
        }
        Err(Error {
            retryable: true,
            ..Error::new(
                Code::Overloaded,
                "too many callbacks wait to be judged. Nothing is decided: answer HTTP 503, so that it comes again.",
            )
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        WAITING.fetch_sub(self.0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_long_is_read_on_another_thread() {
        let here = std::thread::current().id();
        let reader = |bytes| CALLBACKS.read(bytes, || std::thread::current().id());
        assert_eq!(reader(AT_ONCE).await, Ok(here));
        assert_ne!(reader(AT_ONCE + 1).await, Ok(here));
        let panicked = CALLBACKS.read(AT_ONCE + 1, || panic!("provoked by a test"));
        assert_eq!(panicked.await.map(|()| 0), Err(Error::internal()));
    }

    #[tokio::test]
    async fn callbacks_leave_room_between_them() {
        this_is_the_io_thread();
        let judged = std::sync::Arc::new(AtomicUsize::new(0));
        for _ in 0..100 {
            let judged = judged.clone();
            tokio::spawn(async move {
                turn().await;
                judged.fetch_add(1, Ordering::Relaxed);
            });
        }
        let mut seen = 0;
        while seen < 100 {
            yield_now().await;
            let now = judged.load(Ordering::Relaxed);
            assert!(now - seen <= 2 * PER_ROUND, "{} in one round", now - seen);
            seen = now;
        }
        IS_IO.set(false);
    }

    #[test]
    fn so_many_bytes_wait_and_no_more() {
        let room = Room::take(MAX_WAITING).unwrap();
        assert_eq!(Room::take(1).unwrap_err().code, Code::Overloaded);
        drop(room);
        assert!(Room::take(1).is_ok());
    }
}
