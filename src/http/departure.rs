//! Whether a request leaves: decided once.
#![forbid(unsafe_code)]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::life::Life;

/// Decides once whether a request leaves: the connection that takes its body decides, or the caller who gives up
/// before. A connection may take a body long after its caller was told the outcome, so it has to ask.
#[derive(Clone)]
pub struct Departure {
    fate: Arc<AtomicU8>,
    life: Life,
}

const WAITING: u8 = 0;
const LEFT: u8 = 1;
const HELD_BACK: u8 = 2;

impl Departure {
    /// The departure of a request that is made within `life`.
    pub fn within(life: &Life) -> Self {
        Self {
            fate: Arc::default(),
            life: life.clone(),
        }
    }

    /// Lets the request go, unless it was held back or its environment has ended.
    pub fn depart(&self) -> bool {
        self.life.decide(|| self.decide(LEFT))
    }

    /// Keeps the request from ever leaving; `false` when it has left.
    pub fn hold_back(&self) -> bool {
        self.decide(HELD_BACK)
    }

    fn decide(&self, fate: u8) -> bool {
        match self
            .fate
            .compare_exchange(WAITING, fate, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => true,
            Err(decided) => decided == fate,
        }
    }
}

/// A request body that asks its `Departure` before its first byte is handed over, and fails instead when its caller
/// has been told `not_sent`. Without its body a request asks for nothing: an HTTP/1.1 head is written in the same
/// turn that takes the body. It cannot be cloned, so nothing below can send it twice.
pub struct Outgoing {
    bytes: Option<Bytes>,
    departure: Departure,
}

impl Outgoing {
    /// `None`: a request without a body, which cannot be held back and counts as left from the start.
    pub fn new(bytes: Option<Bytes>, departure: Departure) -> Self {
        if bytes.is_none() {
            departure.depart();
        }
        Self { bytes, departure }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("its caller was told that it was not sent")]
pub struct HeldBack;

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = HeldBack;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HeldBack>>> {
        if !self.departure.depart() {
            return Poll::Ready(Some(Err(HeldBack)));
        }
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_departure_is_decided_once_and_not_after_the_end_of_a_life() {
        let life = Life::default();
        let departure = Departure::within(&life);
        assert!(departure.depart() && departure.depart() && !departure.hold_back());
        let departure = Departure::within(&life);
        assert!(departure.hold_back() && departure.hold_back() && !departure.depart());
        let departure = Departure::within(&life);
        life.end();
        assert!(!departure.depart() && departure.hold_back());
    }
}
