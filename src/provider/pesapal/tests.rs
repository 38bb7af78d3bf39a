use std::time::{Duration, SystemTime};

use super::{ENTRY, FACTS};
use crate::laws::Ask;
use crate::model::callback::Proof;
use crate::model::expectation::Reason;
use crate::model::payment::Status;
use crate::provider::{Call, Gateway, Lifetime, Reading};
use crate::testing::{answer, body, gateway, judged, line};

pub fn pesapal() -> Box<dyn Gateway> {
    gateway(&ENTRY, &[]).unwrap()
}

pub fn order() -> Call<String> {
    pesapal().pay(r#"{"id":"A-1"}"#, Some("ipn-1")).unwrap()
}

#[test]
fn the_login_sends_both_keys_as_they_are() {
    let keys = [
        ("PESAPAL_CONSUMER_KEY", "key+/="),
        ("PESAPAL_CONSUMER_SECRET", "secret="),
    ];
    let login = gateway(&ENTRY, &keys).unwrap().access().login().unwrap();
    assert_eq!(
        login.request.url,
        "https://gateway.example/api/Auth/RequestToken"
    );
    assert_eq!(
        body(&login),
        r#"{"consumer_key":"key+/=","consumer_secret":"secret="}"#
    );
}

#[test]
fn a_login_is_read_with_its_own_expiry() {
    let read = pesapal().access().login().unwrap().read;
    let text = r#"{"token":"abc","expiryDate":"2024-03-18T16:25:45.7793772Z","error":null,"status":"200","message":"Request processed successfully"}"#;
    let Reading::Success(login) = read(text) else {
        panic!("not read")
    };
    assert_eq!(login.authorization.reveal(), "Bearer abc");
    let end = SystemTime::UNIX_EPOCH + Duration::new(1_710_779_145, 779_377_200);
    assert_eq!(login.lifetime, Lifetime::Until(end));

    let Reading::Success(login) = read(r#"{"token":"abc","expiryDate":"soon"}"#) else {
        panic!("not read")
    };
    assert_eq!(login.lifetime, Lifetime::For(Duration::from_secs(240)));
}

#[test]
fn the_notification_id_argument_wins_and_an_omitted_one_leaves_the_payload_alone() {
    let pay = |payment, ipn_id| {
        pesapal()
            .pay(payment, ipn_id)
            .map(|call| body(&call).to_owned())
    };
    let own = r#"{"id":"A","notification_id":"own","amount":1500.00}"#;
    assert_eq!(pay(own, None).unwrap(), own);
    assert_eq!(pay(own, Some("")).unwrap(), own);
    assert_eq!(
        pay(own, Some("arg")).unwrap(),
        r#"{"id":"A","notification_id":"arg","amount":1500.00}"#
    );
    assert_eq!(
        pay(r#"{"id":"A"}"#, Some("arg")).unwrap(),
        r#"{"id":"A","notification_id":"arg"}"#
    );
    for without in [
        r#"{"id":"A"}"#,
        r#"{"notification_id":null}"#,
        r#"{"notification_id":" "}"#,
    ] {
        let error = pay(without, None).unwrap_err();
        assert!(
            error.message.contains("notification_id"),
            "{}",
            error.message
        );
    }
}

#[test]
fn what_is_not_an_object_is_refused() {
    for payment in ["", "null", "[]", "\"x\"", "1"] {
        let error = pesapal().pay(payment, Some("i")).err().unwrap();
        assert_eq!(
            line(&error),
            "INVALID_REQUEST not_sent - - paymentData must be an object. Nothing was sent."
        );
    }
}

#[test]
fn an_ipn_is_registered_as_given_and_answered_in_both_generations() {
    let call = pesapal()
        .register_ipn("https://shop.example/ipn?a=1", "post")
        .unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/URLSetup/RegisterIPN"
    );
    assert_eq!(
        body(&call),
        r#"{"url":"https://shop.example/ipn?a=1","ipn_notification_type":"POST"}"#
    );
    for text in [
        r#"{"id":4278,"url":"https://shop.example/ipn?a=1","ipn_id":"guid","notification_type":1,"ipn_status_decription":"Active","error":null,"status":"200"}"#,
        r#"{"url":"https://shop.example/ipn?a=1","ipn_id":"guid","message":"Request processed successfully","status":"200"}"#,
    ] {
        assert_eq!(
            judged(pesapal().as_ref(), &call, 200, text).unwrap(),
            "guid"
        );
    }
    let failed = judged(
        pesapal().as_ref(),
        &call,
        200,
        r#"{"id":1,"error":null,"status":"200"}"#,
    )
    .unwrap_err();
    assert_eq!(
        line(&failed.error),
        "INVALID_RESPONSE unknown 200 - PesaPal answered HTTP 200 with no refusal, and without ipn_id. It may have been registered; doing it again is harmless."
    );
    let lost = judged(pesapal().as_ref(), &call, 500, "")
        .unwrap_err()
        .error;
    assert_eq!((lost.outcome.name(), lost.retryable), ("unknown", true));
}

#[test]
fn a_bad_ipn_url_or_type_is_refused_by_name() {
    let refused = |url, kind| pesapal().register_ipn(url, kind).err().unwrap().message;
    for url in ["", "/ipn", "shop.example/ipn", "ftp://shop.example"] {
        assert!(refused(url, "GET").starts_with("url must be"), "{url}");
    }
    assert!(refused("https://shop.example", "PUT").contains("'GET' or 'POST'"));
}

#[test]
fn a_login_is_refused_with_the_gateways_code() {
    let login = pesapal().access().login().unwrap();
    let text = r#"{"error":{"error_type":"api_error","code":"invalid_consumer_key_or_secret_provided","message":""},"status":"500"}"#;
    let Reading::Refusal(None) = (login.read)(text) else {
        panic!("not a refusal")
    };
    assert_eq!(
        (FACTS.words)(&answer(200, text)).text(),
        Some("invalid_consumer_key_or_secret_provided")
    );
    let Reading::Refusal(Some("the answer holds no token")) = (login.read)("{}") else {
        panic!("not a refusal")
    };
}

#[test]
fn a_status_counts_its_code_before_everything_else() {
    let call = pesapal()
        .status("b945e4af-80a5-4ec1-8706-e03f8332fb04", None)
        .unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/Transactions/GetTransactionStatus?orderTrackingId=b945e4af-80a5-4ec1-8706-e03f8332fb04"
    );
    let unpaid = r#"{"payment_method":"","amount":10.00,"created_date":"2024-03-18T18:25:46.75","confirmation_code":"","order_tracking_id":"b945e4af-80a5-4ec1-8706-e03f8332fb04","payment_status_description":"INVALID","description":null,"message":"Request processed successfully","payment_account":"","status_code":0,"merchant_reference":"A-1","payment_status_code":"","currency":"KES","error":{"error_type":"api_error","code":"payment_details_not_found","message":"Pending Payment","call_back_url":"x"},"status":"500"}"#;
    let payment = judged(pesapal().as_ref(), &call, 200, unpaid).unwrap();
    assert_eq!(payment.status, Status::Pending);
    assert_eq!(
        (payment.amount.as_deref(), payment.currency.as_deref()),
        (Some("10.00"), Some("KES"))
    );
    assert_eq!(
        (payment.reference.as_deref(), payment.receipt.as_deref()),
        (Some("A-1"), None)
    );
    for (code, status) in [
        ("1", Status::Succeeded),
        ("2", Status::Failed),
        ("3", Status::Reversed),
        ("4", Status::Unknown),
        ("\"1\"", Status::Succeeded),
        (
            r#"1,"payment_status_description":"COMPLETED""#,
            Status::Succeeded,
        ),
        (
            r#"1,"payment_status_description":"Failed""#,
            Status::Unknown,
        ),
        (
            r#"1,"payment_status_description":"INVALID""#,
            Status::Unknown,
        ),
        (
            r#"1,"payment_status_description":" reversed ""#,
            Status::Unknown,
        ),
        (
            r#"2,"payment_status_description":"Completed""#,
            Status::Unknown,
        ),
    ] {
        let text = format!(
            r#"{{"status_code":{code},"payment_account":"2547xxx56689","error":{{"code":null}},"status":"200"}}"#
        );
        let payment = judged(pesapal().as_ref(), &call, 200, &text).unwrap();
        assert_eq!(payment.status, status);
        assert_eq!(payment.payer.as_deref(), Some("2547****6689"));
    }
    for (text, code) in [
        (
            r#"{"error":{"code":"invalid_id"},"status":"500"}"#,
            "REFUSED",
        ),
        ("{}", "INVALID_RESPONSE"),
    ] {
        let failed = judged(pesapal().as_ref(), &call, 200, text).unwrap_err();
        assert_eq!(failed.error.code.name(), code);
    }
}

#[test]
fn the_status_of_another_order_is_not_an_answer() {
    let asked = "b945e4af-80a5-4ec1-8706-e03f8332fb04";
    let call = pesapal().status(asked, None).unwrap();
    let read = |more: &str| {
        judged(
            pesapal().as_ref(),
            &call,
            200,
            &format!(r#"{{"status_code":1{more}}}"#),
        )
        .map_err(|failed| failed.error.code.name())
    };
    let upper = asked.to_uppercase();
    for ours in [
        String::new(),
        format!(r#","order_tracking_id":"{asked}""#),
        format!(r#","order_tracking_id":"{upper}""#),
        r#","order_tracking_id":"""#.to_owned(),
        format!(
            r#","call_back_url":"https://shop.example/?OrderTrackingId={asked}&OrderMerchantReference=A""#
        ),
    ] {
        assert_eq!(read(&ours).unwrap().status, Status::Succeeded, "{ours}");
    }
    for other in [
        r#","order_tracking_id":"another""#.to_owned(),
        r#","OrderTrackingId":"another""#.to_owned(),
        format!(r#","order_tracking_id":"another","order_tracking_id":"{asked}""#),
        r#","call_back_url":"https://shop.example/?OrderTrackingId=another""#.to_owned(),
    ] {
        assert_eq!(read(&other).unwrap_err(), "INVALID_RESPONSE", "{other}");
    }
}

#[test]
fn an_ipn_is_read_as_a_query_a_form_or_json_in_any_case() {
    let read = |body: &str| pesapal().callback(&body.into());
    for body in [
        r#"{"OrderTrackingId":"t1","OrderMerchantReference":"A-1","OrderNotificationType":"IPNCHANGE"}"#,
        r#"{"orderTrackingId":" t1 ","orderMerchantReference":"A-1","ordernotificationtype":"IPNCHANGE"}"#,
        "OrderTrackingId=t1&OrderMerchantReference=A-1&OrderNotificationType=IPNCHANGE",
        "?OrderTrackingId=t1&OrderMerchantReference=A%2D1",
    ] {
        let callback = read(body);
        assert!(
            matches!(&callback.proof, Proof::Ask(id) if id == "t1"),
            "{body}"
        );
        assert_eq!(callback.claim.reference.as_deref(), Some("A-1"));
        assert_eq!(
            callback.acknowledgement.unwrap().0,
            r#"{"orderNotificationType":"IPNCHANGE","orderTrackingId":"t1","orderMerchantReference":"A-1","status":200}"#
        );
    }
    let recurring = read(
        r#"{"OrderTrackingId":"t","OrderMerchantReference":"acc","OrderNotificationType":"RECURRING"}"#,
    );
    assert!(
        recurring
            .acknowledgement
            .unwrap()
            .1
            .ends_with(r#""status":500}"#)
    );
    for body in [
        "",
        "null",
        "{}",
        "[]",
        "OrderMerchantReference=A-1",
        r#"{"OrderTrackingId":["a","b"]}"#,
    ] {
        assert!(
            matches!(read(body).proof, Proof::Broken(Reason::Unconfirmed)),
            "{body}"
        );
    }
}

#[test]
fn a_login_answer_that_may_hold_a_token_is_known() {
    for answer in [r#"{"token":"abc"#, r#"{"token":"abc"}"#, r#"abc"#] {
        assert!(super::wire::may_hold_token(answer), "{answer}");
    }
    for answer in [r#"{"token":null}"#, r#"{}"#] {
        assert!(!super::wire::may_hold_token(answer), "{answer}");
    }
}
