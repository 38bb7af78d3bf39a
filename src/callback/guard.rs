//! Which callbacks are acted on: each once, however many copies of it come, to however many processes.
#![forbid(unsafe_code)]

use std::time::Duration;

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

use super::replay;
use crate::flow::context::{Context, own_function};
use crate::flow::host::Claim;
use crate::http::deadline::Ended;
use crate::model::error::Error;
use crate::model::expectation::Reason;
use crate::model::hex;
use crate::model::payment::{Kind, Payment};
use crate::model::provider::Provider;

/// Which store remembers callbacks.
#[derive(Clone, Default)]
pub enum Replay {
    #[default]
    Off,
    /// This process's one store.
    Memory,
    /// The caller's own store, behind the context's host.
    Own,
}

/// What a callback is claimed by. Nothing is claimed when the verdict has a reason.
#[derive(Debug)]
pub struct Held {
    /// The same for each copy of the callback.
    pub event_id: String,
    /// Only who knows it commits or releases the claim.
    pub token: String,
    /// Where the store keeps it.
    pub keys: Vec<String>,
    /// Whether the store is this process's own.
    pub in_memory: bool,
    /// Whether a copy of it was claimed before, and never committed.
    pub is_duplicate: bool,
}

/// The names by which a callback is known again. The first tells it from others; the second is its checksum: the same
/// checksum is the same callback, however it is cut.
pub type Keys = (String, Option<String>);

/// The keys of a callback that is proven.
pub fn keys(provider: Provider, identity: &[u8], signature: &str, payment: &Payment) -> Keys {
    let key = |identity: &[u8]| key(provider, identity);
    let first = match (identity, payment.kind) {
        ([], _) => key(&payment.identity()),
        (identity, Kind::Payment) => key(identity),
        // The same proof may be shown again as that of a payment.
        (identity, kind) => key(&[identity, kind.name().as_bytes()].concat()),
    };
    let checksum = (!signature.is_empty()).then(|| key(signature.as_bytes()));
    (first, checksum)
}

/// The key of a callback in a replay store.
fn key(provider: Provider, identity: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, identity);
    let hex = hex::encode(hash.as_ref());
    format!("finconnect:{}:{hex}", provider.name())
}

/// Commits or releases a claim in this process's own store. Gives `false` when it is another's by now.
pub fn settle(commits: bool, keys: &[String], token: &str) -> bool {
    match commits {
        true => replay::PROCESS.commit(keys, replay::KEEP, token),
        false => replay::PROCESS.release(keys, token),
    }
}

/// The replay guard of one SDK object.
pub struct Guard {
    replay: Replay,
    provider: Provider,
    /// Names the merchant's account: one process may serve several.
    account: String,
}

impl Guard {
    pub fn new(replay: Replay, provider: Provider, account: String) -> Self {
        Self {
            replay,
            provider,
            account,
        }
    }

    pub fn has_own_store(&self) -> bool {
        matches!(self.replay, Replay::Own)
    }

    /// Gives `Replay` when the same was told before: the same payment in the same state, or the same checksum.
    pub async fn repeated(
        &self,
        keys: impl FnOnce() -> Keys,
        context: &Context,
    ) -> Result<Option<Reason>, Error> {
        if matches!(self.replay, Replay::Off) {
            return Ok(None);
        }
        let (first, checksum) = keys();
        if !self.is_first(first, context).await? {
            return Ok(Some(Reason::Replay));
        }
        let Some(checksum) = checksum else {
            return Ok(None);
        };
        // What was told is kept now. A store that fails here must not turn its repetition into a replay.
        let again = self.is_first(checksum, context).await == Ok(false);
        Ok(again.then_some(Reason::Replay))
    }

    /// Claims a callback, so that no copy of it is acted on meanwhile. Without a store of the caller's it is claimed
    /// within this process.
    pub async fn claim(
        &self,
        (event_id, checksum): Keys,
        lease: Duration,
        context: &Context,
    ) -> Result<(Option<Reason>, Held), Error> {
        let mut random = [0; 16];
        let filled = SystemRandom::new().fill(&mut random);
        filled.map_err(|_| Error::internal())?;
        let token = hex::encode(&random);
        let own = self.has_own_store();
        let all = [event_id.clone()].into_iter().chain(checksum);
        let keys: Vec<_> = match own {
            true => all.collect(),
            false => all.map(|key| self.in_process(&key)).collect(),
        };
        let claim = if own {
            let host = context.host.as_ref().ok_or_else(Error::internal)?;
            let asked = context.deadline.bound(host.claim(&keys, lease, &token));
            asked.await.unwrap_or_else(|ended| Err(late(ended)))?
        } else {
            replay::PROCESS.claim(&keys, lease, &token)
        };
        let reason = match claim {
            Claim::Claimed | Claim::ClaimedAgain => None,
            Claim::Busy => Some(Reason::Claimed),
            Claim::Committed => Some(Reason::Replay),
        };
        let held = Held {
            event_id,
            token,
            keys,
            in_memory: !own,
            is_duplicate: claim == Claim::ClaimedAgain,
        };
        Ok((reason, held))
    }

    async fn is_first(&self, key: String, context: &Context) -> Result<bool, Error> {
        if !self.has_own_store() {
            return Ok(replay::PROCESS.set_if_absent(self.in_process(&key), replay::KEEP));
        }
        let host = context.host.as_ref().ok_or_else(Error::internal)?;
        let asked = context
            .deadline
            .bound(host.set_if_absent(key, replay::KEEP))
            .await;
        asked.unwrap_or_else(|ended| Err(late(ended)))
    }

    /// Two merchants of one process may number their orders alike.
    fn in_process(&self, of: &str) -> String {
        key(self.provider, format!("{}\0{of}", self.account).as_bytes())
    }
}

fn late(ended: Ended) -> Error {
    own_function("the replay store", ended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::provider::TEST;

    #[test]
    fn a_key_tells_nothing_of_the_callback() {
        let key = key(TEST, b"ORDER-1");
        assert!(key.starts_with("finconnect:test:") && !key.contains("ORDER"));
        assert_eq!(key.len(), "finconnect:test:".len() + 64);
    }
}
