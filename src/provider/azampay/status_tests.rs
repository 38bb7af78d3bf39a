use super::ENTRY;
use crate::flow::judge::Failed;
use crate::model::operation::{Input, Operation, Output};
use crate::model::payment::{Kind, PayoutStatus, Raw};
use crate::model::payout::Payout;
use crate::provider::{Call, Gateway};
use crate::testing::{gateway, judged, line};

const ID: &str = "0123456789abcdef0123456789abcdef";
const BY_REFERENCE: &[(&str, &str)] = &[("AZAMPAY_STATUS_BY_REFERENCE", "true")];

fn asked(
    gateway: &dyn Gateway,
    reference: &str,
    operator: Option<&str>,
) -> Result<Call<Output>, String> {
    let input = Input::default()
        .with("reference", reference.to_owned())
        .with("operator", operator.map(str::to_owned));
    let made = gateway.make(Operation::GetPayoutStatus, &input);
    made.map_err(|error| error.message)
}

fn told(status: u16, text: &str) -> Result<Payout, Failed> {
    let gateway = gateway(&ENTRY, &[]).unwrap();
    let call = asked(gateway.as_ref(), ID, Some("Airtel")).unwrap();
    match judged(gateway.as_ref(), &call, status, text)? {
        Output::Payout(payout) => Ok(*payout),
        other => panic!("{other:?}"),
    }
}

fn state(text: &str) -> Result<PayoutStatus, String> {
    let told = told(200, text).map_err(|failed| line(&failed.error))?;
    Ok(told.told.kind.payout().unwrap())
}

#[test]
fn a_payout_is_asked_for_by_its_id_and_bank_name() {
    let sandbox = gateway(&ENTRY, &[("baseUrl", "https://sandbox.azampay.co.tz")]).unwrap();
    for (operator, bank) in [("M-Pesa", "Vodacom"), ("mixx", "Yas"), ("Tpesa", "Tpesa")] {
        let call = asked(sandbox.as_ref(), ID, Some(operator)).unwrap();
        assert_eq!(
            call.request.url,
            format!(
                "https://api-disbursement-sandbox.azampay.co.tz/api/v1/azampay/transactionstatus?pgReferenceId={ID}&bankName={bank}"
            )
        );
    }
    for (operator, rule) in [
        (
            None,
            "operator is missing: the recipient's, by which AzamPay finds a payout. Nothing was sent.",
        ),
        (
            Some("Visa"),
            "operator is none of AzamPay's: 'Visa'. Nothing was sent.",
        ),
    ] {
        assert_eq!(asked(sandbox.as_ref(), ID, operator).err().unwrap(), rule);
    }
    assert!(asked(sandbox.as_ref(), " ", Some("Yas")).is_err());
}

#[test]
fn an_account_that_can_is_asked_by_the_merchants_own_reference() {
    let by_own = gateway(&ENTRY, BY_REFERENCE).unwrap();
    let url = |reference: &str, operator| {
        asked(by_own.as_ref(), reference, operator)
            .unwrap()
            .request
            .url
    };
    assert!(url("OUT-1", None).ends_with("?externalReferenceId=OUT-1"));
    assert!(url("OUT-1", Some("Yas")).ends_with("?externalReferenceId=OUT-1&bankName=Yas"));
    assert!(url(ID, Some("Yas")).ends_with(&format!("?pgReferenceId={ID}&bankName=Yas")));
    let made = url("OUT--1 and more", None);
    assert!(made.contains("?externalReferenceId=OUT1a"), "{made}");
    let call = asked(by_own.as_ref(), "OUT-1", None).unwrap();
    let read =
        |text| judged(by_own.as_ref(), &call, 200, text).map_err(|failed| failed.error.code.name());
    let Output::Payout(payout) = read(
        r#"{"success":true,"initiatorReferenceId":"OUT-1","pgReferenceId":"0a1b","status":"success"}"#,
    )
    .unwrap() else {
        panic!("no payout");
    };
    assert_eq!(payout.told.reference.as_deref(), Some("OUT-1"));
    assert_eq!(payout.told.transaction_id.as_deref(), Some("0a1b"));
    let other = r#"{"success":true,"initiatorReferenceId":"OUT-2","status":"success"}"#;
    assert_eq!(read(other).unwrap_err(), "INVALID_RESPONSE");
}

#[test]
fn an_answer_as_the_platform_gives_it() {
    let text = format!(
        r#"{{"transId":"{ID}","statusCode":200,"success":true,"message":null,"fspReferenceId":"f1","initiatorReferenceId":"OUT-1","pgReferenceId":"{ID}","amount":"1000","status":"Pending","additionalProperties":{{}},"operator":"Airtel","signature":null}}"#
    );
    let payout = told(200, &text).unwrap();
    assert_eq!(payout.told.kind, Kind::Payout(PayoutStatus::Processing));
    let told = [
        payout.told.transaction_id,
        payout.told.reference,
        payout.gateway_reference,
        payout.told.amount,
        payout.told.receipt,
    ]
    .map(Option::unwrap);
    assert_eq!(told, [ID, "OUT-1", "OUT-1", "1000", "f1"]);
    assert_eq!(payout.told.raw.json(), Some(text.as_str()));
}

#[test]
fn every_status_in_any_case_and_in_either_member() {
    for (told, expected) in [
        ("success", PayoutStatus::Succeeded),
        ("SUCCESS", PayoutStatus::Succeeded),
        ("failure", PayoutStatus::Failed),
        ("Failed", PayoutStatus::Failed),
        ("pending", PayoutStatus::Processing),
        ("reversed", PayoutStatus::Reversed),
        ("in the bag", PayoutStatus::Unknown),
    ] {
        for text in [
            format!(r#"{{"data":"{told}","message":"m","success":true,"statusCode":200}}"#),
            format!(r#"{{"status":"{told}","pgReferenceId":"{ID}","success":true}}"#),
            format!(r#"{{"status":200,"data":"{told}","success":true}}"#),
        ] {
            assert_eq!(state(&text), Ok(expected), "{text}");
        }
    }
    let why = "Insufficient balance on collection. Current balance 388.0";
    let failed = format!(
        r#"{{"status":"failure","pgReferenceId":"{ID}","success":false,"message":"{why}"}}"#
    );
    let failed = told(200, &failed).unwrap();
    assert_eq!(failed.told.kind, Kind::Payout(PayoutStatus::Failed));
    assert_eq!(failed.told.message.as_deref(), Some(why));
    let accepted = format!(
        r#"{{"pgReferenceId":"{ID}","message":"Your transaction is in process","success":true,"statusCode":200}}"#
    );
    assert_eq!(state(&accepted), Ok(PayoutStatus::Unknown));
}

#[test]
fn what_says_yes_and_no_or_is_of_another_is_no_answer() {
    for text in [
        r#"{"status":"success","pgReferenceId":"ffff","success":true}"#.to_owned(),
        format!(r#"{{"status":"success","pgReferenceId":"{ID}","success":false}}"#),
        format!(
            r#"{{"status":"failure","pgReferenceId":"{ID}","success":false,"statusCode":400}}"#
        ),
        format!(r#"{{"status":"success","pgReferenceId":"{ID}","success":true,"statusCode":500}}"#),
        r#"{"success":true}"#.to_owned(),
        "{}".to_owned(),
        "".to_owned(),
    ] {
        let told = state(&text).unwrap_err();
        assert!(
            told.starts_with("INVALID_RESPONSE not_sent 200"),
            "{text}: {told}"
        );
    }
    let none = r#"{"success":false,"status":"failure","message":"No"}"#;
    assert!(state(none).unwrap_err().starts_with("INVALID_RESPONSE"));
    let refused = r#"{"success":false,"data":null,"message":"No"}"#;
    assert_eq!(state(refused).unwrap_err(), "REFUSED not_sent 200 - No");
}

#[test]
fn a_payout_that_azampay_does_not_know_is_unknown_and_never_failed() {
    for (status, text) in [
        (
            402,
            r#"{"data":null,"message":"Transaction not found","success":false,"statusCode":404}"#,
        ),
        (
            402,
            r#"{"data":null,"message":"Transaction not found","success":true,"statusCode":404}"#,
        ),
        (404, r#"{"message":"Transaction Not Found"}"#),
    ] {
        let payout = told(status, text).unwrap();
        assert_eq!(payout.told.kind, Kind::Payout(PayoutStatus::Unknown));
        assert_eq!(payout.told.transaction_id.as_deref(), Some(ID));
        assert_eq!(payout.told.raw, Raw::Untold);
    }
    for (status, text, expected) in [
        (
            402,
            r#"{"message":"Request expired","success":false,"statusCode":402}"#,
            "REFUSED not_sent 402 - Request expired",
        ),
        (
            402,
            r#"{"message":"Transaction not found","statusCode":500}"#,
            "REFUSED not_sent 402 - Transaction not found",
        ),
        (
            404,
            "",
            "INVALID_RESPONSE not_sent 404 - AzamPay answers at https://gateway.example with HTTP 404 that there is no such path: check baseUrl. No payment was requested.",
        ),
    ] {
        assert_eq!(
            line(&told(status, text).unwrap_err().error),
            expected,
            "{text}"
        );
    }
}
