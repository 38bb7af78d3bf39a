//! One configured gateway and what its user can ask of it.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::Options;
use crate::error::{Error, Operation};
use crate::flow::Flow;
use crate::keys::Keys;
use crate::provider::{Answer, Provider, PublicKey};

/// The core behind the JavaScript class. Every method's future runs on the I/O thread and settles
/// within the configured time.
#[derive(Clone)]
pub struct Sdk {
    provider: Provider,
    flow: Arc<Flow>,
    keys: Arc<Keys>,
}

/// Makes the next call panic. Tests use it to prove that a defect costs one call, not the process.
pub static PANIC_NEXT_CALL: AtomicBool = AtomicBool::new(false);

impl Sdk {
    pub fn new(provider: Provider, options: &Options) -> Result<Self, Error> {
        let gateway = provider.gateway(options)?;
        let flow = Arc::new(Flow::new(gateway, options.timeout()?)?);
        Ok(Self {
            provider,
            flow,
            keys: Arc::default(),
        })
    }

    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// Asks the gateway for the payment that `payment`, JSON text, describes.
    pub async fn pay(self, payment: String, ipn_id: Option<String>) -> Result<Answer, Error> {
        self.during(Operation::Pay, async {
            let call = self.flow.gateway().pay(&payment, ipn_id.as_deref())?;
            self.flow.run(&call, self.flow.deadline()).await
        })
        .await
    }

    /// Registers a URL for payment notifications and answers its IPN id.
    pub async fn register_ipn(self, url: String, kind: String) -> Result<String, Error> {
        self.during(Operation::RegisterIpn, async {
            let call = self.flow.gateway().register_ipn(&url, &kind)?;
            self.flow.run(&call, self.flow.deadline()).await
        })
        .await
    }

    /// Whether the gateway signed the callback `body`, JSON text.
    pub async fn verify_callback(self, body: String) -> Result<bool, Error> {
        self.during(Operation::HandleCallback, async {
            let gateway = self.flow.gateway();
            let Some(callback) = gateway.signed_callback(&body)? else {
                return Ok(false);
            };
            if let Some(key) = gateway.public_key() {
                return Ok(callback.is_signed_by(&key));
            }
            self.keys
                .verify(&callback, || fetch_public_key(Arc::clone(&self.flow)))
                .await
        })
        .await
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

/// Asks each place where the gateway may serve its key; the next one when a place has none.
async fn fetch_public_key(flow: Arc<Flow>) -> Result<PublicKey, Error> {
    let deadline = flow.deadline();
    let mut failure = Error::not_supported("Callback handling");
    for call in flow.gateway().public_key_calls() {
        match flow.run(&call, deadline).await {
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
