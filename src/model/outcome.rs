//! What a request can change, how far it got, and what that means for the money.
#![forbid(unsafe_code)]

/// Whether the call can have moved money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The gateway never had the request.
    NotSent,
    /// The gateway said no.
    Refused,
    /// The request left, and no trustworthy answer came back.
    Unknown,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// What a call can change at the gateway, which decides what a missing answer means. The greater the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The call changes nothing.
    Reads,
    /// Something may be created that costs nothing.
    Registers,
    /// A payment may be made, or something else that must not be made twice.
    MovesMoney,
}

/// How far a request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// No byte of it left this machine.
    NotSent,
    /// The request arrived, and the gateway said no.
    Refused,
    /// The request may have arrived, and no answer tells what was done.
    NoAnswer,
}
