//! Where a payment stands, by the gateway's own word.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::model::error::Error;
use crate::model::operation::{Input, Operation};
use crate::model::payment::Payment;

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
        let told = self.run(&call, operation, context).await?;
        Ok(told.payment()?.with_id_if_missing(reference))
    }
}
