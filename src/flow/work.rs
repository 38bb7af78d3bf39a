//! Reading what others send without keeping payments waiting: bounded, in turns, and what takes longer
//! beside the I/O thread.
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use tokio::task::{spawn_blocking, yield_now};

use crate::model::error::{Code, Error};

/// The longest callback, in bytes, that is read on the JavaScript thread when it comes alone.
pub const AT_ONCE: usize = 16 * 1024;
/// The longest text, in bytes, that is read on the I/O thread: longer than any real callback or answer.
const SHORT: usize = 4 * 1024;
/// Turns that callbacks get before the I/O thread looks after its connections again: about a millisecond's work.
const ROUND: usize = 32;
/// A callback takes one more turn for each so many bytes.
const BYTES_PER_TURN: usize = 512;
/// Bytes of all callbacks that are being judged or wait for it.
const MAX_WAITING: usize = 64 << 20;

/// Threads that read longer callbacks.
static CALLBACKS: Semaphore = Semaphore::const_new(1);
/// Threads that read long answers, which no callback keeps waiting.
static ANSWERS: Semaphore = Semaphore::const_new(2);
static TURNS: Semaphore = Semaphore::const_new(ROUND);
static WAITING: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static IS_IO: Cell<bool> = const { Cell::new(false) };
}

/// Marks the thread that calls as the I/O thread.
pub fn this_is_the_io_thread() {
    IS_IO.set(true);
}

/// Reads a callback of so many bytes in its turn, or beside this thread.
pub async fn callback<T: Send + 'static>(
    bytes: usize,
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    if is_short(bytes) {
        turn(bytes).await;
        return Ok(read());
    }
    let read = beside(&CALLBACKS, read).await?;
    turn(0).await;
    Ok(read)
}

/// Reads a long answer beside the I/O thread.
pub async fn answer<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    beside(&ANSWERS, read).await
}

/// Waits for a callback's turn on the I/O thread. On another thread there are no turns.
async fn turn(bytes: usize) {
    if !IS_IO.get() {
        return;
    }
    let weight = (1 + bytes / BYTES_PER_TURN).min(ROUND);
    let turn = TURNS.acquire_many(u32::try_from(weight).unwrap_or_default());
    if let Ok(turn) = turn.await {
        turn.forget();
        tokio::spawn(async move {
            // Goes on when all that was ready has had its turn, the connections too.
            yield_now().await;
            TURNS.add_permits(weight);
        });
    }
}

/// Whether a text of so many bytes is read on this thread.
pub fn is_short(bytes: usize) -> bool {
    bytes <= if IS_IO.get() { SHORT } else { AT_ONCE }
}

async fn beside<T: Send + 'static>(
    threads: &Semaphore,
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let _thread = threads.acquire().await.map_err(|_| Error::internal())?;
    spawn_blocking(read).await.map_err(|_| Error::internal())
}

/// Counts a callback among those that wait, until it is judged.
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
                Code::RateLimited,
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
        let reader = |bytes| callback(bytes, || std::thread::current().id());
        assert_eq!(reader(AT_ONCE).await, Ok(here));
        assert_ne!(reader(AT_ONCE + 1).await, Ok(here));
        let panicked = callback(AT_ONCE + 1, || panic!("provoked by a test"));
        assert_eq!(panicked.await.map(|()| 0), Err(Error::internal()));
    }

    #[tokio::test]
    async fn callbacks_leave_room_between_them() {
        this_is_the_io_thread();
        let judged = std::sync::Arc::new(AtomicUsize::new(0));
        for _ in 0..100 {
            let judged = judged.clone();
            tokio::spawn(async move {
                turn(1000).await;
                judged.fetch_add(1, Ordering::Relaxed);
            });
        }
        let mut seen = 0;
        while seen < 100 {
            yield_now().await;
            let now = judged.load(Ordering::Relaxed);
            assert!(now - seen <= ROUND, "{} in one round", now - seen);
            seen = now;
        }
        IS_IO.set(false);
    }

    #[test]
    fn so_many_bytes_wait_and_no_more() {
        let room = Room::take(MAX_WAITING).unwrap();
        assert_eq!(Room::take(1).unwrap_err().code, Code::RateLimited);
        drop(room);
        assert!(Room::take(1).is_ok());
    }
}
