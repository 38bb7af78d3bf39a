//! The access token that processes share, in a store of the caller's. The store may fail in any way: then each process
//! logs in by itself.
#![forbid(unsafe_code)]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::config::Options;
use crate::http::Authorization;
use crate::model::json;
use crate::model::sealed::Seal;
use crate::model::secret::Secret;
use crate::provider::Gateway;

use super::host::Host;
use super::token::MAX_TOKEN_AGE;

/// An access token, and how long it may be used.
pub type Kept = (Arc<Authorization>, Duration);

/// The most that one question to the store may take.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long one process may be the only one that logs in, and how long others wait for it.
const LEASE: Duration = Duration::from_secs(10);
/// The pause before the store is asked for the second time. Later ones are twice as long each, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// The place of one account's token in the store.
pub struct Shared {
    seal: Seal,
    name: String,
    /// The last token that the gateway refused here; it may still be in the store.
    refused: Mutex<Option<Arc<Authorization>>>,
}

/// What a process does that needs a token.
pub enum Turn {
    /// It uses the token of another process.
    Use { token: Kept, is_locked: bool },
    /// It logs in, and shares the token unless the store is out of order.
    LogIn {
        /// Why the store brought no token, where it should have.
        failure: Option<&'static str>,
        shares: bool,
        is_locked: bool,
    },
}

/// The store failed, did not answer in time, holds what cannot be read, or was kept locked by another process.
const FAILED: &str = "failed";
const LATE: &str = "late";
const UNREADABLE: &str = "unreadable";
const BUSY: &str = "busy";

impl Shared {
    /// `account`: names the merchant's account at the gateway. `None` where the options share nothing.
    pub fn new(options: &Options, gateway: &dyn Gateway, account: &str) -> Option<Self> {
        let seal = Seal::new(options.tokens_key.as_ref()?)?;
        let mut about = gateway.provider().name().to_owned();
        for (_, url) in gateway.addresses() {
            about.push_str(&url.join("\n"));
        }
        about.push_str(account);
        let name = format!("finconnect:token:{}", seal.name(&about));
        Some(Self {
            seal,
            name,
            refused: Mutex::default(),
        })
    }

    /// Remembers a token that the gateway refused: the store's own is no better while it is the same.
    pub fn refuse(&self, token: &Arc<Authorization>) {
        *self.refused() = Some(Arc::clone(token));
    }

    /// Waits until another process has shared its token, or this one is to log in. Takes at most seven eighths of
    /// `patience`.
    pub async fn turn(&self, host: &dyn Host, patience: Duration) -> Turn {
        let limit = STORE_TIMEOUT.min(patience / 8);
        let until = Instant::now() + LEASE.min(patience / 2);
        let mut pause = FIRST_PAUSE;
        let mut failure = None;
        let mut is_locked = false;
        let log_in = |failure, shares, is_locked| Turn::LogIn {
            failure,
            shares,
            is_locked,
        };
        loop {
            match self.read(host, limit).await {
                Ok(Some(token)) => return Turn::Use { token, is_locked },
                Ok(None) => {}
                Err(UNREADABLE) => failure = Some(UNREADABLE),
                Err(why) => return log_in(Some(why), false, is_locked),
            }
            if is_locked {
                return log_in(failure, true, true);
            }
            match self.lock(host, limit).await {
                // It is read once more: another may have shared its token and let go since then.
                Ok(true) => is_locked = true,
                Ok(false) if Instant::now() >= until => return log_in(Some(BUSY), true, false),
                Ok(false) => {
                    let left = until.saturating_duration_since(Instant::now());
                    tokio::time::sleep(pause.min(left)).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(why) => return log_in(Some(why), false, false),
            }
        }
    }

    /// Ends a turn: shares the token that a login has brought, and lets other processes have theirs.
    pub async fn end_turn(&self, host: &dyn Host, token: Option<Kept>, is_locked: bool) {
        if let Some((token, left)) = token
            && let Some(text) = self.written(&token, left, SystemTime::now())
        {
            let name = json::quote(&self.name);
            let question = format!(
                r#"["set",{name},{},{}]"#,
                json::quote(&text),
                left.as_millis()
            );
            let _ = ask(host, question, STORE_TIMEOUT).await;
        }
        if is_locked {
            let _ = ask(host, r#"["unlock"]"#.to_owned(), STORE_TIMEOUT).await;
        }
    }

    /// The store's token, if it has one that has not ended and that the gateway has not refused.
    async fn read(&self, host: &dyn Host, limit: Duration) -> Result<Option<Kept>, &'static str> {
        let question = format!(r#"["get",{}]"#, json::quote(&self.name));
        let answer = ask(host, question, limit).await?;
        let Some(sealed) = json::decode_string(&answer) else {
            return Ok(None);
        };
        let text = self.seal.open(&self.name, &sealed).ok_or(UNREADABLE)?;
        let (token, left) = read(&text, SystemTime::now()).ok_or(UNREADABLE)?;
        let was_refused =
            (self.refused().as_ref()).is_some_and(|refused| refused.reveal() == token.reveal());
        let is_usable = !left.is_zero() && !was_refused;
        Ok(is_usable.then(|| (Arc::new(token), left)))
    }

    async fn lock(&self, host: &dyn Host, limit: Duration) -> Result<bool, &'static str> {
        let name = json::quote(&format!("{}:lock", self.name));
        let question = format!(r#"["lock",{name},{}]"#, LEASE.as_millis());
        Ok(ask(host, question, limit).await? == "true")
    }

    /// A token as it stands in the store; `None` of one that has ended.
    fn written(&self, token: &Authorization, left: Duration, now: SystemTime) -> Option<String> {
        let end = (now + left).duration_since(UNIX_EPOCH).ok()?.as_millis();
        let text = Secret::new(format!("{end} {}", token.reveal()));
        let is_usable = !left.is_zero();
        is_usable.then(|| self.seal.seal(&self.name, text.reveal()))?
    }

    fn refused(&self) -> MutexGuard<'_, Option<Arc<Authorization>>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads when a token is no longer to be used, in milliseconds of the clock, and the token.
fn read(text: &Secret, now: SystemTime) -> Option<(Authorization, Duration)> {
    let (end, token) = text.reveal().split_once(' ')?;
    let end = UNIX_EPOCH.checked_add(Duration::from_millis(end.parse().ok()?))?;
    let left = end.duration_since(now).unwrap_or_default();
    Some((
        Authorization::new(Secret::new(token))?,
        left.min(MAX_TOKEN_AGE),
    ))
}

/// The store's answer as JSON text.
async fn ask(host: &dyn Host, question: String, limit: Duration) -> Result<String, &'static str> {
    match tokio::time::timeout(limit, host.token_store(question)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(FAILED),
        Err(_) => Err(LATE),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;
    use crate::flow::host::{Claim, Later};
    use crate::http::{NoAnswer, Request, Response};
    use crate::model::error::Error;
    use crate::model::event::Event;
    use crate::model::expectation::Expectation;
    use crate::model::payment::Payment;
    use crate::model::secret::Secret;
    use crate::testing::TestPay;

    fn shared(account: &str) -> Shared {
        let options = Options {
            tokens_key: Some(Secret::new("a secret")),
            ..Options::default()
        };
        let gateway = TestPay::new("https://gateway.example", false);
        Shared::new(&options, &gateway, account).unwrap()
    }

    /// A store that is empty, and locked by another process for ever.
    struct Locked;

    impl Host for Locked {
        fn emit(&self, _: Event) {}
        fn fetch(&self, _: &Request) -> Later<'_, Result<Response, NoAnswer>> {
            Box::pin(pending())
        }
        fn set_if_absent(&self, _: String, _: Duration) -> Later<'_, Result<bool, Error>> {
            Box::pin(pending())
        }
        fn claim(&self, _: &[String], _: Duration, _: &str) -> Later<'_, Result<Claim, Error>> {
            Box::pin(pending())
        }
        fn token_store(&self, question: String) -> Later<'_, Result<String, String>> {
            let is_lock = question.starts_with(r#"["lock""#);
            let answer = if is_lock { "false" } else { "null" };
            Box::pin(ready(Ok(answer.to_owned())))
        }
        fn expectation(&self, _: &Payment) -> Later<'_, Result<Option<Expectation>, Error>> {
            Box::pin(pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_of_another_is_waited_for_in_half_the_time_and_no_longer() {
        for (seconds, most) in [(1, 500), (4, 2_000), (8, 4_000), (60, 10_000)] {
            let begun = Instant::now();
            let turn = shared("me")
                .turn(&Locked, Duration::from_secs(seconds))
                .await;
            assert!(matches!(
                turn,
                Turn::LogIn {
                    failure: Some(BUSY),
                    ..
                }
            ));
            let waited = begun.elapsed().as_millis();
            assert!(
                (most..most + 5).contains(&waited),
                "{seconds} s: {waited} ms"
            );
        }
    }

    fn authorization(text: &str) -> Authorization {
        Authorization::new(Secret::new(text)).unwrap()
    }

    #[test]
    fn a_token_comes_back_with_the_time_that_is_left_of_it() {
        let (shared, now) = (shared("me"), SystemTime::now());
        let hour = Duration::from_secs(3600);
        let written = |left| shared.written(&authorization("Bearer t"), left, now);
        let back = |left, now| {
            let text = shared.seal.open(&shared.name, &written(left)?)?;
            let (token, left) = read(&text, now)?;
            Some((token.reveal().to_owned(), left.as_secs()))
        };
        let told = |seconds| Some(("Bearer t".to_owned(), seconds));
        // The end is kept in whole milliseconds.
        assert_eq!(back(hour, now), told(3599));
        assert_eq!(back(hour, now + hour / 2), told(1799));
        assert_eq!(back(hour, now + hour * 2), told(0));
        assert_eq!(back(hour * 1000, now), told(MAX_TOKEN_AGE.as_secs()));
        assert_eq!(written(Duration::ZERO), None);
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for text in [
            "",
            "5",
            "x Bearer t",
            "-5 Bearer t",
            "99999999999999999999 t",
            "5 Bearer \n",
        ] {
            assert!(
                read(&Secret::new(text), SystemTime::now()).is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn without_a_key_nothing_is_shared_and_each_account_has_its_place() {
        let gateway = TestPay::new("https://gateway.example", false);
        assert!(Shared::new(&Options::default(), &gateway, "me").is_none());
        assert_eq!(shared("me").name, shared("me").name);
        assert_ne!(shared("me").name, shared("you").name);
    }
}
