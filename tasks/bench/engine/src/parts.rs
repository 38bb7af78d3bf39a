//! The pure parts of a payment and of a callback, set up so that one call is one unit of work. Criterion
//! times them and the guard counts their instructions.

use std::hint::black_box;

use finconnect::config::Options;
use finconnect::model::callback::Proof;
use finconnect::model::error::Error;
use finconnect::model::operation::{Input, Operation, Output};
use finconnect::model::secret::Secret;
use finconnect::model::signature::PublicKeys;
use finconnect::provider::{Call, Gateway, KeySource, Reading, registry};

const ORDER: &str = r#"{"accountNumber":"255712345678","amount":"1000","currency":"TZS","externalId":"ORDER-1","provider":"Mpesa","additionalProperties":{"cart":"7","note":"Chai ya asubuhi"}}"#;
const PUSH: &str = r#"{"amount":"10000","currency":"TZS","orderReference":"ORD-1","phoneNumber":"255712345678","fetchSenderDetails":true}"#;
const CHECKOUT: &str = r#"{"id":"ORDER-001","currency":"KES","amount":1500,"description":"Payment for order ORDER-001","callback_url":"https://shop.example/callback","billing_address":{"email_address":"customer@example.com","phone_number":"0712345678","country_code":"KE","first_name":"Jane","last_name":"Doe"}}"#;
const ACCEPTED: &str = r#"{"success":true,"transactionId":"00000000000000000000000000000001","message":"Your request has been received and is being processed.","messageCode":0}"#;
const VECTORS: &str = include_str!("../../../../__test__/fixtures/azampay_callbacks.json");

const AZAMPAY: &[(&str, &str)] = &[
    ("AZAMPAY_APP_NAME", "bench"),
    ("AZAMPAY_CONSUMER_KEY", "bench-id"),
    ("AZAMPAY_CONSUMER_SECRET", "bench-secret"),
];

/// A named unit of work.
pub type Part = (&'static str, Box<dyn Fn()>);

/// Every part. A fault in the set-up is a broken bench, so it ends the program.
pub fn all() -> Vec<Part> {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).expect("fixtures");
    let text = |name: &str| vectors[name].as_str().expect("fixtures").to_owned();
    let callback = vectors["callback_valid"].to_string();
    let public_key = text("publicKeyPem");
    let with_key = [AZAMPAY, &[("AZAMPAY_PUBLIC_KEY", public_key.as_str())]].concat();
    let azampay = gateway("azampay", &with_key);
    let clickpesa = gateway(
        "clickpesa",
        &[
            ("CLICKPESA_CLIENT_ID", "bench-id"),
            ("CLICKPESA_API_KEY", "bench-key"),
            ("CLICKPESA_CHECKSUM_KEY", "bench-checksum-key"),
        ],
    );
    let pesapal = gateway(
        "pesapal",
        &[
            ("PESAPAL_CONSUMER_KEY", "bench-key"),
            ("PESAPAL_CONSUMER_SECRET", "bench-secret"),
        ],
    );
    let read = pay(azampay.as_ref(), ORDER, None).expect("a payment").read;
    let KeySource::Configured(key) = azampay.key_source() else {
        panic!("a configured key");
    };
    assert!(matches!(read(ACCEPTED), Reading::Success(_)));
    assert!(is_genuine(azampay.as_ref(), &callback, &key));
    vec![
        ("build request", {
            Box::new(move || drop(black_box(pay(azampay.as_ref(), black_box(ORDER), None))))
        }),
        (
            "read answer",
            Box::new(move || drop(black_box(read(black_box(ACCEPTED))))),
        ),
        ("merge", {
            let id = Some("fe078e53-78da-4a83-aa89-e7ded5c456e6");
            Box::new(move || {
                drop(black_box(pay(
                    pesapal.as_ref(),
                    black_box(CHECKOUT),
                    black_box(id),
                )))
            })
        }),
        (
            "checksum",
            Box::new(move || drop(black_box(pay(clickpesa.as_ref(), black_box(PUSH), None)))),
        ),
        ("verify", {
            let azampay = gateway("azampay", AZAMPAY);
            Box::new(move || {
                black_box(is_genuine(azampay.as_ref(), black_box(&callback), &key));
            })
        }),
    ]
}

fn is_genuine(gateway: &dyn Gateway, callback: &str, keys: &PublicKeys) -> bool {
    match gateway.callback(&callback.into()).proof {
        Proof::Signature(signed) => signed.is_signed_by(keys),
        _ => false,
    }
}

fn pay(gateway: &dyn Gateway, payment: &str, ipn_id: Option<&str>) -> Result<Call<Output>, Error> {
    let input = Input::default()
        .with("paymentData", payment.to_owned())
        .with("ipnId", ipn_id.map(str::to_owned));
    gateway.make(Operation::Pay, &input)
}

fn gateway(name: &str, config: &[(&'static str, &str)]) -> Box<dyn Gateway> {
    let mut options = Options::default();
    options
        .config
        .insert("baseUrl", Secret::new("https://gateway.example"));
    for (key, value) in config {
        options.config.insert(key, Secret::new(*value));
    }
    let entry = registry::find(name).expect("a gateway");
    entry.gateway(&options).expect("a configuration")
}
