//! Which callbacks have been seen, or are being handled, kept in this process.
#![forbid(unsafe_code)]

use std::collections::{HashMap, VecDeque};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::flow::host::Claim;

/// How long a callback is remembered: longer than any gateway is known to repeat one.
pub const KEEP: Duration = Duration::from_secs(7 * 24 * 3600);

/// Keys held at most; the oldest goes when there are more. So many may be claimed beside them; a further claim waits.
const MAX_KEYS: usize = 100_000;

/// The store behind `replay: 'memory'`: one for all SDK objects and threads of a process.
pub static PROCESS: LazyLock<Memory> = LazyLock::new(Memory::default);

#[derive(Default)]
pub struct Memory(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    until: HashMap<String, Instant>,
    /// The keys in the order in which they came, and so in which they expire.
    order: VecDeque<String>,
    leases: HashMap<String, Lease>,
}

struct Lease {
    token: String,
    until: Instant,
}

impl Memory {
    /// Keeps `key` for `ttl`. Gives `false` when it was kept or claimed already.
    pub fn set_if_absent(&self, key: String, ttl: Duration) -> bool {
        let mut seen = self.lock();
        let is_free = seen.state(&key, "") == Claim::Claimed;
        if is_free {
            seen.keep(key, ttl);
        }
        is_free
    }

    /// Claims all of `keys` for `lease`, or none.
    pub fn claim(&self, keys: &[String], lease: Duration, token: &str) -> Claim {
        let mut seen = self.lock();
        for key in keys {
            match seen.state(key, token) {
                Claim::Claimed => {}
                other => return other,
            }
        }
        // What was released, or whose lease has ended, is still known while there is room.
        let first = keys.first().and_then(|key| seen.leases.get(key));
        let again = first.is_some_and(|lease| lease.token != token);
        if seen.leases.len() >= MAX_KEYS {
            let now = Instant::now();
            seen.leases.retain(|_, lease| lease.until > now);
            if seen.leases.len() >= MAX_KEYS {
                return Claim::Busy;
            }
        }
        let until = Instant::now() + lease;
        for key in keys {
            let token = token.to_owned();
            seen.leases.insert(key.clone(), Lease { token, until });
        }
        match again {
            true => Claim::ClaimedAgain,
            false => Claim::Claimed,
        }
    }

    /// Keeps `keys` for `ttl`, unless another has claimed or kept them meanwhile.
    pub fn commit(&self, keys: &[String], ttl: Duration, token: &str) -> bool {
        let mut seen = self.lock();
        let is_free = |key: &String| seen.state(key, token) == Claim::Claimed;
        if !keys.iter().all(is_free) {
            return false;
        }
        for key in keys {
            seen.leases.remove(key);
            seen.keep(key.clone(), ttl);
        }
        true
    }

    /// Frees `keys`, where they are still claimed by `token`.
    pub fn release(&self, keys: &[String], token: &str) -> bool {
        let (mut seen, now) = (self.lock(), Instant::now());
        let mut released = false;
        for key in keys {
            let live = |lease: &&mut Lease| lease.token == token && lease.until > now;
            if let Some(lease) = seen.leases.get_mut(key).filter(live) {
                lease.until = now;
                released = true;
            }
        }
        released
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// What whoever has `token` may do with `key`: `Claimed`, when nobody else has it.
    fn state(&self, key: &str, token: &str) -> Claim {
        let now = Instant::now();
        if self.until.get(key).is_some_and(|until| *until > now) {
            return Claim::Committed;
        }
        match self.leases.get(key) {
            Some(lease) if lease.until > now && lease.token != token => Claim::Busy,
            _ => Claim::Claimed,
        }
    }

    fn keep(&mut self, key: String, ttl: Duration) {
        let now = Instant::now();
        while let Some(oldest) = self.order.front() {
            let expired = self.until.get(oldest).is_none_or(|until| *until <= now);
            if !expired && self.order.len() < MAX_KEYS {
                break;
            }
            if let Some(oldest) = self.order.pop_front() {
                self.until.remove(&oldest);
            }
        }
        self.until.insert(key.clone(), now + ttl);
        self.order.push_back(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(60);

    fn keys(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

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

    #[tokio::test(start_paused = true)]
    async fn one_claim_holds_until_it_is_committed_or_released_or_its_lease_ends() {
        let (memory, a) = (Memory::default(), keys(&["a", "a'"]));
        assert_eq!(memory.claim(&a, LEASE, "one"), Claim::Claimed);
        assert_eq!(memory.claim(&a, LEASE, "one"), Claim::Claimed, "its own");
        for shared in [&a, &keys(&["b", "a'"])] {
            assert_eq!(memory.claim(shared, LEASE, "two"), Claim::Busy);
        }
        assert!(!memory.set_if_absent("a".to_owned(), KEEP));
        assert!(
            memory.set_if_absent("b".to_owned(), KEEP),
            "not half claimed"
        );
        assert!(!memory.release(&a, "two") && !memory.commit(&a, KEEP, "two"));

        assert!(memory.release(&a, "one") && !memory.release(&a, "one"));
        assert_eq!(memory.claim(&a, LEASE, "two"), Claim::ClaimedAgain);
        tokio::time::advance(LEASE).await;
        assert_eq!(memory.claim(&a, LEASE, "three"), Claim::ClaimedAgain);
        assert!(!memory.commit(&a, KEEP, "two"), "its lease is lost");
        assert!(memory.commit(&a, KEEP, "three"));
        for name in &a {
            let again = memory.claim(&keys(&[name]), LEASE, "four");
            assert_eq!(again, Claim::Committed);
        }
        tokio::time::advance(KEEP).await;
        assert_eq!(memory.claim(&a, LEASE, "five"), Claim::Claimed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_commit_counts_where_nobody_else_came() {
        let (memory, a) = (Memory::default(), keys(&["a"]));
        assert_eq!(memory.claim(&a, LEASE, "one"), Claim::Claimed);
        tokio::time::advance(LEASE).await;
        assert!(memory.commit(&a, KEEP, "one"));
        assert_eq!(memory.claim(&a, LEASE, "two"), Claim::Committed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_too_many_waits_until_a_lease_ends() {
        let memory = Memory::default();
        for n in 0..MAX_KEYS {
            let claim = memory.claim(&[n.to_string()], LEASE, "one");
            assert_eq!(claim, Claim::Claimed);
        }
        assert_eq!(memory.claim(&keys(&["a"]), LEASE, "two"), Claim::Busy);
        tokio::time::advance(LEASE).await;
        assert_eq!(memory.claim(&keys(&["a"]), LEASE, "two"), Claim::Claimed);
        assert_eq!(memory.0.lock().unwrap().leases.len(), 1);
    }
}
