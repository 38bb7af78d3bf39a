//! When to ask a gateway again for a payment that is under way.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::http::deadline::Ended;
use crate::model::error::{Code, Error};
use crate::model::operation::{Input, Operation};
use crate::model::outcome::Outcome;
use crate::model::payment::Payment;

use super::context::Context;
use super::expected::{Expect, as_expected};
use super::{Flow, retry};

/// `pollMs` when it is not given.
pub const DEFAULT_POLL: Duration = Duration::from_secs(3);
/// Time to wait in all when `timeoutMs` is not given: a prompt on a phone lives for less.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(180);

/// Each delay is this many times the last, up to `LONGEST` times the first.
const GROWTH: f64 = 1.5;
const LONGEST: f64 = 5.0;
/// Delays vary by this share in both directions, so that many waits do not march in step.
const JITTER: f64 = 0.2;

impl Flow {
    /// Asks where a payment stands until that is final.
    pub async fn wait_for_payment(
        self: &Arc<Self>,
        input: &Input,
        expect: &Expect,
        poll: Duration,
        context: &Context,
    ) -> Result<Payment, Error> {
        let operation = Operation::WaitForPayment;
        let mut last: Option<Payment> = None;
        let ended = |ended, last: &Option<Payment>| Err(still(last, ended, context));
        for made in 0.. {
            let turn = self.pace.reserve(self.gateway().facts().status_pace);
            if let Err(why) = context.deadline.sleep_until(turn).await {
                return ended(why, &last);
            }
            // One answer that never comes must not cost the whole wait.
            let one = context.at_most(self.timeout());
            let told = async {
                let told = self.status(input, operation, &one);
                as_expected(told.await?, expect, &one).await
            };
            match told.await {
                Ok(payment) if payment.status.is_final() => return Ok(payment),
                Ok(payment) => {
                    // A late answer does not undo what an earlier one said.
                    let news = last
                        .as_ref()
                        .is_none_or(|l| l.status.may_become(payment.status));
                    last = if news { Some(payment) } else { last };
                }
                Err(error) if error.code == Code::Aborted => {
                    return ended(Ended::Cancelled, &last);
                }
                // The caller's own function would fail again.
                Err(error) if error.code == Code::CallerError => return Err(error),
                Err(error) if error.retryable => {}
                Err(error) => return Err(error),
            }
            let next = Instant::now() + delay(poll, made);
            if let Err(why) = context.deadline.sleep_until(next).await {
                return ended(why, &last);
            }
        }
        Err(Error::internal())
    }
}

/// The error of a wait that ended before the payment was final.
fn still(last: &Option<Payment>, ended: Ended, context: &Context) -> Error {
    let status = last
        .as_ref()
        .map_or("unknown", |payment| payment.status.name());
    let (code, message) = match ended {
        Ended::TimedOut => {
            let ms = context.deadline.timeout.as_millis();
            (
                Code::Timeout,
                format!(
                    "the payment is still {status} after {ms} ms. \
                     It may still go through: ask again before you charge again."
                ),
            )
        }
        Ended::Cancelled => (
            Code::Aborted,
            format!(
                "aborted by the caller, the payment was still {status}. \
                 It may still go through: ask again before you charge again."
            ),
        ),
    };
    Error {
        outcome: Outcome::Unknown,
        ..Error::new(code, message)
    }
}

/// The delay before poll number `made` (from 0).
pub fn delay(poll: Duration, made: u32) -> Duration {
    let growth = GROWTH
        .powi(i32::try_from(made.min(20)).unwrap_or(20))
        .min(LONGEST);
    poll.mul_f64(growth * (1.0 - JITTER + 2.0 * JITTER * retry::fraction()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_bound_with_jitter() {
        for made in 0..100 {
            let delay = delay(DEFAULT_POLL, made).as_secs_f64();
            let exact = 3.0 * GROWTH.powi(made.min(20) as i32).min(LONGEST);
            assert!(
                delay >= exact * 0.799 && delay <= exact * 1.201,
                "{made}: {delay}"
            );
        }
    }
}
