//! Which callbacks have been seen, kept in this process.
#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use ring::digest;
use tokio::time::Instant;

use crate::model::hex;
use crate::model::provider::Provider;

/// How long a callback is remembered: longer than any gateway is known to repeat one.
pub const KEEP: Duration = Duration::from_secs(7 * 24 * 3600);

/// Keys held at most; the oldest goes when there are more.
const MAX_KEYS: usize = 100_000;

/// The key of a callback in a replay store.
pub fn key(provider: Provider, identity: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, identity);
    let hex = hex::encode(hash.as_ref());
    format!("finconnect:{}:{hex}", provider.name())
}

/// The store behind `replay: 'memory'`: one for all SDK objects and threads of a process.
pub static PROCESS: LazyLock<Memory> = LazyLock::new(Memory::default);

#[derive(Default)]
pub struct Memory(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    until: HashMap<String, Instant>,
    /// The keys in the order in which they came, and so in which they expire.
    order: VecDeque<String>,
}

impl Memory {
    /// Keeps `key` for `ttl`. Gives `false` when it was kept already.
    pub fn set_if_absent(&self, key: String, ttl: Duration) -> bool {
        let now = Instant::now();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(oldest) = seen.order.front() {
            let expired = seen.until.get(oldest).is_none_or(|until| *until <= now);
            if !expired && seen.order.len() < MAX_KEYS {
                break;
            }
            if let Some(oldest) = seen.order.pop_front() {
                seen.until.remove(&oldest);
            }
        }
        if seen.until.contains_key(&key) {
            return false;
        }
        seen.until.insert(key.clone(), now + ttl);
        seen.order.push_back(key);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::provider::TEST;

    #[tokio::test(start_paused = true)]
    async fn a_key_is_new_once_until_it_expires() {
        let memory = Memory::default();
        let ttl = Duration::from_secs(10);
        assert!(memory.set_if_absent("a".to_owned(), ttl));
        assert!(!memory.set_if_absent("a".to_owned(), ttl));
        assert!(memory.set_if_absent("b".to_owned(), ttl));
        tokio::time::advance(ttl).await;
        assert!(memory.set_if_absent("a".to_owned(), ttl));
    }

    #[tokio::test(start_paused = true)]
    async fn it_holds_so_many_and_no_more() {
        let memory = Memory::default();
        for n in 0..=MAX_KEYS {
            assert!(memory.set_if_absent(n.to_string(), KEEP));
        }
        assert_eq!(memory.0.lock().unwrap().until.len(), MAX_KEYS);
        assert!(!memory.set_if_absent(MAX_KEYS.to_string(), KEEP));
        assert!(memory.set_if_absent("0".to_owned(), KEEP));
    }

    #[test]
    fn a_key_tells_nothing_of_the_callback() {
        let key = key(TEST, b"ORDER-1");
        assert!(key.starts_with("finconnect:test:") && !key.contains("ORDER"));
        assert_eq!(key.len(), "finconnect:test:".len() + 64);
    }
}
