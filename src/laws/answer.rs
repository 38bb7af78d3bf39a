//! What is told of an answer in the one vocabulary: JSON that names the gateway, and no money without a name for it.

use crate::model::operation::{Operation, Output};
use crate::model::outcome::Effect;
use crate::provider::{Gateway, Reading, told};
use serde_json::Value;

use super::examples::examples;
use super::value;

/// Operations that give the gateway's own answer as it is.
const AS_THEY_ARE: [Operation; 2] = [Operation::Pay, Operation::ExchangeRates];

/// Reads `text` as the answer to each operation that the gateway has.
pub fn of(gateway: &dyn Gateway, text: &str) {
    for operation in gateway.facts().operations() {
        let Some(asked) = operation.asks() else {
            continue;
        };
        for input in examples(asked) {
            let Ok(call) = gateway.make(asked, &input) else {
                continue;
            };
            if let Reading::Success(output) = (call.read)(text) {
                holds(gateway, asked, call.effect, &output, text);
            }
        }
    }
}

fn holds(gateway: &dyn Gateway, operation: Operation, effect: Effect, output: &Output, text: &str) {
    let written = match output {
        Output::Answer(json) => json.clone(),
        Output::Payout(payout) => told::payout(payout),
        Output::Payment(_) | Output::Text(_) => return,
    };
    if AS_THEY_ARE.contains(&operation) {
        return;
    }
    // What the reference reader refuses and JavaScript does not is no fault.
    let Some(answer) = value(&written) else {
        assert!(value(text).is_none(), "{operation:?} of {text}: {written}");
        return;
    };
    let each = match &answer {
        Value::Array(rows) => rows.as_slice(),
        one => std::slice::from_ref(one),
    };
    for one in each {
        assert_eq!(one["provider"], gateway.provider().name(), "{written}");
        assert!(
            one.get("raw").is_some() || one.get("rows").is_some(),
            "{written}"
        );
    }
    if effect == Effect::MovesMoney
        && !matches!(operation, Operation::Refund | Operation::CreateBills)
    {
        let is_told = |name: &str| answer[name].as_str().is_some_and(|text| !text.is_empty());
        let names = ["transactionId", "redirectUrl", "number", "id", "status"];
        assert!(
            names.iter().any(|name| is_told(name)),
            "{operation:?} of {text}"
        );
    }
}
