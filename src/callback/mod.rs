//! Whether a callback is to be believed.
#![forbid(unsafe_code)]

mod body;
mod guard;
mod keys;
mod replay;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use crate::flow::Flow;
use crate::flow::context::{Context, undecided};
use crate::flow::expected::{Expect, expected};
use crate::flow::work::{self, Room};
use crate::http::deadline::Ended;
use crate::model::callback::{Callback, Proof};
use crate::model::error::{Code, Error};
use crate::model::expectation::Reason;
use crate::model::operation::{Input, Operation};
use crate::model::payment::{Kind, Payment, Standing};
use crate::model::phone::mask_within;
use crate::model::provider::Provider;
use crate::model::signature::PublicKeys;
use crate::provider::{Call, KeySource};
use keys::KeyCache;

pub use body::{Body, CallbackOptions};
use guard::Guard;
pub use guard::{Held, Replay, settle};

/// What became of a callback.
#[derive(Debug)]
pub struct Verdict {
    /// `None`: it is valid.
    pub reason: Option<Reason>,
    /// What the gateway tells; `None` when the callback could not be attributed to the gateway.
    pub payment: Option<Payment>,
    /// The JSON to answer with.
    pub acknowledgement: Option<String>,
    /// Whether the operator that a genuine signature names is a documented one.
    pub knows_operator: Option<bool>,
    /// Of a callback that was to be claimed, and is genuine and expected.
    pub held: Option<Held>,
}

impl Verdict {
    /// The verdict on what is no callback at all.
    pub fn malformed() -> Self {
        Self {
            reason: Some(Reason::Malformed),
            payment: None,
            acknowledgement: None,
            knows_operator: None,
            held: None,
        }
    }
}

/// What judges the callbacks of one SDK object.
pub struct Callbacks {
    flow: Arc<Flow>,
    source: KeySource,
    keys: KeyCache,
    guard: Guard,
}

impl Callbacks {
    pub fn new(flow: Arc<Flow>, replay: Replay, account: String) -> Self {
        Self {
            source: flow.gateway().key_source(),
            guard: Guard::new(replay, flow.gateway().provider(), account),
            flow,
            keys: KeyCache::default(),
        }
    }

    /// Whether the caller's own store remembers callbacks.
    pub fn has_own_store(&self) -> bool {
        self.guard.has_own_store()
    }

    fn provider(&self) -> Provider {
        self.flow.gateway().provider()
    }

    /// The only members that callbacks are judged by; none when the whole text is needed.
    pub fn members(&self) -> &'static [&'static str] {
        self.flow.gateway().facts().callback_members
    }

    /// Whether a genuine signature can be verified without asking the gateway for its key.
    pub fn knows_key(&self) -> bool {
        matches!(self.source, KeySource::Configured(_)) || self.keys.known()
    }

    /// Waits for the callback's turn, reads it and judges it.
    pub async fn judged(
        &self,
        body: Body,
        options: CallbackOptions,
        context: &Context,
    ) -> Result<Verdict, Error> {
        let bytes = body.bytes();
        if body.is_too_long() {
            return Ok(Verdict::malformed());
        }
        let _room = Room::take(bytes)?;
        let CallbackOptions {
            headers,
            expect,
            lease,
        } = options;
        let flow = Arc::clone(&self.flow);
        let reading = work::callback(bytes, move || body.read(flow.gateway(), &headers));
        let read = context.deadline.bound(pin!(reading)).await;
        match read.unwrap_or_else(|ended| Err(unread(ended, context)))? {
            Some(callback) => self.judge(callback, expect, lease, context).await,
            None => Ok(Verdict::malformed()),
        }
    }

    /// Judges a callback by its proof, the merchant's books, and the guard, in this order: what is not
    /// as expected is not remembered.
    async fn judge(
        &self,
        callback: Callback,
        expect: Expect,
        lease: Option<Duration>,
        context: &Context,
    ) -> Result<Verdict, Error> {
        let Callback {
            claim,
            proof,
            identity,
            signature,
            acknowledgement,
        } = callback;
        let mut held = None;
        let (reason, payment) = match self.proven(claim, &proof, context).await? {
            // Nothing would tell it from another: it could be no replay, or all of them one.
            Ok(payment) if payment.is_nameless() => (Some(Reason::Malformed), Some(payment)),
            Ok(mut payment) => {
                let doubted = self.doubted(&mut payment, &proof, &expect, context).await?;
                let reason = match doubted {
                    Some(reason) => Some(reason),
                    None => {
                        let keys = || guard::keys(self.provider(), &identity, &signature, &payment);
                        match lease {
                            None => self.guard.repeated(keys, context).await?,
                            Some(lease) => {
                                let claimed = Box::pin(self.guard.claim(keys(), lease, context));
                                let (refused, claimed) = claimed.await?;
                                held = Some(claimed);
                                refused
                            }
                        }
                    }
                };
                (reason, Some(payment))
            }
            Err((reason, payment)) => (Some(reason), payment),
        };
        // A callback that came before was processed before.
        let processed = matches!(reason, None | Some(Reason::Replay));
        let acknowledgement =
            acknowledgement.map(|(done, failed)| if processed { done } else { failed });
        let knows_operator = match &proof {
            Proof::Signature(signed) if payment.is_some() => Some(signed.knows_operator),
            _ => None,
        };
        Ok(Verdict {
            reason,
            payment,
            acknowledgement,
            knows_operator,
            held,
        })
    }

    /// The payment that a callback proves, or why it proves none.
    async fn proven(
        &self,
        claim: Payment,
        proof: &Proof,
        context: &Context,
    ) -> Result<Result<Payment, (Reason, Option<Payment>)>, Error> {
        match proof {
            Proof::Checked => Ok(Ok(claim)),
            Proof::Broken(reason) => Ok(Err((*reason, None))),
            Proof::Absent => Ok(Err((Reason::MissingSignature, Some(claim)))),
            Proof::Signature(signed) => {
                let genuine = match &self.source {
                    KeySource::Configured(keys) => signed.is_signed_by(keys),
                    KeySource::Fetched(calls) => {
                        let fetch = || self.fetched(calls, Operation::HandleCallback, context);
                        let verified = context
                            .deadline
                            .bound(pin!(self.keys.verify(signed, fetch)))
                            .await;
                        verified
                            .unwrap_or_else(|ended| Err(key_in_time(ended, context)))
                            .map_err(|error| error.inside("Failed to fetch public key: "))?
                    }
                };
                Ok(match genuine {
                    true if signed.is_readable() => Ok(claim),
                    true => Err((Reason::Ambiguous, None)),
                    false => Err((Reason::BadSignature, None)),
                })
            }
            // Apart, so that the callbacks which need no request carry no room for one.
            Proof::Ask(reference) => Box::pin(self.confirmed(reference, &claim, context)).await,
        }
    }

    /// The keys that sign the gateway's callbacks.
    pub async fn public_keys(
        &self,
        operation: Operation,
        context: &Context,
    ) -> Result<PublicKeys, Error> {
        match &self.source {
            KeySource::Configured(keys) => Ok(keys.clone()),
            KeySource::Fetched(calls) if calls.is_empty() => Err(operation.not_supported()),
            KeySource::Fetched(calls) => {
                let keys = self.keys.get(|| self.fetched(calls, operation, context));
                let keys = context.deadline.bound(pin!(keys)).await;
                keys.unwrap_or_else(|ended| Err(key_in_time(ended, context)))
            }
        }
    }

    /// Fetches the keys, which other calls may wait for.
    fn fetched(
        &self,
        calls: &[Call<PublicKeys>],
        operation: Operation,
        context: &Context,
    ) -> impl Future<Output = Result<PublicKeys, Error>> + Send + use<> {
        let (flow, calls, context) = (Arc::clone(&self.flow), calls.to_vec(), context.clone());
        async move {
            let fetched = fetch_public_keys(&flow, calls, operation, context);
            flow.within_life(pin!(fetched)).await
        }
    }

    /// Asks the gateway itself for the payment, or the payout, which must be what the callback claims.
    async fn confirmed(
        &self,
        reference: &str,
        claim: &Payment,
        context: &Context,
    ) -> Result<Result<Payment, (Reason, Option<Payment>)>, Error> {
        let told = match self.looked_up(reference, claim.kind, context).await {
            Ok(told) => told,
            Err(error) if says_not_found(&error) => return Err(self.not_yet(reference)),
            // The gateway wants to know no such payment, or tells of another.
            Err(error)
                if error.is_of_another
                    || matches!(error.code, Code::Refused | Code::InvalidRequest) =>
            {
                return Ok(Err((Reason::Unconfirmed, None)));
            }
            Err(error) => return Err(error),
        };
        let payment = Payment {
            transaction_id: told
                .transaction_id
                .clone()
                .or_else(|| claim.transaction_id.clone()),
            ..told
        };
        match claim.compared_with(&payment) {
            Standing::Confirmed => Ok(Ok(payment)),
            Standing::Ahead => Err(self.not_yet(reference)),
            Standing::Contradicted => Ok(Err((Reason::Unconfirmed, Some(payment)))),
        }
    }

    /// The error of a callback that came before the gateway's own books show what it says: nothing is decided.
    fn not_yet(&self, reference: &str) -> Error {
        let brand = self.provider().brand();
        let message = format!(
            "{brand} does not show yet what the callback says of {}. Nothing is decided: answer HTTP 500, so that \
             it comes again.",
            mask_within(reference)
        );
        Error {
            retryable: true,
            ..Error::new(Code::NotConfirmedYet, message)
        }
    }

    /// Asks the gateway about a payment or payout. Callbacks that ask the same share one request.
    async fn looked_up(
        &self,
        reference: &str,
        kind: Kind,
        context: &Context,
    ) -> Result<Payment, Error> {
        let operation = Operation::HandleCallback;
        let input = Input::default().with("reference", reference.to_owned());
        // What cannot be asked for takes nobody's turn.
        let asked = match kind {
            Kind::Payout(_) => Operation::GetPayoutStatus,
            _ => Operation::GetPaymentStatus,
        };
        let call = self.flow.gateway().make(asked, &input)?;
        let question = format!("{} {reference}", kind.name());
        let (flow, shared) = (
            Arc::clone(&self.flow),
            context.shared(context.deadline.timeout.min(self.flow.timeout())),
        );
        let ask = || async move {
            let asked = async {
                match kind {
                    Kind::Payout(_) => flow.run(&call, operation, &shared).await?.payment(),
                    _ => flow.status(&input, operation, &shared).await,
                }
            };
            flow.within_life(pin!(asked)).await
        };
        let told = context
            .deadline
            .bound(pin!(self.flow.lookups.get(question, ask)))
            .await;
        told.unwrap_or_else(|ended| Err(self.flow.gave_up(ended, true, context)))
    }

    /// Compares `payment` with what the caller expects. Gives the reason when they differ, or when a doubtful proof
    /// needs an expectation that names the payment.
    async fn doubted(
        &self,
        payment: &mut Payment,
        proof: &Proof,
        expect: &Expect,
        context: &Context,
    ) -> Result<Option<Reason>, Error> {
        let Some(expected) = expected(payment, expect, context).await? else {
            return Ok(Some(Reason::ReferenceMismatch));
        };
        if let Some(reason) = expected.mismatch(payment) {
            return Ok(Some(reason));
        }
        Ok(match proof {
            Proof::Signature(signed) => signed.doubt(payment, expected.named()),
            _ => None,
        })
    }
}

/// Whether the gateway says that it does not know what it was asked for: with HTTP 404, or in a 2xx.
fn says_not_found(error: &Error) -> bool {
    error.code == Code::Refused
        && error
            .status
            .is_some_and(|status| matches!(status, 200..=299 | 404))
}

/// Asks the places where the gateway may serve its keys, one after the other until one has some. Other callbacks may
/// wait for the same keys, so that no caller can cancel it.
async fn fetch_public_keys(
    flow: &Arc<Flow>,
    calls: Vec<Call<PublicKeys>>,
    operation: Operation,
    context: Context,
) -> Result<PublicKeys, Error> {
    let context = context.shared(flow.timeout());
    let mut failure = Error::internal();
    for call in calls {
        match flow.run(&call, operation, &context).await {
            Ok(keys) => return Ok(keys),
            Err(error) => failure = error,
        }
        let nothing_here = failure.status == Some(404)
            || (failure.status.is_some_and(|s| s < 300) && failure.response.is_none());
        if !nothing_here {
            break;
        }
    }
    Err(failure)
}

fn key_in_time(ended: Ended, context: &Context) -> Error {
    let late = format!(
        "no answer within {} ms",
        context.deadline.timeout.as_millis()
    );
    undecided(ended, late)
}

/// The error of a callback whose turn did not come in time.
fn unread(ended: Ended, context: &Context) -> Error {
    let ms = context.deadline.timeout.as_millis();
    undecided(
        ended,
        format!("too many callbacks came before it within {ms} ms"),
    )
}
