//! What each operation sends, and how answers that are none are read.

use crate::laws::examples::examples;
use crate::model::error::Code;
use crate::model::json::Object;
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::{Effect, Outcome};
use crate::provider::{Call, Gateway, Reading, told};
use crate::testing::{body, gateway, judged, line};

use super::ENTRY;

fn clickpesa() -> Box<dyn Gateway> {
    gateway(&ENTRY, &[]).unwrap()
}

fn asked(operation: Operation, object: &str) -> Call<Output> {
    let input = operation
        .takes()
        .iter()
        .fold(Input::default(), |input, takes| {
            use crate::model::operation::Takes::*;
            match *takes {
                Json(name) => input.with(name, object.to_owned()),
                Text(name) | Optional(name) | Extra(name) => input.with(name, "A1".to_owned()),
            }
        });
    clickpesa().make(operation, &input).unwrap()
}

fn brought(output: Output) -> String {
    match output {
        Output::Answer(json) => json,
        Output::Payout(payout) => told::payout(&payout),
        other => panic!("{other:?}"),
    }
}

#[test]
fn amounts_are_texts_in_collections_and_numbers_in_payouts_and_bills() {
    let money = r#""amount":"1500.00","currency":"TZS","reference":"A1""#;
    for (operation, object, sent) in [
        (
            Operation::Charge,
            format!(r#"{{{money},"phone":"0712345678"}}"#),
            r#"{"amount":"1500","currency":"TZS","orderReference":"A1","phoneNumber":"255712345678"}"#,
        ),
        (
            Operation::Checkout,
            format!("{{{money}}}"),
            r#"{"totalPrice":"1500","orderReference":"A1","orderCurrency":"TZS"}"#,
        ),
        (
            Operation::Payout,
            format!(r#"{{{money},"to":{{"phone":"0712345678"}}}}"#),
            r#"{"phoneNumber":"255712345678","amount":1500,"currency":"TZS","orderReference":"A1"}"#,
        ),
        (
            Operation::Payout,
            format!(r#"{{{money},"to":{{"link":true}}}}"#),
            r#"{"amount":"1500","orderReference":"A1"}"#,
        ),
        (
            Operation::CreateBill,
            r#"{"amount":"1500.00","maximum":1e4,"mode":"Any"}"#.to_owned(),
            r#"{"billAmount":1500,"billMaxCollectionAmount":10000,"billPaymentMode":"ALLOW_PARTIAL_AND_OVER_PAYMENT"}"#,
        ),
    ] {
        assert_eq!(body(&asked(operation, &object)), sent, "{operation:?}");
    }
}

#[test]
fn an_answer_that_is_none_is_never_a_success() {
    let gateway = clickpesa();
    for operation in gateway.facts().operations() {
        let Some(operation) = operation.asks() else {
            continue;
        };
        for input in examples(operation) {
            let Ok(call) = gateway.make(operation, &input) else {
                continue;
            };
            for text in [
                "",
                "null",
                "[]x",
                "\"done\"",
                "{}",
                r#"{"name":"clickpesa-core","version":"1"}"#,
                r#"{"statusCode":500,"message":"Internal server error"}"#,
            ] {
                let read = (call.read)(text);
                assert!(
                    !matches!(read, Reading::Success(_)),
                    "{operation:?} of {text}: {read:?}"
                );
                if call.effect == Effect::MovesMoney {
                    let failed = judged(gateway.as_ref(), &call, 200, text).err().unwrap();
                    assert_eq!(
                        failed.error.outcome,
                        Outcome::Unknown,
                        "{operation:?} {text}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_payout_that_fails_at_once_is_refused_and_one_without_an_id_is_unknown() {
    let gateway = clickpesa();
    let object = r#"{"amount":1500,"currency":"TZS","reference":"A1","to":{"phone":"0712345678"}}"#;
    let call = asked(Operation::Payout, object);
    let row = |id: &str, status: &str| {
        format!(
            r#"{{{id}"orderReference":"A1","amount":"1520.00","fee":"20.00","status":"{status}"}}"#
        )
    };
    let id = r#""id":"PAY1","#;
    let failed = judged(gateway.as_ref(), &call, 200, &row(id, "FAILED"))
        .err()
        .unwrap();
    assert_eq!(
        failed.error.outcome,
        Outcome::Refused,
        "{}",
        line(&failed.error)
    );
    for text in [row("", "AUTHORIZED"), row(id, "ODD")] {
        let unknown = judged(gateway.as_ref(), &call, 200, &text).err().unwrap();
        assert_eq!(unknown.error.outcome, Outcome::Unknown, "{text}");
    }
    let made = judged(gateway.as_ref(), &call, 201, &row(id, "AUTHORIZED")).unwrap();
    let made = brought(made);
    let made = Object::parse(&made).unwrap();
    assert_eq!(made.string("status").as_deref(), Some("authorized"));
    assert_eq!(made.string("amount").as_deref(), Some("1500"));
    assert_eq!(made.string("fee").as_deref(), Some("20.00"));
}

#[test]
fn the_pause_between_payouts_is_no_duplicate_and_no_doubt() {
    let gateway = clickpesa();
    let object = r#"{"amount":1500,"currency":"TZS","reference":"A1","to":{"phone":"0712345678"}}"#;
    let call = asked(Operation::Payout, object);
    let of = |status, message: &str| {
        let text = format!(r#"{{"statusCode":{status},"message":"{message}"}}"#);
        judged(gateway.as_ref(), &call, status, &text)
            .err()
            .unwrap()
    };
    let pause = "Payout request is already in progress, please retry after 42 seconds";
    for status in [400, 429] {
        let failed = of(status, pause);
        let told = (failed.error.code, failed.error.outcome);
        assert_eq!(told, (Code::RateLimited, Outcome::Refused));
        assert_eq!(failed.retry_after.unwrap().as_secs(), 42);
    }
    for (status, message) in [
        (400, "Payout request is already in progress"),
        (504, pause),
        (
            409,
            "Order reference A1 already used: Create a different reference",
        ),
    ] {
        assert_eq!(
            of(status, message).error.outcome,
            Outcome::Unknown,
            "{message}"
        );
    }
}

#[test]
fn a_balance_comes_in_either_shape_and_a_new_merchant_has_none() {
    let call = asked(Operation::GetBalance, "");
    let rows = r#"[{"currency":"TZS","balance":39700.5}]"#;
    for text in [rows.to_owned(), format!(r#"{{"balances":{rows}}}"#)] {
        let Reading::Success(output) = (call.read)(&text) else {
            panic!("{text}");
        };
        let start =
            r#"{"provider":"clickpesa","balances":[{"currency":"TZS","amount":"39700.5"}],"raw":"#;
        assert!(brought(output).starts_with(start));
    }
    let gateway = clickpesa();
    let new =
        r#"{"statusCode":404,"message":"No balance account is linked to this merchant yet."}"#;
    let none = judged(gateway.as_ref(), &call, 404, new).unwrap();
    assert_eq!(
        brought(none),
        r#"{"provider":"clickpesa","balances":[],"raw":null}"#
    );
    let elsewhere = r#"{"statusCode":404,"message":"Cannot GET /account/balance"}"#;
    assert!(judged(gateway.as_ref(), &call, 404, elsewhere).is_err());
}
