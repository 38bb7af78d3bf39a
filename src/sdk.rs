//! One configured gateway and what its user can ask of it.
#![forbid(unsafe_code)]

use std::sync::Arc;
#[cfg(debug_assertions)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zeroize::Zeroizing;

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
use crate::model::operation::{Gives, Input, Operation, Output};
use crate::model::provider::Provider;
use crate::model::sealed::Seal;
use crate::model::secret::Secret;
use crate::provider::{Entry, capabilities};

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
        let flow = Arc::new(Flow::new(gateway, options, &account, life)?);
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

    /// What its gateway can be asked.
    pub fn operations(&self) -> impl Iterator<Item = Operation> + use<> {
        self.flow.gateway().facts().operations()
    }

    /// What its gateway can be asked and within which bounds, as a JSON object.
    pub fn capabilities(&self) -> String {
        capabilities::of(self.flow.gateway())
    }

    /// Why it would refuse an operation before anything is sent.
    pub fn refusal(&self, operation: Operation, input: &Input) -> Option<Error> {
        self.flow.gateway().make(operation, input).err()
    }

    /// What seals texts that are kept outside: all who have the same credentials open them.
    pub fn seal(&self) -> Option<Seal> {
        let secrets = self.flow.gateway().secrets();
        let all = secrets.iter().map(Secret::reveal);
        let all = Zeroizing::new(all.collect::<Vec<_>>().join("\0"));
        Seal::new(&Secret::new(all.as_str()))
    }

    /// Whether its gateway reads this argument of its own.
    pub fn reads(&self, extra: &str) -> bool {
        self.flow.gateway().facts().extras.contains(&extra)
    }

    /// What judges its callbacks.
    pub fn callbacks(&self) -> &Callbacks {
        &self.callbacks
    }

    /// Carries out an operation, all but callbacks. What is looked up must be what `expect` says; it is asked
    /// for again after `poll`, where the operation waits.
    pub async fn call(
        self,
        operation: Operation,
        input: Input,
        expect: Expect,
        poll: Duration,
        context: Context,
    ) -> Result<Output, Error> {
        begin();
        let made = match operation.gives() {
            // These apart, so that no payment carries their room.
            Gives::Payment => Box::pin(self.look_up(operation, &input, &expect, &context)).await,
            Gives::FinalPayment => {
                let waited = self.flow.wait_for_payment(&input, &expect, poll, &context);
                Box::pin(waited).await.map(Output::from)
            }
            Gives::Kept => Box::pin(self.flow.keeping(operation, &input, &context)).await,
            Gives::Check => Box::pin(self.flow.verify(&context)).await,
            Gives::Token => Box::pin(self.token(operation, &context)).await,
            Gives::Keys => {
                let keys = Box::pin(self.callbacks.public_keys(operation, &context)).await;
                keys.map(|keys| Output::Text(keys.to_pem()))
            }
            Gives::Answer | Gives::Text | Gives::Verdict => {
                match self.flow.gateway().make(operation, &input) {
                    Ok(call) => self.flow.run(&call, operation, &context).await,
                    Err(refusal) => Err(refusal),
                }
            }
        };
        self.during(operation, made)
    }

    /// The access token as the gateway's provider class is documented to give it.
    async fn token(&self, operation: Operation, context: &Context) -> Result<Output, Error> {
        let token = self.flow.token(context).await?;
        let token = token.ok_or_else(|| operation.not_supported())?;
        let text = match self.flow.gateway().facts().token_has_scheme {
            true => token.reveal(),
            false => token.bare(),
        };
        Ok(Output::Text(text.to_owned()))
    }

    async fn look_up(
        &self,
        operation: Operation,
        input: &Input,
        expect: &Expect,
        context: &Context,
    ) -> Result<Output, Error> {
        let told = self.flow.status(input, operation, context).await?;
        as_expected(told, expect, context).await.map(Output::from)
    }

    /// Whether a callback is the gateway's, says what is expected, and comes for the first time.
    pub async fn handle_callback(
        self,
        body: Body,
        options: CallbackOptions,
        context: Context,
    ) -> Result<Verdict, Error> {
        begin();
        let judged = self.callbacks.judged(body, options, &context).await;
        let verdict = self.during(Operation::HandleCallback, judged)?;
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
        Ok(verdict)
    }

    /// What came of a call, as the caller of `operation` sees it.
    fn during<T>(&self, operation: Operation, made: Result<T, Error>) -> Result<T, Error> {
        made.map_err(|mut error| {
            // Perhaps it was refused for what was kept.
            if error.code == Code::Refused {
                self.flow.kept.forget();
            }
            if error.code == Code::CallerError {
                let private = Private::new(self.flow.gateway().secrets());
                error.hide(|text| private.hide(text));
            }
            operation.failed(error, self.provider())
        })
    }
}

/// Is called when a call begins; a test can make it panic.
fn begin() {
    #[cfg(debug_assertions)]
    #[allow(clippy::panic, reason = "the test hook exists to panic")]
    if PANIC_NEXT_CALL.swap(false, Ordering::Relaxed) {
        panic!("provoked by a test");
    }
}
