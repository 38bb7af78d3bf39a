//! One payment in one vocabulary, whichever gateway it went through.
#![forbid(unsafe_code)]

use super::money::Amount;
use super::provider::Provider;

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The customer has not acted yet.
    Pending,
    /// The customer has acted, the gateway is at work.
    Processing,
    Succeeded,
    Failed,
    /// The money was taken back after the payment had succeeded.
    Reversed,
    /// Returned to the customer.
    Refunded,
    /// The gateway's text is not known to this library. Never taken for a failure.
    Unknown,
}

use Status::{Failed, Pending, Processing, Refunded, Reversed, Succeeded, Unknown};

const ALL: [Status; 7] = [
    Pending, Processing, Succeeded, Failed, Reversed, Refunded, Unknown,
];

/// The legal transitions: what a payment that stands on the left may become. A failed order
/// may still be paid on the same page; nothing that succeeded becomes pending or failed again.
const TRANSITIONS: &[(Status, &[Status])] = &[
    (
        Unknown,
        &[Pending, Processing, Succeeded, Failed, Reversed, Refunded],
    ),
    (
        Pending,
        &[Processing, Succeeded, Failed, Reversed, Refunded, Unknown],
    ),
    (
        Processing,
        &[Succeeded, Failed, Reversed, Refunded, Unknown],
    ),
    (Failed, &[Succeeded, Refunded, Reversed]),
    (Succeeded, &[Reversed, Refunded]),
    (Reversed, &[]),
    (Refunded, &[]),
];

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Pending => "pending",
            Processing => "processing",
            Succeeded => "succeeded",
            Failed => "failed",
            Reversed => "reversed",
            Refunded => "refunded",
            Unknown => "unknown",
        }
    }

    /// Every status's name.
    pub fn names() -> [&'static str; 7] {
        ALL.map(Self::name)
    }

    pub fn from_name(name: &str) -> Option<Self> {
        ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether a payment that stands here may come to stand at `next`.
    pub fn may_become(self, next: Self) -> bool {
        TRANSITIONS
            .iter()
            .any(|(from, to)| *from == self && to.contains(&next))
    }

    /// Whether no further change is expected. A failed order may still be paid on the same page.
    pub fn is_final(self) -> bool {
        matches!(self, Succeeded | Failed | Reversed | Refunded)
    }
}

/// What a callback is about. Only a payment can be a payment that succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A customer pays the merchant.
    Payment,
    /// The merchant pays somebody; the payout's own state.
    Payout(PayoutStatus),
    /// The merchant's own account was filled.
    Deposit,
    /// A control number, not its payment.
    Bill,
    /// An event that this version does not know.
    Other,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Payout(_) => "payout",
            Self::Deposit => "deposit",
            Self::Bill => "bill",
            Self::Other => "other",
        }
    }

    pub fn payout(self) -> Option<PayoutStatus> {
        match self {
            Self::Payout(status) => Some(status),
            _ => None,
        }
    }
}

/// Where a payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayoutStatus {
    /// Accepted, and not yet on its way.
    Authorized,
    Processing,
    Succeeded,
    Failed,
    /// Taken back after it had succeeded.
    Reversed,
    /// Returned to the merchant.
    Refunded,
    /// A text that this library does not know. Never taken for a failure.
    Unknown,
}

impl PayoutStatus {
    /// Whether no further change is expected.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Authorized | Self::Processing | Self::Unknown)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorized => "authorized",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Reversed => "reversed",
            Self::Refunded => "refunded",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether what a gateway tells confirms what a callback claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Confirmed,
    /// The gateway does not show it yet, or not that far: its books may lag behind.
    Ahead,
    Contradicted,
}

/// The gateway's own object, which a payment was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// The object as JSON text.
    Told(String),
    /// The callback itself, which its caller has.
    Callback,
    /// There is no object: the gateway does not know the payment, or has not been asked.
    Untold,
}

impl Raw {
    /// The object as JSON text; `None` when there is none, or when its caller has it.
    pub fn json(&self) -> Option<&str> {
        match self {
            Self::Told(json) => Some(json),
            Self::Callback => None,
            Self::Untold => Some("null"),
        }
    }
}

/// A payment as a gateway tells of it. What it does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub provider: Provider,
    pub kind: Kind,
    /// `Unknown` for every kind but a payment.
    pub status: Status,
    /// Major units, as the gateway writes them.
    pub amount: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// The merchant's own reference.
    pub reference: Option<String>,
    /// The gateway's id.
    pub transaction_id: Option<String>,
    /// The operator's receipt.
    pub receipt: Option<String>,
    /// The payer's account, masked.
    pub payer: Option<String>,
    /// What the gateway says of the status, often why a payment failed.
    pub message: Option<String>,
    pub raw: Raw,
}

impl Payment {
    /// A payment of which nothing is known yet.
    pub fn of(provider: Provider, status: Status) -> Self {
        Self {
            provider,
            kind: Kind::Payment,
            status,
            amount: None,
            currency: None,
            reference: None,
            transaction_id: None,
            receipt: None,
            payer: None,
            message: None,
            raw: Raw::Untold,
        }
    }

    /// Something of another kind than a payment, of which nothing else is known yet.
    pub fn other(provider: Provider, kind: Kind) -> Self {
        Self {
            kind,
            ..Self::of(provider, Unknown)
        }
    }

    /// Whether both tell the same amount and currency. What one of them does not tell is not compared.
    pub fn same_money(&self, other: &Self) -> bool {
        let amounts = match (&self.amount, &other.amount) {
            (Some(one), Some(two)) => match (Amount::parse(one), Amount::parse(two)) {
                (Some(one), Some(two)) => one == two,
                _ => false,
            },
            _ => true,
        };
        let currencies = match (&self.currency, &other.currency) {
            (Some(one), Some(two)) => one.eq_ignore_ascii_case(two),
            _ => true,
        };
        amounts && currencies
    }

    /// Compares a callback's claim with what the gateway tells. What the claim does not tell is not compared.
    pub fn compared_with(&self, told: &Self) -> Standing {
        let agrees =
            |claimed: &Option<String>, told: &Option<String>| claimed.is_none() || claimed == told;
        // A GUID may come in either case.
        let lower = |id: &Option<String>| id.as_deref().map(str::to_ascii_lowercase);
        if told.raw == Raw::Untold {
            return Standing::Ahead;
        }
        let same_kind = matches!((self.kind, told.kind), (Kind::Payout(_), Kind::Payout(_)))
            || self.kind == told.kind;
        let same = same_kind && agrees(&self.reference, &told.reference) && self.same_money(told);
        // One reference may be tried several times, each with an id of its own.
        let same_id = agrees(&lower(&self.transaction_id), &lower(&told.transaction_id));
        let (same_state, is_ahead) = match (self.kind.payout(), told.kind.payout()) {
            (Some(claimed), Some(told)) => (
                claimed == PayoutStatus::Unknown || claimed == told,
                !told.is_final() && claimed != PayoutStatus::Authorized,
            ),
            _ => (
                self.status == Unknown || self.status == told.status,
                !told.status.is_final() && told.status.may_become(self.status),
            ),
        };
        match same {
            true if same_id && same_state => Standing::Confirmed,
            true if is_ahead => Standing::Ahead,
            _ => Standing::Contradicted,
        }
    }

    /// Whether it has no reference, id or receipt to tell it from others.
    pub fn is_nameless(&self) -> bool {
        let has_receipt = !self.is_of_state() && self.receipt.is_some();
        self.reference.is_none() && self.transaction_id.is_none() && !has_receipt
    }

    /// Whether it goes from state to state. A deposit does not: it is told of once, by its receipt.
    fn is_of_state(&self) -> bool {
        matches!(self.kind, Kind::Payment | Kind::Payout(_))
    }

    /// Fills a missing `transaction_id` with the id that was asked for, unless that is the reference.
    pub fn with_id_if_missing(mut self, asked: &str) -> Self {
        if self.transaction_id.is_none() && self.reference.as_deref() != Some(asked) {
            self.transaction_id = Some(asked.to_owned());
        }
        self
    }

    /// What tells two callbacks apart: each payment, or payout, reaches each state once.
    pub fn identity(&self) -> Vec<u8> {
        let part = |text: &Option<String>| {
            text.as_deref().unwrap_or_default().len().to_string()
                + ":"
                + text.as_deref().unwrap_or_default()
        };
        let state = match self.kind {
            Kind::Payment => self.status.name().to_owned(),
            Kind::Payout(status) => format!("payout {}", status.name()),
            kind => kind.name().to_owned(),
        };
        let mut parts = vec![state, part(&self.reference), part(&self.transaction_id)];
        if !self.is_of_state() {
            parts.push(part(&self.receipt));
        }
        parts.join("|").into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::provider::TEST;

    #[test]
    fn every_status_has_one_row_and_never_becomes_itself() {
        for status in ALL {
            assert_eq!(
                TRANSITIONS
                    .iter()
                    .filter(|(from, _)| *from == status)
                    .count(),
                1
            );
            assert!(!status.may_become(status));
            assert_eq!(Status::from_name(status.name()), Some(status));
        }
        assert_eq!(Status::from_name("SUCCESS"), None);
    }

    #[test]
    fn what_succeeded_is_never_undone_by_a_late_message() {
        for late in [Pending, Processing, Failed, Unknown] {
            assert!(!Succeeded.may_become(late));
        }
        assert!(Succeeded.may_become(Reversed) && Failed.may_become(Succeeded));
    }

    #[test]
    fn money_is_compared_as_decimals() {
        let of = |amount: &str, currency: &str| Payment {
            amount: Some(amount.to_owned()),
            currency: Some(currency.to_owned()),
            ..Payment::of(TEST, Succeeded)
        };
        assert!(of("1000", "TZS").same_money(&of("1000.00", "tzs")));
        assert!(!of("1000", "TZS").same_money(&of("1000.01", "TZS")));
        assert!(!of("1000", "TZS").same_money(&of("1000", "USD")));
        assert!(!of("a lot", "TZS").same_money(&of("a lot", "TZS")));
        assert!(of("1000", "TZS").same_money(&Payment::of(TEST, Succeeded)));
    }
}
