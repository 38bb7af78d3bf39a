//! A callback as a gateway reads it, and what proves it.
#![forbid(unsafe_code)]

use super::expectation::Reason;
use super::payment::Payment;
use super::signature::SignedCallback;

/// A callback as it came in.
#[derive(Clone, Copy, Debug)]
pub enum Incoming<'a> {
    Whole {
        body: &'a str,
        /// Lower-case names and values, if the caller passed them on.
        headers: &'a [(String, String)],
    },
    /// The members that the gateway's facts name, in their order. An absent one is empty.
    Members(&'a [&'a str]),
}

impl<'a> Incoming<'a> {
    pub fn body(&self) -> &'a str {
        match self {
            Self::Whole { body, .. } => body,
            Self::Members(_) => "",
        }
    }

    pub fn headers(&self) -> &'a [(String, String)] {
        match self {
            Self::Whole { headers, .. } => headers,
            Self::Members(_) => &[],
        }
    }
}

/// A body whose headers were not passed on.
impl<'a> From<&'a str> for Incoming<'a> {
    fn from(body: &'a str) -> Self {
        Self::Whole { body, headers: &[] }
    }
}

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
    /// The callback has no proof, or a wrong one.
    Broken(Reason),
    /// The callback has no proof, and the gateway cannot be asked either.
    Absent,
    /// The callback has no proof; the gateway is asked for the payment of this reference.
    Ask(String),
}
