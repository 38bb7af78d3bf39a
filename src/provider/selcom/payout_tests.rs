use serde_json::Value;

use super::ENTRY;
use super::tests::{ask, refusal, selcom};
use crate::config::Options;
use crate::http::Method;
use crate::model::error::{Code, Error};
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Outcome;
use crate::model::payment::{Kind, PayoutStatus};
use crate::model::secret::Secret;
use crate::provider::Reading;
use crate::testing::{body, gateway, judged};

const PAYOUT: &str = r#"{"amount":"1500","currency":"TZS","reference":"PAY1","to":{"phone":"0754000001","operator":"M-Pesa"}}"#;
const BANK: &str = r#"{"amount":"1500","currency":"TZS","reference":"PAY1","description":"Salary","to":{"bank":"crdbbank","accountNumber":"0150","accountName":"Asha Juma"}}"#;

#[test]
fn a_payout_says_by_its_transid_on_which_rail_it_goes() {
    let sender: &[(&'static str, &str)] = &[
        ("SELCOM_SENDER_ACCOUNT", "1700"),
        ("SELCOM_SENDER_NAME", "Duka"),
        ("SELCOM_SENDER_PHONE", "255712000000"),
    ];
    for (payout, path, sent) in [
        (
            PAYOUT,
            "/v1/walletcashin/process",
            r#"{"transid":"PAY1WC","utilitycode":"VMCASHIN","utilityref":"255754000001","amount":"1500","vendor":"TILL60000001","pin":"0000","msisdn":"255712000000"}"#,
        ),
        (
            BANK,
            "/v1/qwiksend/process",
            r#"{"transid":"PAY1QS","recipientFiCode":"CRDBBANK","recipientAccount":"0150","recipientName":"Asha Juma","senderAccount":"1700","senderName":"Duka","amount":"1500","vendor":"TILL60000001","pin":"0000","msisdn":"255712000000","purpose":"Salary"}"#,
        ),
    ] {
        let input = Input::default().with("payout", payout.to_owned());
        let call = selcom(sender).make(Operation::Payout, &input).unwrap();
        assert!(call.request.url.ends_with(path), "{}", call.request.url);
        assert_eq!(body(&call), sent);
    }
    let asked = |reference: &str, operator: Option<&str>| {
        let input = Input::default()
            .with("reference", reference.to_owned())
            .with("operator", operator.map(str::to_owned));
        let call = selcom(&[]).make(Operation::GetPayoutStatus, &input);
        call.map(|call| call.request.url.split_once("/v1").unwrap().1.to_owned())
    };
    for (reference, operator, path) in [
        ("PAY1", Some("M-Pesa"), "/walletcashin/query?transid=PAY1WC"),
        ("PAY1", Some("NMB"), "/qwiksend/query?transid=PAY1QS"),
        ("PAY1WC", None, "/walletcashin/query?transid=PAY1WC"),
        // What it went out as counts more than what the caller says of it.
        ("PAY1WC", Some("NMB"), "/walletcashin/query?transid=PAY1WC"),
        ("PAY1QS", Some("M-Pesa"), "/qwiksend/query?transid=PAY1QS"),
    ] {
        assert_eq!(asked(reference, operator).unwrap(), path);
    }
    for operator in [None, Some("Safaricom"), Some("Nobody")] {
        let message = asked("PAY1", operator).unwrap_err().message;
        assert!(message.starts_with("operator is "), "{message}");
    }
    for mark in ["WC", "QS"] {
        let payout = PAYOUT.replace("PAY1", &format!("PAY{mark}"));
        let input = Input::default().with("payout", payout);
        let message = selcom(&[])
            .make(Operation::Payout, &input)
            .unwrap_err()
            .message;
        assert!(message.contains("reference must not end in"), "{message}");
    }
}

#[test]
fn of_a_payout_only_a_success_is_proof() {
    let input = Input::default().with("reference", "PAY1WC".to_owned());
    let call = selcom(&[])
        .make(Operation::GetPayoutStatus, &input)
        .unwrap();
    for (code, result, status) in [
        ("000", "SUCCESS", PayoutStatus::Succeeded),
        ("111", "INPROGRESS", PayoutStatus::Processing),
        ("999", "AMBIGUOUS", PayoutStatus::Unknown),
        ("404", "FAIL", PayoutStatus::Unknown),
        ("010", "FAIL", PayoutStatus::Unknown),
    ] {
        let answer = refusal(code, result, "x").replace("ORD-1001", "PAY1WC");
        match (call.read)(&answer) {
            Reading::Success(Output::Payout(payout)) => {
                assert_eq!(payout.told.kind, Kind::Payout(status), "{code}");
                assert_eq!(payout.gateway_reference.as_deref(), Some("PAY1WC"));
            }
            other => panic!("{other:?}"),
        }
    }
    let other = refusal("000", "SUCCESS", "x");
    assert!(matches!((call.read)(&other), Reading::Another(_)));
}

#[test]
fn a_payout_has_no_id_of_selcoms_and_shows_no_pin() {
    let told = r#"{"transid":"PAY1WC","reference":"S1","resultcode":"000","result":"SUCCESS","message":"PIN 0000 ok","pin":"0000","data":[{"receipt":"R1"}]}"#;
    let status = Input::default().with("reference", "PAY1WC".to_owned());
    for (operation, input) in [
        (
            Operation::Payout,
            Input::default().with("payout", PAYOUT.to_owned()),
        ),
        (Operation::GetPayoutStatus, status),
    ] {
        let call = selcom(&[]).make(operation, &input).unwrap();
        match (call.read)(told) {
            Reading::Success(Output::Payout(payout)) => {
                assert_eq!(payout.told.transaction_id, None);
                assert_eq!(payout.told.message.as_deref(), Some("PIN [redacted] ok"));
                let raw = payout.told.raw.json().unwrap();
                assert!(!raw.contains("0000") && raw.contains("S1"), "{raw}");
            }
            other => panic!("{other:?}"),
        }
    }
    let call = selcom(&[])
        .make(Operation::GetBalance, &Input::default())
        .unwrap();
    let told = r#"{"resultcode":"000","result":"SUCCESS","message":"PIN 0000","data":[{"balance":"0000"}]}"#;
    match (call.read)(told) {
        Reading::Success(Output::Answer(balance)) => {
            assert!(balance.contains("PIN [redacted]"), "{balance}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_senders_phone_is_checked_and_no_phone_is_empty() {
    let sent = |phone: &str, limits: Option<&str>| {
        let mut options = Options {
            limits: limits.map(str::to_owned),
            ..Options::default()
        };
        let required = ENTRY.keys.required.iter().map(|key| (*key, "x1"));
        let own = [
            ("baseUrl", "https://gateway.example"),
            ("SELCOM_PIN", "0000"),
            ("SELCOM_SENDER_PHONE", phone),
        ];
        for (key, value) in required.chain(own) {
            options.config.insert(key, Secret::new(value));
        }
        let gateway = ENTRY.gateway(&options)?;
        let input = Input::default().with("payout", PAYOUT.to_owned());
        let sent: Value =
            serde_json::from_str(body(&gateway.make(Operation::Payout, &input)?)).unwrap();
        Ok::<_, Error>(sent["msisdn"].as_str().unwrap().to_owned())
    };
    for phone in ["0712000000", "+255 712-000 000", "255712000000"] {
        assert_eq!(sent(phone, None).unwrap(), "255712000000");
    }
    for (phone, limits) in [("12", None), ("Duka", None), ("Duka", Some("false"))] {
        let error = sent(phone, limits).unwrap_err();
        assert_eq!(error.code, Code::InvalidConfig);
        assert!(
            error.message.contains("SELCOM_SENDER_PHONE"),
            "{}",
            error.message
        );
    }
    assert_eq!(sent("12-34", Some("false")).unwrap(), "1234");
}

#[test]
fn zantels_wallet_has_a_code_of_its_own() {
    for name in ["Zantel", "EzyPesa", "Ezy Pesa", "ezy-pesa"] {
        let input = Input::default().with("payout", PAYOUT.replace("M-Pesa", name));
        let call = selcom(&[]).make(Operation::Payout, &input).unwrap();
        assert!(body(&call).contains("EZCASHIN"), "{name}");
    }
}

#[test]
fn a_code_of_selcoms_is_no_http_status() {
    let input = Input::default().with("payout", PAYOUT.to_owned());
    let gateway = selcom(&[]);
    let call = gateway.make(Operation::Payout, &input).unwrap();
    let outcome = |status, code: &str, result: &str| {
        let answer = refusal(code, result, "Some reason").replace("ORD-1001", "PAY1WC");
        let judged = judged(gateway.as_ref(), &call, status, &answer);
        judged.err().map(|failed| failed.error.outcome)
    };
    for code in [
        "010", "012", "013", "015", "029", "103", "151", "200", "201", "202", "203", "218", "400",
        "404", "415", "500", "501", "611", "612", "701", "702", "889", "900", "990",
    ] {
        assert_eq!(outcome(200, code, "FAIL"), Some(Outcome::Refused), "{code}");
        assert_eq!(
            outcome(200, code, "FAILED"),
            Some(Outcome::Refused),
            "{code}"
        );
        assert_eq!(outcome(403, code, "FAIL"), Some(Outcome::Refused), "{code}");
        assert_eq!(
            outcome(200, code, "SUCCESS"),
            Some(Outcome::Unknown),
            "{code}"
        );
        assert_eq!(
            outcome(403, code, "SUCCESS"),
            Some(Outcome::Unknown),
            "{code}"
        );
        assert_eq!(outcome(500, code, "FAIL"), Some(Outcome::Unknown), "{code}");
    }
    for code in ["001", "002", "003", "111", "927", "999", "000"] {
        assert_eq!(outcome(200, code, "FAIL"), Some(Outcome::Unknown), "{code}");
        assert_eq!(outcome(403, code, "FAIL"), Some(Outcome::Unknown), "{code}");
    }
    for code in ["001", "002", "003", "111", "927"] {
        assert_eq!(outcome(200, code, "INPROGRESS"), None, "{code}");
        assert_eq!(
            outcome(403, code, "INPROGRESS"),
            Some(Outcome::Unknown),
            "{code}"
        );
    }
}

#[test]
fn words_that_say_that_it_was_there_before_are_no_refusal() {
    let input = Input::default().with("payout", PAYOUT.to_owned());
    let gateway = selcom(&[]);
    let payout = gateway.make(Operation::Payout, &input).unwrap();
    let charge =
        r#"{"amount":"1500","currency":"TZS","phone":"0712345678","reference":"ORD-1001"}"#;
    let order = ask(Operation::Charge, "charge", charge);
    for words in [
        "Duplicate transid",
        "transid already used",
        "Transaction ID exists",
        "Transid used",
        "Order already exists",
        "ORD-1001 already registered",
        "order_id ORD-1001 has been used",
        "Order ID must be unique",
        "Order with this id exists",
    ] {
        for (call, own) in [(&payout, "PAY1WC"), (&order, "ORD-1001")] {
            for (status, code) in [(200, "400"), (200, "612"), (403, "403"), (412, "412")] {
                let answer = refusal(code, "FAIL", words).replace("ORD-1001", own);
                let failed = judged(gateway.as_ref(), call, status, &answer).unwrap_err();
                let Error { code, outcome, .. } = failed.error;
                assert_eq!(
                    (code, outcome),
                    (Code::DuplicateReference, Outcome::Unknown),
                    "{words}"
                );
            }
        }
    }
    for words in [
        "Order does not exist",
        "No order exists",
        "Method not used for order",
    ] {
        let answer = refusal("400", "FAIL", words);
        let failed = judged(gateway.as_ref(), &order, 200, &answer).unwrap_err();
        assert_eq!(failed.error.code, Code::Refused, "{words}");
    }
}

#[test]
fn what_a_payout_lacks_is_told_at_once() {
    let input = Input::default().with("payout", BANK.replace("\"description\":\"Salary\",", ""));
    let gateway = gateway(&ENTRY, &[]).unwrap();
    let message = gateway.make(Operation::Payout, &input).unwrap_err().message;
    for name in [
        "config.SELCOM_PIN",
        "config.SELCOM_SENDER_ACCOUNT",
        "config.SELCOM_SENDER_NAME",
        "config.SELCOM_SENDER_PHONE",
        "description",
    ] {
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn an_order_is_cancelled_and_cards_are_asked_for_in_the_query() {
    let call = ask(Operation::Cancel, "transactionId", "ORD-1001");
    assert_eq!(call.request.method, Method::Delete);
    assert!(
        call.request
            .url
            .ends_with("/checkout/cancel-order?order_id=ORD-1001")
    );
    assert!(call.request.body.is_none());
    let call = ask(
        Operation::ListCards,
        "buyer",
        r#"{"id":"u1","gatewayId":"g 1"}"#,
    );
    assert!(
        call.request
            .url
            .ends_with("/stored-cards?gateway_buyer_uuid=g%201&buyer_userid=u1")
    );
    let answer = r#"{"resultcode":"000","result":"SUCCESS","data":[{"masked_card":"4111-XXXX-XXXX-1111","creation_date":"x","card_token":"t","name":"Asha","card_type":"001","id":"7"}]}"#;
    let Reading::Success(Output::Answer(cards)) = (call.read)(answer) else {
        panic!()
    };
    let cards: Value = serde_json::from_str(&cards).unwrap();
    assert_eq!(
        (&cards[0]["brand"], &cards[0]["id"]),
        (&"visa".into(), &"7".into())
    );
    let call = ask(
        Operation::DeleteCard,
        "card",
        r#"{"id":"7","gatewayId":"g1"}"#,
    );
    assert_eq!(call.request.method, Method::Delete);
}
