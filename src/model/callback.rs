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
    /// What tells two callbacks apart and no forger can vary; empty where the proven payment does.
    pub identity: Vec<u8>,
    /// The checksum that was right, by which it is the same callback however it is cut; else empty.
    pub signature: String,
    /// The JSON that the gateway wants for an answer, when it wants one: with success, and without.
    pub acknowledgement: Option<(String, String)>,
}

/// What a callback has to show for itself.
#[derive(Debug)]
pub enum Proof {
    /// A signature to be verified with the gateway's public key.
    Signature(SignedCallback),
    /// A checksum that was right.
    Checked,
    /// None or a wrong one.
    Broken(Reason),
    /// None, and none is to be had: it tells what it is about, and nobody knows whether that is true.
    Absent,
    /// Nothing; the gateway itself is asked for the payment of this reference.
    Ask(String),
}
