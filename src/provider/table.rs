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

/// The operations of `table`, which has `N` rows.
#[expect(
    clippy::indexing_slicing,
    reason = "a constant is made of it, when it is compiled"
)]
pub const fn operations<G, const N: usize>(table: Table<G>) -> [Operation; N] {
    let mut names = [Operation::HandleCallback; N];
    let mut row = 0;
    while row < N {
        names[row] = table[row].0;
        row += 1;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::{Make, Table, make, operations};
    use crate::laws::examples::{CONFIG, examples};
    use crate::model::error::Error;
    use crate::model::operation::{Input, Operation};
    use crate::model::provider::TEST;
    use crate::provider::{Facts, registry};
    use crate::testing::{TestPay, gateway, words};

    #[test]
    fn no_request_can_change_more_than_its_operation_says() {
        for entry in &registry::ENTRIES {
            let gateway = gateway(entry, CONFIG).unwrap();
            for operation in gateway.facts().operations() {
                let Some(asked) = operation.asks() else {
                    continue;
                };
                let inputs = examples(asked);
                let calls = inputs.iter().map(|input| gateway.make(asked, input));
                let made: Vec<_> = calls.flatten().collect();
                assert!(!made.is_empty(), "{:?} {operation:?}", entry.provider);
                for call in made {
                    assert!(call.effect <= operation.effect(), "{operation:?}");
                }
            }
        }
    }

    #[test]
    fn what_a_gateway_does_not_have_is_refused_by_name() {
        const NONE: Make<TestPay> = |_, _| Err(Error::internal());
        const CAN: Table<TestPay> = &[(Operation::Pay, NONE), (Operation::GetPaymentStatus, NONE)];
        const ASKED: [Operation; CAN.len()] = operations(CAN);
        let facts = Facts::usual(TEST, &ASKED, &["reference"], words);
        let names: Vec<_> = facts.operations().map(Operation::name).collect();
        let known = [
            "pay",
            "handleCallback",
            "getPaymentStatus",
            "waitForPayment",
            "verifyCredentials",
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
