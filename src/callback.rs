//! Whether a callback is to be believed.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::context::{Context, Ended};
use crate::error::{Code, Error, Operation};
use crate::expect::{Expectation, Reason};
use crate::flow::Flow;
use crate::json::push_quoted;
use crate::payment::Payment;
use crate::provider::{Callback, Proof, PublicKey};
use crate::replay;
use crate::sdk::Sdk;

/// What guards against callbacks that come twice.
#[derive(Clone, Default)]
pub enum Replay {
    #[default]
    Off,
    Memory(Arc<replay::Memory>),
    /// The caller's own store, behind the context's host.
    Own,
}

/// A callback as it came.
#[derive(Debug)]
pub enum Body {
    /// JSON or a query string.
    Text(String),
    /// The texts of the gateway's `callback_members`, each ended by a null character, which none holds.
    Members(String),
}

/// What is asked of a callback beside its proof.
#[derive(Debug, Default)]
pub struct CallbackOptions {
    /// Lower-case names and values.
    pub headers: Vec<(String, String)>,
    pub expect: Expect,
}

/// Where the merchant's own books speak.
#[derive(Debug, Default)]
pub enum Expect {
    #[default]
    Nothing,
    Given(Expectation),
    /// By a function, behind the context's host.
    Asked,
}

/// Bytes that hold most verdicts as JSON text.
const USUAL_VERDICT: usize = 320;

/// What became of a callback.
#[derive(Debug)]
pub struct Verdict {
    /// `None`: it is valid.
    pub reason: Option<Reason>,
    /// What the gateway tells; absent where nobody knows who spoke.
    pub payment: Option<Payment>,
    /// The JSON to answer with.
    pub acknowledgement: Option<String>,
}

impl Verdict {
    /// `[reason, acknowledgement, payment]` as JSON text, and the state of what is a payout.
    pub fn to_json(&self) -> String {
        let mut json = String::with_capacity(USUAL_VERDICT);
        json.push('[');
        match self.reason {
            Some(reason) => push_quoted(&mut json, reason.name()),
            None => json.push_str("null"),
        }
        json.push(',');
        json.push_str(self.acknowledgement.as_deref().unwrap_or("null"));
        json.push(',');
        match &self.payment {
            Some(payment) => payment.push_json(&mut json),
            None => json.push_str("null"),
        }
        if let Some(payout) = self.payment.as_ref().and_then(|p| p.kind.payout()) {
            json.push(',');
            push_quoted(&mut json, payout.name());
        }
        json.push(']');
        json
    }
}

impl Sdk {
    /// The members that callbacks are judged by; none where the whole text is needed.
    pub fn callback_members(&self) -> &'static [&'static str] {
        self.flow.gateway().callback_members()
    }

    /// Whether a genuine signature can be verified without asking the gateway for its key.
    pub fn knows_key(&self) -> bool {
        self.flow.gateway().public_key().is_some() || self.keys.known()
    }

    /// Judges a callback by its proof, the merchant's books, and the guard, in this order: what is not
    /// as expected is not remembered.
    pub async fn judge(
        &self,
        callback: Callback,
        expect: Expect,
        context: &Context,
    ) -> Result<Verdict, Error> {
        let Callback {
            claim,
            proof,
            identity,
            acknowledgement,
        } = callback;
        let (reason, payment) = match self.proven(claim, &proof, context).await? {
            Ok(payment) => {
                let reason = match self.unexpected(&payment, expect, context).await? {
                    Some(reason) => Some(reason),
                    None => self.repeated(&identity, &payment, context).await?,
                };
                (reason, Some(payment))
            }
            Err((reason, payment)) => (Some(reason), payment),
        };
        // A callback that came before was processed before.
        let processed = matches!(reason, None | Some(Reason::Replay));
        let acknowledgement =
            acknowledgement.map(|(done, failed)| if processed { done } else { failed });
        Ok(Verdict {
            reason,
            payment,
            acknowledgement,
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
            Proof::Signature(signed) => {
                let genuine = match self.flow.gateway().public_key() {
                    Some(key) => signed.is_signed_by(&key),
                    None => {
                        let fetch = || fetch_public_key(Arc::clone(&self.flow), context.clone());
                        let verified = context.bound(self.keys.verify(signed, fetch)).await;
                        verified.unwrap_or_else(|ended| Err(key_in_time(ended, context)))?
                    }
                };
                Ok(if genuine {
                    Ok(claim)
                } else {
                    Err((Reason::BadSignature, None))
                })
            }
            // Apart, so that the callbacks which need no request carry no room for one.
            Proof::Ask(reference) => Box::pin(self.confirmed(reference, &claim, context)).await,
        }
    }

    /// Asks the gateway itself for the payment, which must be what the callback claims.
    async fn confirmed(
        &self,
        reference: &str,
        claim: &Payment,
        context: &Context,
    ) -> Result<Result<Payment, (Reason, Option<Payment>)>, Error> {
        let told = self
            .status(reference, None, Operation::HandleCallback, context)
            .await;
        let told = match told {
            Ok(told) => told,
            // The gateway knows no such payment, or wants to know none.
            Err(error) if matches!(error.code, Code::Refused | Code::InvalidRequest) => {
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
        Ok(if claim.is_confirmed_by(&payment) {
            Ok(payment)
        } else {
            Err((Reason::Unconfirmed, Some(payment)))
        })
    }

    async fn unexpected(
        &self,
        payment: &Payment,
        expect: Expect,
        context: &Context,
    ) -> Result<Option<Reason>, Error> {
        let expected = match expect {
            Expect::Nothing => return Ok(None),
            Expect::Given(expected) => Some(expected),
            Expect::Asked => {
                let host = context.host.as_ref().ok_or_else(Error::internal)?;
                let asked = context.bound(host.expectation(payment.to_json())).await;
                asked.unwrap_or_else(|ended| Err(own_function("expect", ended)))?
            }
        };
        Ok(match expected {
            Some(expected) => expected.mismatch(payment),
            None => Some(Reason::ReferenceMismatch),
        })
    }

    async fn repeated(
        &self,
        identity: &[u8],
        payment: &Payment,
        context: &Context,
    ) -> Result<Option<Reason>, Error> {
        let key = || match identity {
            [] => replay::key(self.provider, &payment.identity()),
            identity => replay::key(self.provider, identity),
        };
        let first = match &self.replay {
            Replay::Off => true,
            Replay::Memory(seen) => seen.set_if_absent(key(), replay::KEEP),
            Replay::Own => {
                let host = context.host.as_ref().ok_or_else(Error::internal)?;
                let asked = context.bound(host.set_if_absent(key(), replay::KEEP)).await;
                asked.unwrap_or_else(|ended| Err(own_function("the replay store", ended)))?
            }
        };
        Ok((!first).then_some(Reason::Replay))
    }
}

/// Asks each place where the gateway may serve its key; the next one when a place has none. Others
/// may wait for the same key, so that it is not for one caller to cancel.
async fn fetch_public_key(flow: Arc<Flow>, context: Context) -> Result<PublicKey, Error> {
    let context = context.shared(flow.timeout());
    let mut failure = Error::internal();
    for call in flow.gateway().public_key_calls() {
        match flow.run(&call, Operation::HandleCallback, &context).await {
            Ok(key) => return Ok(key),
            Err(error) => failure = error,
        }
        let nothing_here = failure.status == Some(404)
            || (failure.status.is_some_and(|s| s < 300) && failure.response.is_none());
        if !nothing_here {
            break;
        }
    }
    Err(failure.inside("Failed to fetch public key: "))
}

fn key_in_time(ended: Ended, context: &Context) -> Error {
    let ms = context.timeout.as_millis();
    let (code, message) = match ended {
        Ended::TimedOut => (Code::Timeout, format!("no answer within {ms} ms")),
        Ended::Cancelled => (Code::Aborted, "aborted by the caller".to_owned()),
    };
    let retryable = code == Code::Timeout;
    Error {
        retryable,
        ..Error::new(code, message)
    }
    .inside("Failed to fetch public key: ")
}

/// The caller's own function took too long, or the caller gave up meanwhile.
fn own_function(name: &str, ended: Ended) -> Error {
    match ended {
        Ended::TimedOut => Error {
            retryable: true,
            ..Error::new(Code::Timeout, format!("{name} did not answer in time"))
        },
        Ended::Cancelled => Error::new(Code::Aborted, "aborted by the caller"),
    }
}
