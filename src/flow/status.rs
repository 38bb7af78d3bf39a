//! Where a payment stands, by the gateway's own word.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::model::error::{Code, Error};
use crate::model::operation::{Input, Operation};
use crate::model::payment::Payment;
use crate::provider::{Gateway, Missing};

use super::Flow;
use super::context::Context;

impl Flow {
    /// Asks the gateway where a payment stands, for a call of any operation.
    pub async fn status(
        self: &Arc<Self>,
        input: &Input,
        operation: Operation,
        context: &Context,
    ) -> Result<Payment, Error> {
        let gateway = self.gateway();
        let reference = input.text("reference").trim();
        let call = gateway.make(Operation::GetPaymentStatus, input)?;
        let error = match self.run(&call, operation, context).await {
            Ok(told) => return Ok(told.payment()?.with_id_if_missing(reference)),
            Err(error) => error,
        };
        if error.status != Some(404) || error.code != Code::Refused {
            return Err(error);
        }
        let body = error.response.as_deref().unwrap_or_default();
        match (gateway.facts().missing)(reference, body) {
            Missing::NotYet(payment) => Ok(*payment),
            Missing::Unsupported => Err(no_status(error)),
            Missing::Refused => Err(error),
            Missing::Elsewhere => Err(elsewhere(gateway, error)),
        }
    }
}

/// The error when a server answers HTTP 404 because it has no such path.
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
