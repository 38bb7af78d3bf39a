//! One configured gateway and what its user can ask of it.
#![forbid(unsafe_code)]

use std::sync::Arc;
#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::callback::{Body, CallbackOptions, Callbacks, Replay, Verdict};
use crate::config::Options;
use crate::flow::Flow;
use crate::flow::context::Context;
use crate::flow::expected::{Expect, as_expected};
use crate::flow::redact::Private;
use crate::http::life::Life;
use crate::model::error::{Code, Error};
use crate::model::event::Event;
use crate::model::expectation::Reason;
use crate::model::operation::Operation;
use crate::model::payment::Payment;
use crate::model::provider::Provider;
use crate::provider::{Answer, Entry};

/// The core behind the JavaScript class. Every method's future runs on the I/O thread and settles
/// within the time of its context.
#[derive(Clone)]
pub struct Sdk {
    flow: Arc<Flow>,
    callbacks: Arc<Callbacks>,
}

/// Makes the next call panic. Tests use it to prove that a defect costs one call, not the process.
#[cfg(debug_assertions)]
pub static PANIC_NEXT_CALL: AtomicBool = AtomicBool::new(false);

impl Sdk {
    /// `life`: of the environment that asks for it.
    pub fn new(
        entry: &Entry,
        options: &Options,
        replay: Replay,
        life: Life,
    ) -> Result<Self, Error> {
        let gateway = entry.gateway(options)?;
        let id = options.credential(entry.keys.account)?;
        let account = gateway.base().join(&format!(" {}", id.reveal()));
        let flow = Arc::new(Flow::new(gateway, options, life)?);
        let callbacks = Arc::new(Callbacks::new(Arc::clone(&flow), replay, account));
        Ok(Self { flow, callbacks })
    }

    pub fn provider(&self) -> Provider {
        self.flow.gateway().provider()
    }

    /// The total time of a call, unless it brings one of its own.
    pub fn timeout(&self) -> Duration {
        self.flow.timeout()
    }

    /// What judges its callbacks.
    pub fn callbacks(&self) -> &Callbacks {
        &self.callbacks
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
            let told = self
                .flow
                .status(&reference, operator.as_deref(), operation, &context);
            as_expected(told.await?, &expect, &context).await
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
        begin();
        let operator = operator.as_deref();
        let waited = self
            .flow
            .wait_for_payment(&reference, operator, &expect, poll, &context);
        self.during(Operation::WaitForPayment, waited.await)
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
        let judged = self
            .callbacks
            .judged(Arc::clone(&body), options, &context)
            .await;
        let mut verdict = self.during(Operation::HandleCallback, judged)?;
        context.emit(|| {
            let payment = verdict.payment.as_ref();
            Event::new("callback", self.provider())
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

    /// What came of a call, as the caller of `operation` sees it.
    fn during<T>(&self, operation: Operation, made: Result<T, Error>) -> Result<T, Error> {
        made.map_err(|mut error| {
            if error.code == Code::CallerError {
                let private = Private::new(self.flow.gateway().secrets());
                error.hide(|text| private.hide(text));
            }
            error.during(operation, self.provider())
        })
    }
}

/// Where every call begins.
fn begin() {
    #[cfg(debug_assertions)]
    #[allow(clippy::panic, reason = "the test hook exists to panic")]
    if PANIC_NEXT_CALL.swap(false, Ordering::Relaxed) {
        panic!("provoked by a test");
    }
}
