//! What is so of a gateway whatever it is configured with.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::http::Response;
use crate::model::json::Object;
use crate::model::operation::Operation;
use crate::model::provider::Provider;

use super::reference::Carries;
use super::words::Words;

pub const DAY: Duration = Duration::from_secs(24 * 3600);

/// A gateway's habits, each of which most of them share.
#[derive(Debug)]
pub struct Facts {
    pub provider: Provider,
    /// What it can be asked, beside what every gateway can.
    pub can: &'static [Operation],
    /// Where its sandbox and its live API are.
    pub places: &'static [Place],
    /// ISO 4217 codes of what it collects or pays out.
    pub currencies: &'static [&'static str],
    /// Which references of the merchant's it carries as they are.
    pub reference: Carries,
    /// What it tells the merchant's server by itself: the kinds of its callbacks, in its own words.
    pub webhooks: &'static [&'static str],
    /// What is safe after an unknown outcome.
    pub recovery: Recovery,
    /// The members of requests that hold the merchant's own reference.
    pub reference_members: &'static [&'static str],
    /// Names of the arguments that this gateway reads and others do not.
    pub extras: &'static [&'static str],
    /// At most one status call per this long, beyond a short burst.
    pub status_pace: Rate,
    /// At most one lookup for a callback per this long, beyond a short burst. Both paces leave room for payments and
    /// logins.
    pub lookup_pace: Rate,
    /// Names of the only members that this gateway's callbacks are read from, if all are texts. Empty if the whole
    /// body is needed.
    pub callback_members: &'static [&'static str],
    /// Whether the token of its documented provider class has its scheme in front, as in a header.
    pub token_has_scheme: bool,
    /// The HTTP statuses with which it refuses the access token before anything else is looked at.
    pub token_statuses: &'static [u16],
    /// The HTTP statuses with which it says that it has nothing under a name.
    pub missing_statuses: &'static [u16],
    /// The HTTP status that its bodies tell with a refusal, beside the usual ones.
    pub own_refusal: Option<u16>,
    /// The HTTP statuses, beside the usual ones, with which it refuses before anything is done.
    pub refusal_statuses: &'static [u16],
    /// The members by which each of its answers, a refusal too, is numbered or says what it answers to, and codes of
    /// the gateway's own, which are no HTTP statuses.
    pub echoes: &'static [&'static str],
    /// Whether a body tells in such a code that it is no refusal, whatever its HTTP status says.
    pub is_no_refusal: fn(&str) -> bool,
    /// Whether its refusals may be plain words in place of JSON.
    pub speaks_plainly: bool,
    /// Reads the gateway's own code and message in an answer that is not a success.
    pub words: fn(&Response) -> Words,
    /// What the merchant can do about a refusal, for the gateway's words do not say it.
    pub advice: fn(&Words) -> Option<&'static str>,
    /// Whether a refusal may come from the time of the signature.
    pub doubts_clock: fn(&Response) -> bool,
    /// How long the gateway asks to wait with a refusal that says that it came too soon, and nothing else.
    pub too_soon: fn(&Words) -> Option<Duration>,
    /// Whether an answer refuses the access token, whatever else it says.
    pub refuses_token: fn(&Response) -> bool,
}

impl Facts {
    pub const fn usual(
        provider: Provider,
        can: &'static [Operation],
        reference_members: &'static [&'static str],
        words: fn(&Response) -> Words,
    ) -> Self {
        Self {
            provider,
            can,
            places: &[],
            currencies: &[],
            reference: Carries {
                longest: 20,
                signs: "",
                never: None,
            },
            webhooks: &[],
            recovery: Recovery {
                payment: Remedy {
                    asked_by: None,
                    resend: Resend::Never,
                    after: Duration::ZERO,
                },
                payout: None,
                late_after: Duration::from_secs(600),
                expected_for: DAY,
                tells_amount: false,
            },
            reference_members,
            extras: &[],
            status_pace: Rate {
                every: Duration::ZERO,
                burst: 0,
            },
            lookup_pace: Rate {
                every: Duration::from_millis(100),
                burst: 64,
            },
            callback_members: &[],
            token_has_scheme: false,
            token_statuses: &[401],
            missing_statuses: &[404],
            own_refusal: None,
            refusal_statuses: &[],
            echoes: &[],
            is_no_refusal: |_| false,
            speaks_plainly: false,
            words,
            advice: |_| None,
            doubts_clock: |_| false,
            too_soon: |_| None,
            refuses_token: |response| response.status == 401,
        }
    }

    /// The merchant's own reference in an object of the gateway's.
    pub fn reference_in(&self, object: &Object<'_>) -> Option<String> {
        let mut names = self.reference_members.iter();
        names.find_map(|name| object.scalar(name))
    }

    /// Every operation that it can be asked for, in the order of their rows.
    pub fn operations(&self) -> impl Iterator<Item = Operation> + use<> {
        let can = self.can;
        // Every gateway sends callbacks and has credentials.
        let has =
            move |operation: &Operation| operation.asks().is_none_or(|asked| can.contains(&asked));
        Operation::methods().filter(has)
    }
}

/// One request per `every`, beyond a burst of so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub every: Duration,
    pub burst: u32,
}

/// A gateway keeps the accounts of its worlds apart: the keys of one are refused in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    Sandbox,
    Live,
}

impl World {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Live => "live",
        }
    }

    /// What a gateway has there.
    pub fn api(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Live => "live API",
        }
    }
}

/// An address at which a gateway is known to answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    pub world: World,
    /// The config key that such an address belongs under.
    pub key: &'static str,
    pub host: &'static str,
    /// Empty, or what the paths of its API begin with.
    pub path: &'static str,
}

/// What is safe after an unknown outcome, of payments and of payouts.
#[derive(Debug)]
pub struct Recovery {
    pub payment: Remedy,
    /// `None` of a gateway that pays nothing out.
    pub payout: Option<Remedy>,
    /// A payment without a final state is late after so long.
    pub late_after: Duration,
    /// A success may still come for so long.
    pub expected_for: Duration,
    /// Whether what it answers about a payment that succeeded tells the amount.
    pub tells_amount: bool,
}

/// What to do when nobody knows whether a request arrived.
#[derive(Debug)]
pub struct Remedy {
    /// By what the gateway is asked: `reference`, the merchant's own, or `transactionId`, which only an answer tells.
    /// `None` where it cannot be asked.
    pub asked_by: Option<&'static str>,
    /// Whether the request may be sent again when the gateway knows nothing of it, or cannot be asked.
    pub resend: Resend,
    /// Only after so long without news.
    pub after: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resend {
    /// Under the same reference, by which the gateway knows it again.
    Same,
    /// Under a new reference: what got lost can no longer be paid.
    New,
    /// A callback may still come; then only the gateway's support can tell.
    Never,
}

impl Resend {
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::New => "new",
            Self::Never => "never",
        }
    }
}
