//! Arguments that gateways accept, for each operation: what is asked of one with them is a request of it.

use crate::model::operation::{Input, Operation, Takes};

/// Config that some operations need beside the credentials.
pub const CONFIG: &[(&str, &str)] = &[
    ("AZAMPAY_SOURCE_ACCOUNT", "1700000001"),
    ("AZAMPAY_SOURCE_NAME", "Duka Ltd"),
    ("SELCOM_PIN", "4321"),
    ("SELCOM_SENDER_ACCOUNT", "1700000001"),
    ("SELCOM_SENDER_NAME", "Duka Ltd"),
    ("SELCOM_SENDER_PHONE", "255712345678"),
];

/// Objects of an operation, at least one of which each gateway that has the operation accepts.
#[rustfmt::skip]
const OBJECTS: &[(Operation, &[&str])] = &[
    (Operation::Pay, &[r#"{"id":"ORDER-1","notification_id":"x"}"#]),
    (Operation::Charge, &[
        r#"{"amount":"1000","currency":"TZS","phone":"0712345678","reference":"ORDER-1","description":"Order 1","operator":"mpesa","callbackUrl":"https://shop.example/back","ipnId":"x"}"#,
    ]),
    (Operation::Preview, &[
        r#"{"for":"charge","amount":"1000","currency":"TZS","reference":"ORDER1","phone":"0712345678"}"#,
        r#"{"for":"card","amount":"10","currency":"USD","reference":"ORDER1"}"#,
        r#"{"for":"payout","amount":"1000","currency":"TZS","reference":"ORDER1","to":{"phone":"0712345678","operator":"mpesa"}}"#,
    ]),
    (Operation::Checkout, &[
        r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","description":"Order 1","customer":{"name":"Asha Juma","email":"asha@example.com"},"returnUrl":"https://shop.example/back","cancelUrl":"https://shop.example/no","ipnId":"x"}"#,
        r#"{"method":"card","amount":"10","currency":"USD","reference":"ORDER-1","customer":{"name":"Asha Juma","email":"asha@example.com","phone":"0712345678"}}"#,
        r#"{"method":"card","amount":"1000","currency":"TZS","reference":"ORDER-1","customer":{"name":"Asha Juma","email":"asha@example.com","phone":"0712345678"},"billing":{"address":"Plot 1","city":"Mwanza","region":"Mwanza","postcode":"33000","country":"TZ"}}"#,
        r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","customer":{"phone":"0712345678"}}"#,
    ]),
    (Operation::PayBank, &[
        r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","bank":"CRDB","accountNumber":"0150000001","phone":"0712345678","otp":"1234"}"#,
    ]),
    (Operation::ListPayments, &["{}", r#"{"startDate":"2026-01-01","endDate":"2026-01-02"}"#]),
    (Operation::Refund, &[
        r#"{"transactionId":"b945e4af-80a5-4ec1-8706-e03f8332fb04","confirmationCode":"AA11BB22","amount":"100","reason":"Not there","requestedBy":"Asha Juma"}"#,
    ]),
    (Operation::Payout, &[
        r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","to":{"phone":"0712345678","operator":"mpesa"},"name":"Asha Juma"}"#,
        r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","to":{"bank":"CORUTZTZ","accountNumber":"1","accountName":"Asha"}}"#,
        r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","to":{"link":true}}"#,
        r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","description":"Salary","to":{"bank":"NMB","accountNumber":"1","accountName":"Asha"}}"#,
    ]),
    (Operation::ListPayouts, &["{}"]),
    (Operation::GetStatement, &[r#"{"currency":"TZS"}"#]),
    (Operation::CreateBill, &["{}"]),
    (Operation::CreateBills, &[r#"[{"amount":"1000"}]"#]),
    (Operation::UpdateBill, &[r#"{"active":false}"#]),
    (Operation::RequestMandate, &["{}"]),
    (Operation::CancelMandate, &["{}"]),
    (Operation::ListCards, &[r#"{"id":"buyer-1","gatewayId":"g-1"}"#]),
    (Operation::DeleteCard, &[r#"{"id":"7","gatewayId":"g-1"}"#]),
];

/// The arguments of an operation: a list of them for each object that it takes.
pub fn examples(operation: Operation) -> Vec<Input> {
    let objects = OBJECTS.iter().find(|(known, _)| *known == operation);
    let objects: &[&str] = objects.map_or(&["{}"], |(_, objects)| objects);
    let one = |object: &&str| {
        let of = |takes: &Takes| match *takes {
            Takes::Json(name) => (name, Some(*object)),
            Takes::Text("url") => ("url", Some("https://shop.example/ipn")),
            Takes::Text(name) | Takes::Extra(name) => (name, Some("ORDER-1")),
            Takes::Optional(name) => (name, None),
        };
        let asked = operation
            .options()
            .iter()
            .filter(|name| **name == "operator");
        let options = asked.map(|name| (*name, Some("mpesa")));
        let arguments = operation.takes().iter().map(of).chain(options);
        arguments.fold(Input::default(), |input, (name, text)| {
            input.with(name, text.map(str::to_owned))
        })
    };
    objects.iter().map(one).collect()
}
