//! What can be asked of a gateway: one row per operation.
#![forbid(unsafe_code)]

use super::error::{Code, Error};
use super::failure::{self, about};
use super::outcome::Effect;
use super::payment::Payment;
use super::payout::Payout;
use super::phone;
use super::provider::Provider;

macro_rules! operations {
    ($($operation:ident = $name:literal, $failed_as:literal, $effect:ident,
        [$($takes:ident($argument:literal)),*], $options:ident, $gives:ident;)*) => {
        /// A method of the class that JavaScript sees, or of a documented provider class.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operation {
            $($operation,)*
        }

        impl Operation {
            /// All operations, in the order of their rows.
            pub const ALL: &[Self] = &[$(Self::$operation,)*];

            fn row(self) -> &'static Row {
                match self {
                    $(Self::$operation => &Row {
                        name: $name,
                        failed_as: $failed_as,
                        effect: Effect::$effect,
                        takes: &[$(Takes::$takes($argument),)*],
                        options: $options,
                        gives: Gives::$gives,
                    },)*
                }
            }
        }
    };
}

operations! {
    // JavaScript name, how its failure is called, the most it changes, what it takes, its options, what it gives.
    Pay = "pay",                           "Payment request",         MovesMoney, [Json("paymentData"), Extra("ipnId")], CALL,     Answer;
    Charge = "charge",                     "Charge",                  MovesMoney, [Json("charge")],                      CALL,     Answer;
    Preview = "preview",                   "Preview",                 Reads,      [Json("preview")],                     CALL,     Answer;
    Checkout = "checkout",                 "Checkout",                MovesMoney, [Json("checkout")],                    CALL,     Answer;
    PayBank = "payBank",                   "Bank payment",            MovesMoney, [Json("payment")],                     CALL,     Answer;
    RegisterIpn = "registerIpn",           "IPN registration",        Registers,  [Text("url"), Optional("type")],       CALL,     Text;
    EnsureIpn = "ensureIpn",               "IPN registration",        Registers,  [Text("url"), Optional("type")],       CALL,     Kept;
    ListIpns = "listIpns",                 "IPN list",                Reads,      [],                                    CALL,     Answer;
    HandleCallback = "handleCallback",     "Callback handling",       Reads,      [],                                    CALLBACK, Verdict;
    GetPaymentStatus = "getPaymentStatus", "Payment status check",    Reads,      [Text("reference")],                   LOOK_UP,  Payment;
    WaitForPayment = "waitForPayment",     "Waiting for the payment", Reads,      [Text("reference")],                   WAIT,     FinalPayment;
    ListPayments = "listPayments",         "Payment list",            Reads,      [Json("filter")],                      CALL,     Answer;
    Refund = "refund",                     "Refund",                  MovesMoney, [Json("refund")],                      CALL,     Answer;
    Cancel = "cancel",                     "Cancellation",            Registers,  [Text("transactionId")],               CALL,     Answer;
    Payout = "payout",                     "Payout",                  MovesMoney, [Json("payout")],                      CALL,     Answer;
    GetPayoutStatus = "getPayoutStatus",   "Payout status check",     Reads,      [Text("reference")],                   PAYOUT,   Answer;
    ListPayouts = "listPayouts",           "Payout list",             Reads,      [Json("filter")],                      CALL,     Answer;
    GetBalance = "getBalance",             "Balance request",         Reads,      [],                                    CALL,     Answer;
    GetStatement = "getStatement",         "Statement request",       Reads,      [Json("filter")],                      CALL,     Answer;
    VerifyCredentials = "verifyCredentials", "Credentials check",     Reads,      [],                                    CALL,     Check;
    ExchangeRates = "exchangeRates",       "Exchange rates request",  Reads,      [Optional("source"), Optional("target")], CALL,  Answer;
    CreateBill = "bills.create",           "Bill",                    MovesMoney, [Json("bill")],                        CALL,     Answer;
    CreateBills = "bills.createMany",      "Bills",                   MovesMoney, [Json("bills")],                       CALL,     Answer;
    GetBill = "bills.get",                 "Bill look-up",            Reads,      [Text("number")],                      CALL,     Answer;
    UpdateBill = "bills.update",           "Bill update",             Registers,  [Text("number"), Json("changes")],     CALL,     Answer;
    RequestMandate = "mandates.request",   "Mandate request",         MovesMoney, [Json("mandate")],                     CALL,     Answer;
    GetMandate = "mandates.get",           "Mandate look-up",         Reads,      [Text("id")],                          CALL,     Answer;
    CancelMandate = "mandates.cancel",     "Mandate cancellation",    Registers,  [Json("mandate")],                     CALL,     Answer;
    ListCards = "listCards",               "Card list",               Reads,      [Json("buyer")],                       CALL,     Answer;
    DeleteCard = "deleteCard",             "Card deletion",           Registers,  [Json("card")],                        CALL,     Answer;
    ListPartners = "listPartners",         "Partner list",            Reads,      [],                                    CALL,     Answer;
    ListBanks = "listBanks",               "Bank list",               Reads,      [],                                    CALL,     Answer;
    ListLipaNambaProviders = "listLipaNambaProviders", "Lipa Namba provider list", Reads, [],                          CALL,     Answer;
    // Of the documented provider classes only; they stand last, so that the others keep their numbers.
    Authenticate = "authenticate",         "Authentication",          Reads,      [],                                    CALL,     Token;
    GetPublicKey = "getPublicKey",         "Public key",              Reads,      [],                                    CALL,     Keys;
}

/// What the options of an operation may hold.
const CALL: &[&str] = &["signal", "timeoutMs"];
const CALLBACK: &[&str] = &["signal", "timeoutMs", "expect", "headers", "claim"];
const LOOK_UP: &[&str] = &["signal", "timeoutMs", "operator", "expect"];
const PAYOUT: &[&str] = &["signal", "timeoutMs", "operator"];
const WAIT: &[&str] = &["signal", "timeoutMs", "operator", "expect", "pollMs"];

struct Row {
    name: &'static str,
    failed_as: &'static str,
    effect: Effect,
    takes: &'static [Takes],
    options: &'static [&'static str],
    gives: Gives,
}

/// An argument before the options, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any value, which goes out as JSON.
    Json(&'static str),
    /// A string; anything else counts as empty.
    Text(&'static str),
    /// A string that may be left out.
    Optional(&'static str),
    /// A string that may be left out and that only some gateways read. The options may stand in its place.
    Extra(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// The gateway's answer as it is.
    Answer,
    Text,
    /// A text that is kept for a while, and found once for all who ask at one time.
    Kept,
    Payment,
    /// A payment that is asked for until no further change is expected.
    FinalPayment,
    /// Whether a callback is to be believed.
    Verdict,
    /// Whether the gateway accepts the credentials.
    Check,
    /// The access token.
    Token,
    /// The keys that sign callbacks.
    Keys,
}

impl Operation {
    /// The name by which JavaScript calls it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }

    /// All that is a method of the class.
    pub fn methods() -> impl Iterator<Item = Self> {
        let is_method = |one: &Self| !matches!(one.gives(), Gives::Token | Gives::Keys);
        Self::ALL.iter().copied().filter(is_method)
    }

    /// The most that a request of it can change.
    pub fn effect(self) -> Effect {
        self.row().effect
    }

    pub fn takes(self) -> &'static [Takes] {
        self.row().takes
    }

    pub fn options(self) -> &'static [&'static str] {
        self.row().options
    }

    pub fn gives(self) -> Gives {
        self.row().gives
    }

    /// The operation whose request it makes; `None` for callbacks, which may need none, and where a login is all.
    pub fn asks(self) -> Option<Self> {
        match self.gives() {
            Gives::Answer | Gives::Text | Gives::Kept | Gives::Payment => Some(self),
            Gives::FinalPayment => Some(Self::GetPaymentStatus),
            Gives::Verdict | Gives::Check | Gives::Token | Gives::Keys => None,
        }
    }

    /// `error` as whoever called it sees it. Nobody's telephone number is in its message.
    pub fn failed(self, error: Error, provider: impl Into<Option<Provider>>) -> Error {
        let error = match self.row().effect {
            Effect::MovesMoney => failure::before_money(error),
            _ => error,
        };
        let message = phone::hide(&error.message);
        let message = match self {
            Self::Refund => failure::of_refund(&message, error.code, error.outcome),
            Self::Cancel => failure::of_cancellation(&message),
            _ => about(&message, self.noun()),
        };
        let message = match error.code {
            Code::NotSupported => message,
            _ if self == Self::GetPublicKey => format!("Failed to fetch public key: {message}"),
            _ => format!("{} failed: {message}", self.row().failed_as),
        };
        Error {
            message,
            operation: Some(self.name()),
            provider: provider.into(),
            ..error
        }
    }

    /// What may have been made when its outcome is unknown.
    fn noun(self) -> &'static str {
        match self {
            Self::Payout | Self::GetPayoutStatus | Self::ListPayouts => "payout",
            Self::CreateBill => "bill",
            Self::CreateBills => "bills",
            Self::RequestMandate => "mandate",
            _ => "payment",
        }
    }

    /// The refusal of a gateway that does not have it.
    pub fn not_supported(self) -> Error {
        Error::not_supported(self.row().failed_as)
    }
}

/// The arguments of a call, by their names, and of its options what the gateway is to know.
#[derive(Clone, Debug, Default)]
pub struct Input(Vec<(&'static str, String)>);

impl Input {
    /// Adds an argument; `None` means that it was left out.
    pub fn with(mut self, name: &'static str, value: impl Into<Option<String>>) -> Self {
        self.0.extend(value.into().map(|value| (name, value)));
        self
    }

    /// The argument of that name; `None` when it was left out.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| *known == name)?;
        Some(value)
    }

    /// The argument of that name; empty when it was left out.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

/// What a call brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// JSON text.
    Answer(String),
    Text(String),
    Payment(Box<Payment>),
    Payout(Box<Payout>),
}

impl Output {
    /// What a look-up tells of a payment or, of the kind of one, a payout.
    pub fn payment(self) -> Result<Payment, Error> {
        match self {
            Self::Payment(payment) => Ok(*payment),
            Self::Payout(payout) => Ok(payout.told),
            Self::Answer(_) | Self::Text(_) => Err(Error::internal()),
        }
    }
}

impl From<Payout> for Output {
    fn from(payout: Payout) -> Self {
        Self::Payout(Box::new(payout))
    }
}

impl From<Payment> for Output {
    fn from(payment: Payment) -> Self {
        Self::Payment(Box::new(payment))
    }
}
