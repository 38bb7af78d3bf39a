//! What a gateway can do, as data.
#![forbid(unsafe_code)]

use crate::model::error::Error;
use crate::model::operation::{Input, Operation, Output};

use super::Call;

/// The operations of the gateway `G`, each with the pure function that makes its request.
pub type Table<G> = &'static [(Operation, Make<G>)];

pub type Make<G> = fn(&G, &Input) -> Result<Call<Output>, Error>;

/// The request of `operation`, or the refusal of a gateway that does not have it.
pub fn make<G>(
    table: Table<G>,
    gateway: &G,
    operation: Operation,
    input: &Input,
) -> Result<Call<Output>, Error> {
    let known = table.iter().find(|(known, _)| *known == operation);
    let (_, make) = known.ok_or_else(|| operation.not_supported())?;
    make(gateway, input)
}

/// What can be asked by way of `table`, in the order of the operations' rows: callbacks come from every gateway.
pub fn operations<G>(table: Table<G>) -> Vec<Operation> {
    let has = |operation: &Operation| match operation.asks() {
        Some(asked) => table.iter().any(|(known, _)| *known == asked),
        None => true,
    };
    Operation::ALL.iter().copied().filter(has).collect()
}

#[cfg(test)]
mod tests {
    use super::{Make, Table, make, operations};
    use crate::model::error::Error;
    use crate::model::operation::{Input, Operation, Takes};
    use crate::provider::registry;
    use crate::testing::{TestPay, gateway};

    /// Arguments that every gateway accepts.
    fn usual(operation: Operation) -> Input {
        let of = |takes: &Takes| match *takes {
            Takes::Json(name) => (name, Some(r#"{"id":"ORDER-1"}"#)),
            Takes::Text("url") => ("url", Some("https://shop.example/ipn")),
            Takes::Text(name) | Takes::Extra(name) => (name, Some("ORDER-1")),
            Takes::Optional(name) => (name, None),
        };
        let arguments = operation.takes().iter().map(of);
        arguments.fold(Input::default(), |input, (name, text)| {
            input.with(name, text.map(str::to_owned))
        })
    }

    #[test]
    fn no_request_can_change_more_than_its_operation_says() {
        for entry in &registry::ENTRIES {
            let gateway = gateway(entry, &[]).unwrap();
            for operation in gateway.operations() {
                if let Some(asked) = operation.asks() {
                    let call = gateway.make(asked, &usual(asked)).unwrap();
                    assert!(call.effect <= operation.effect(), "{operation:?}");
                }
            }
        }
    }

    #[test]
    fn what_a_gateway_does_not_have_is_refused_by_name() {
        const NONE: Make<TestPay> = |_, _| Err(Error::internal());
        const CAN: Table<TestPay> = &[(Operation::Pay, NONE), (Operation::GetPaymentStatus, NONE)];
        let names: Vec<_> = operations(CAN).into_iter().map(Operation::name).collect();
        let known = [
            "pay",
            "handleCallback",
            "getPaymentStatus",
            "waitForPayment",
        ];
        assert_eq!(names, known);
        let gateway = TestPay::new("https://gateway.example", false);
        let refused = make(CAN, &gateway, Operation::RegisterIpn, &Input::default());
        assert_eq!(
            refused.err().unwrap().message,
            "IPN registration not supported by this provider"
        );
    }
}
