//! A callback as a gateway reads it, and what proves it.
#![forbid(unsafe_code)]

use super::expectation::Reason;
use super::payment::Payment;
use super::signature::SignedCallback;

/// A callback, read. Nothing in it is trusted before its proof holds.
#[derive(Debug)]
pub struct Callback {
    /// The payment as the callback tells it.
    pub claim: Payment,
    pub proof: Proof,
    /// Tells this callback from others, by what no forger can vary. Empty when the proven payment tells them apart.
    pub identity: Vec<u8>,
    /// The checksum that was right: the same checksum is the same callback, however it is cut. Else empty.
    pub signature: String,
    /// The JSON that the gateway wants as an answer, if any: when the callback was processed, and when not.
    pub acknowledgement: Option<(String, String)>,
}

/// What a callback has to show for itself.
#[derive(Debug)]
pub enum Proof {
    /// A signature to be verified with the gateway's public key.
    Signature(SignedCallback),
    /// A checksum that was right.
    Checked,
    /// It has none, or a wrong one.
    Broken(Reason),
    /// There is none, and the gateway cannot be asked either.
    Absent,
    /// It has none; the gateway is asked for the payment of this reference.
    Ask(String),
}
