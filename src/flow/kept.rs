//! What is found or made once for all who ask for the same: found by one flight, and kept for a while.
#![forbid(unsafe_code)]

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::Flow;
use super::context::Context;
use super::judge::no_answer;
use crate::http::NoAnswer;
use crate::model::error::Error;
use crate::model::operation::{Input, Operation, Output};

/// How long an answer is kept: meanwhile the gateway's own list may lag behind.
const KEEP: Duration = Duration::from_secs(600);
impl Flow {
    /// Makes a call for all who ask for the same at one time. None of them ends it: each leaves at its own deadline.
    pub async fn keeping(
        self: &Arc<Self>,
        operation: Operation,
        input: &Input,
        context: &Context,
    ) -> Result<Output, Error> {
        let call = self.gateway.make(operation, input)?;
        let kind = input.get("type").unwrap_or("GET").to_ascii_uppercase();
        let kept = self.kept.of(format!("{kind} {}", input.text("url").trim()));
        let (flow, shared) = (
            Arc::clone(self),
            context.shared(self.timeout.max(context.deadline.timeout)),
        );
        let found = kept.get(|| async move {
            let found = flow.run(&call, operation, &shared);
            flow.within_life(pin!(async { Ok((found.await?, KEEP)) }))
                .await
        });
        let found = context.deadline.bound(pin!(found)).await;
        found.unwrap_or_else(|ended| {
            let why = ended.into();
            let timeout = context.deadline.timeout;
            let left = NoAnswer { why, sent: true };
            Err(no_answer(self.gateway.provider(), operation.effect(), left, timeout).error)
        })
    }
}
