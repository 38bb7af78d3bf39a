//! One configured gateway and what its user can ask of it.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Options;
use crate::context::{Context, Ended};
use crate::error::{Code, Error, Operation, Outcome};
use crate::event::Event;
use crate::expect::{Expectation, Reason};
use crate::flow::Flow;
use crate::keys::Keys;
use crate::payment::Payment;
use crate::provider::{Answer, Callback, Proof, Provider, PublicKey};
use crate::replay;
use crate::wait::{self, Pace};

/// The core behind the JavaScript class. Every method's future runs on the I/O thread and settles
/// within the time of its context.
#[derive(Clone)]
pub struct Sdk {
    provider: Provider,
    flow: Arc<Flow>,
    keys: Arc<Keys>,
    replay: Replay,
    pace: Arc<Pace>,
}

/// What guards against callbacks that come twice.
#[derive(Clone, Default)]
pub enum Replay {
    #[default]
    Off,
    Memory(Arc<replay::Memory>),
    /// The caller's own store, behind the context's host.
    Own,
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

/// Makes the next call panic. Tests use it to prove that a defect costs one call, not the process.
pub static PANIC_NEXT_CALL: AtomicBool = AtomicBool::new(false);

impl Sdk {
    pub fn new(provider: Provider, options: &Options, replay: Replay) -> Result<Self, Error> {
        let gateway = provider.gateway(options)?;
        let flow = Arc::new(Flow::new(gateway, options)?);
        Ok(Self {
            provider,
            flow,
            keys: Arc::default(),
            replay,
            pace: Arc::default(),
        })
    }

    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The total time of a call, unless it brings one of its own.
    pub fn timeout(&self) -> Duration {
        self.flow.timeout()
    }

    pub fn replay(&self) -> &Replay {
        &self.replay
    }

    /// Asks the gateway for the payment that `payment`, JSON text, describes.
    pub async fn pay(
        self,
        payment: String,
        ipn_id: Option<String>,
        context: Context,
    ) -> Result<Answer, Error> {
        self.during(Operation::Pay, async {
            let call = self.flow.gateway().pay(&payment, ipn_id.as_deref())?;
            self.flow.run(&call, Operation::Pay, &context).await
        })
        .await
    }

    /// Registers a URL for payment notifications and answers its IPN id.
    pub async fn register_ipn(
        self,
        url: String,
        kind: String,
        context: Context,
    ) -> Result<String, Error> {
        self.during(Operation::RegisterIpn, async {
            let call = self.flow.gateway().register_ipn(&url, &kind)?;
            self.flow.run(&call, Operation::RegisterIpn, &context).await
        })
        .await
    }

    /// Where a payment stands.
    pub async fn payment_status(
        self,
        reference: String,
        operator: Option<String>,
        context: Context,
    ) -> Result<Payment, Error> {
        let operation = Operation::GetPaymentStatus;
        self.during(
            operation,
            self.status(&reference, operator.as_deref(), operation, &context),
        )
        .await
    }

    /// Asks where a payment stands until that is final.
    pub async fn wait_for_payment(
        self,
        reference: String,
        operator: Option<String>,
        poll: Duration,
        context: Context,
    ) -> Result<Payment, Error> {
        let operation = Operation::WaitForPayment;
        self.during(operation, async {
            let mut last: Option<Payment> = None;
            let ended = |ended, last: &Option<Payment>| Err(still(last, ended, &context));
            for made in 0.. {
                let turn = self.pace.reserve(self.flow.gateway().status_pace());
                if let Err(why) = context.sleep_until(turn).await {
                    return ended(why, &last);
                }
                // One answer that never comes must not cost the whole wait.
                let one = context.at_most(self.flow.timeout());
                match self
                    .status(&reference, operator.as_deref(), operation, &one)
                    .await
                {
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
                    Err(error) if error.retryable => {}
                    Err(error) => return Err(error),
                }
                let next = Instant::now() + wait::delay(poll, made);
                if let Err(why) = context.sleep_until(next).await {
                    return ended(why, &last);
                }
            }
            Err(Error::internal())
        })
        .await
    }

    /// Whether a callback is the gateway's, says what is expected, and comes for the first time.
    pub async fn handle_callback(
        self,
        body: String,
        options: CallbackOptions,
        context: Context,
    ) -> Result<Verdict, Error> {
        let verdict = self
            .during(Operation::HandleCallback, async {
                let callback = self.flow.gateway().callback(&body, &options.headers);
                self.judge(callback, options.expect, &context).await
            })
            .await?;
        context.emit(|| {
            let payment = verdict.payment.as_ref();
            Event::new("callback", self.provider)
                .flag("isValid", verdict.reason.is_none())
                .maybe("reason", verdict.reason.map(Reason::name))
                .maybe("status", payment.map(|p| p.status.name()))
                .maybe("reference", payment.and_then(|p| p.reference.as_deref()))
                .maybe(
                    "transactionId",
                    payment.and_then(|p| p.transaction_id.as_deref()),
                )
                .maybe("payer", payment.and_then(|p| p.payer.as_deref()))
        });
        Ok(verdict)
    }

    async fn judge(
        &self,
        callback: Callback,
        expect: Expect,
        context: &Context,
    ) -> Result<Verdict, Error> {
        let (reason, payment) = match self.proven(&callback, context).await? {
            Ok(payment) => {
                let reason = match self.unexpected(&payment, expect, context).await? {
                    Some(reason) => Some(reason),
                    None => self.repeated(&callback, &payment, context).await?,
                };
                (reason, Some(payment))
            }
            Err((reason, payment)) => (Some(reason), payment),
        };
        // A callback that came before was processed before.
        let processed = matches!(reason, None | Some(Reason::Replay));
        let acknowledgement = callback
            .acknowledgement
            .map(|(done, failed)| if processed { done } else { failed });
        Ok(Verdict {
            reason,
            payment,
            acknowledgement,
        })
    }

    /// The payment that a callback proves, or why it proves none.
    async fn proven(
        &self,
        callback: &Callback,
        context: &Context,
    ) -> Result<Result<Payment, (Reason, Option<Payment>)>, Error> {
        let claim = || callback.claim.clone();
        match &callback.proof {
            Proof::Checked => Ok(Ok(claim())),
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
                    Ok(claim())
                } else {
                    Err((Reason::BadSignature, None))
                })
            }
            Proof::Ask(reference) => self.confirmed(reference, &callback.claim, context).await,
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
        callback: &Callback,
        payment: &Payment,
        context: &Context,
    ) -> Result<Option<Reason>, Error> {
        let key = || match callback.identity.as_slice() {
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

    async fn status(
        &self,
        reference: &str,
        operator: Option<&str>,
        operation: Operation,
        context: &Context,
    ) -> Result<Payment, Error> {
        let gateway = self.flow.gateway();
        let call = gateway.status(reference, operator)?;
        match self.flow.run(&call, operation, context).await {
            Ok(payment) => Ok(payment.known_as(reference)),
            Err(error) if error.status == Some(404) => {
                gateway
                    .missing(reference)
                    .ok_or_else(|| match gateway.lacks_status(&error) {
                        true => Error {
                            code: Code::NotSupported,
                            ..no_status(error)
                        },
                        false => error,
                    })
            }
            Err(error) => Err(error),
        }
    }

    async fn during<T>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        #[allow(clippy::panic, reason = "the test hook exists to panic")]
        if PANIC_NEXT_CALL.swap(false, Ordering::Relaxed) {
            panic!("provoked by a test");
        }
        call.await
            .map_err(|error| error.during(operation, self.provider))
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

/// A wait that ended before the payment did.
fn still(last: &Option<Payment>, ended: Ended, context: &Context) -> Error {
    let status = last
        .as_ref()
        .map_or("unknown", |payment| payment.status.name());
    let (code, message) = match ended {
        Ended::TimedOut => {
            let ms = context.timeout.as_millis();
            (
                Code::Timeout,
                format!("the payment is still {status} after {ms} ms. Ask again later."),
            )
        }
        Ended::Cancelled => (
            Code::Aborted,
            format!("aborted by the caller, the payment was still {status}."),
        ),
    };
    let retryable = code == Code::Timeout;
    Error {
        outcome: Outcome::Unknown,
        retryable,
        ..Error::new(code, message)
    }
}

fn no_status(error: Error) -> Error {
    Error {
        message: "this account cannot ask for the status of a payment: wait for the callback"
            .to_owned(),
        retryable: false,
        ..error
    }
}
