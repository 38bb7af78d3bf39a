//! One configured gateway and what its user can ask of it.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::callback::{Body, CallbackOptions, Expect, Replay, Verdict, undecided};
use crate::config::Options;
use crate::context::{Context, Ended};
use crate::flow::Flow;
use crate::keys::Keys;
use crate::life::Life;
use crate::model::error::{Code, Error};
use crate::model::event::Event;
use crate::model::expectation::Reason;
use crate::model::operation::Operation;
use crate::model::outcome::Outcome;
use crate::model::payment::Payment;
use crate::model::provider::Provider;
use crate::provider::{Answer, Gateway, Missing, registry};
use crate::redact::Private;
use crate::wait::{self, Pace};
use crate::work::{self, Room};

/// The core behind the JavaScript class. Every method's future runs on the I/O thread and settles
/// within the time of its context.
#[derive(Clone)]
pub struct Sdk {
    pub(crate) provider: Provider,
    pub(crate) flow: Arc<Flow>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) replay: Replay,
    /// Which account this is, of whoever has more than one.
    pub(crate) account: Arc<str>,
    pace: Arc<Pace>,
}

/// Makes the next call panic. Tests use it to prove that a defect costs one call, not the process.
pub static PANIC_NEXT_CALL: AtomicBool = AtomicBool::new(false);

impl Sdk {
    /// `life`: of the environment that asks for it.
    pub fn new(
        provider: Provider,
        options: &Options,
        replay: Replay,
        life: Life,
    ) -> Result<Self, Error> {
        let gateway = registry::gateway(provider, options)?;
        let id = options.credential(provider.account_key())?;
        let account = gateway.base().join(&format!(" {}", id.reveal())).into();
        let flow = Arc::new(Flow::new(gateway, options, life)?);
        Ok(Self {
            provider,
            flow,
            keys: Arc::default(),
            replay,
            account,
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
        begin();
        let made = async {
            let call = self.flow.gateway().pay(&payment, ipn_id.as_deref())?;
            self.flow.run(&call, Operation::Pay, &context).await
        };
        self.during(Operation::Pay, made.await)
    }

    /// Registers a URL for payment notifications and answers its IPN id.
    pub async fn register_ipn(
        self,
        url: String,
        kind: String,
        context: Context,
    ) -> Result<String, Error> {
        begin();
        let made = async {
            let call = self.flow.gateway().register_ipn(&url, &kind)?;
            self.flow.run(&call, Operation::RegisterIpn, &context).await
        };
        self.during(Operation::RegisterIpn, made.await)
    }

    /// Where a payment stands.
    pub async fn payment_status(
        self,
        reference: String,
        operator: Option<String>,
        expect: Expect,
        context: Context,
    ) -> Result<Payment, Error> {
        let operation = Operation::GetPaymentStatus;
        begin();
        let told = async {
            let told = self.status(&reference, operator.as_deref(), operation, &context);
            self.as_expected(told.await?, &expect, &context).await
        };
        self.during(operation, told.await)
    }

    /// Asks where a payment stands until that is final.
    pub async fn wait_for_payment(
        self,
        reference: String,
        operator: Option<String>,
        expect: Expect,
        poll: Duration,
        context: Context,
    ) -> Result<Payment, Error> {
        let operation = Operation::WaitForPayment;
        begin();
        let waited = async {
            let mut last: Option<Payment> = None;
            let ended = |ended, last: &Option<Payment>| Err(still(last, ended, &context));
            for made in 0.. {
                let turn = self.pace.reserve(self.flow.gateway().status_pace());
                if let Err(why) = context.sleep_until(turn).await {
                    return ended(why, &last);
                }
                // One answer that never comes must not cost the whole wait.
                let one = context.at_most(self.flow.timeout());
                let told = async {
                    let told = self.status(&reference, operator.as_deref(), operation, &one);
                    self.as_expected(told.await?, &expect, &one).await
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
                let next = Instant::now() + wait::delay(poll, made);
                if let Err(why) = context.sleep_until(next).await {
                    return ended(why, &last);
                }
            }
            Err(Error::internal())
        };
        self.during(operation, waited.await)
    }

    /// Whether a callback is the gateway's, says what is expected, and comes for the first time. A `raw`
    /// that is `body` itself is left out of the payment.
    pub async fn handle_callback(
        self,
        body: Body,
        options: CallbackOptions,
        context: Context,
    ) -> Result<Verdict, Error> {
        begin();
        let body = Arc::new(body);
        let judged = self.judged(Arc::clone(&body), options, &context).await;
        let mut verdict = self.during(Operation::HandleCallback, judged)?;
        context.emit(|| {
            let payment = verdict.payment.as_ref();
            Event::new("callback", self.provider)
                .flag("isValid", verdict.reason.is_none())
                .maybe("reason", verdict.reason.map(Reason::name))
                .maybe("kind", payment.map(|p| p.kind.name()))
                .maybe("status", payment.map(|p| p.status.name()))
                .maybe("reference", payment.and_then(|p| p.reference.as_deref()))
                .maybe(
                    "transactionId",
                    payment.and_then(|p| p.transaction_id.as_deref()),
                )
                .maybe("payer", payment.and_then(|p| p.payer.as_deref()))
                .maybe_flag("operatorKnown", verdict.knows_operator)
        });
        if let (Some(payment), Body::Text(text)) = (verdict.payment.as_mut(), body.as_ref())
            && payment.raw == *text
        {
            payment.raw.clear();
        }
        Ok(verdict)
    }

    /// Reads a callback in its turn, and judges it.
    async fn judged(
        &self,
        body: Arc<Body>,
        options: CallbackOptions,
        context: &Context,
    ) -> Result<Verdict, Error> {
        let bytes = body.bytes();
        if body.is_too_long() {
            return Ok(Verdict::malformed());
        }
        let _room = Room::take(bytes)?;
        let CallbackOptions { headers, expect } = options;
        let flow = Arc::clone(&self.flow);
        let reading = work::callback(bytes, move || body.read(flow.gateway(), &headers));
        let read = context.bound(reading).await;
        match read.unwrap_or_else(|ended| Err(unread(ended, context)))? {
            Some(callback) => self.judge(callback, expect, context).await,
            None => Ok(Verdict::malformed()),
        }
    }

    /// Where a payment stands, for a call of any operation.
    pub(crate) async fn status(
        &self,
        reference: &str,
        operator: Option<&str>,
        operation: Operation,
        context: &Context,
    ) -> Result<Payment, Error> {
        let gateway = self.flow.gateway();
        let reference = reference.trim();
        let call = gateway.status(reference, operator)?;
        let error = match self.flow.run(&call, operation, context).await {
            Ok(payment) => return Ok(payment.known_as(reference)),
            Err(error) => error,
        };
        if error.status != Some(404) || error.code != Code::Refused {
            return Err(error);
        }
        match gateway.missing(reference, error.response.as_deref().unwrap_or_default()) {
            Missing::NotYet(payment) => Ok(*payment),
            Missing::Unsupported => Err(no_status(error)),
            Missing::Refused => Err(error),
            Missing::Elsewhere => Err(elsewhere(gateway, error)),
        }
    }

    /// The payment, unless it is another than the merchant's own books say.
    async fn as_expected(
        &self,
        payment: Payment,
        expect: &Expect,
        context: &Context,
    ) -> Result<Payment, Error> {
        let reason = match self.expected(&payment, expect, context).await? {
            None => Some(Reason::ReferenceMismatch),
            Some(expected) if payment.status.is_final() => expected.mismatch(&payment),
            // What is not told of a payment under way may still come.
            Some(expected) => expected.as_told_by(&payment).mismatch(&payment),
        };
        match reason {
            None => Ok(payment),
            Some(reason) => Err(not_as_expected(&payment, reason)),
        }
    }

    /// What came of a call, as the caller of `operation` sees it.
    fn during<T>(&self, operation: Operation, made: Result<T, Error>) -> Result<T, Error> {
        made.map_err(|mut error| {
            if error.code == Code::CallerError {
                let private = Private::new(self.flow.gateway().secrets());
                error.hide(|text| private.hide(text));
            }
            error.during(operation, self.provider)
        })
    }
}

/// Where every call begins.
fn begin() {
    #[allow(clippy::panic, reason = "the test hook exists to panic")]
    if PANIC_NEXT_CALL.swap(false, Ordering::Relaxed) {
        panic!("provoked by a test");
    }
}

/// A callback whose turn did not come in time.
fn unread(ended: Ended, context: &Context) -> Error {
    let ms = context.timeout.as_millis();
    undecided(
        ended,
        format!("too many callbacks came before it within {ms} ms"),
    )
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
                format!(
                    "the payment is still {status} after {ms} ms. It may still go through: ask again before you charge again."
                ),
            )
        }
        Ended::Cancelled => (
            Code::Aborted,
            format!(
                "aborted by the caller, the payment was still {status}. It may still go through: ask again before you charge again."
            ),
        ),
    };
    Error {
        outcome: Outcome::Unknown,
        ..Error::new(code, message)
    }
}

fn not_as_expected(payment: &Payment, reason: Reason) -> Error {
    let (code, what) = match reason {
        Reason::AmountMismatch => (Code::AmountMismatch, "amount"),
        _ => (Code::ReferenceMismatch, "reference or id"),
    };
    let status = payment.status.name();
    let message = format!(
        "the payment, which is {status}, has another {what} than expect says. Do not deliver; look into it."
    );
    Error {
        outcome: Outcome::Unknown,
        response: Some(Private::default().hide(&payment.raw).into()),
        ..Error::new(code, message)
    }
}

/// An HTTP 404 of a server that has no such path.
fn elsewhere(gateway: &dyn Gateway, error: Error) -> Error {
    let message = format!(
        "{} answers at {} with HTTP 404 that there is no such path: check baseUrl. No payment was requested.",
        gateway.provider().brand(),
        gateway.base().join("")
    );
    Error {
        code: Code::InvalidResponse,
        message,
        retryable: false,
        ..error
    }
}

fn no_status(error: Error) -> Error {
    Error {
        code: Code::NotSupported,
        message: "this account cannot ask for the status of a payment: wait for the callback"
            .to_owned(),
        retryable: false,
        ..error
    }
}
