use serde_json::Value;

use super::tests::{digests, fields, selcom, text};
use crate::model::callback::{Callback, Incoming, Proof};
use crate::model::expectation::Reason;
use crate::model::json::Object;
use crate::model::payment::{Payment, Status};

#[test]
fn a_webhook_is_verified_in_any_form_of_time_and_order_and_no_wrong_one_is() {
    let digests = digests();
    let rows = digests["signed"].as_array().unwrap();
    let webhook = |row: &Value, digest: &str| {
        let fields = fields(row);
        let names: Vec<_> = fields.iter().map(|(name, _)| name.clone()).collect();
        let mut body = Object::default();
        fields.iter().for_each(|(n, v)| body.set_string(n, v));
        let headers = [
            ("digest", digest.to_owned()),
            ("timestamp", text(&row["timestamp"]).to_owned()),
            ("signed-fields", names.join(",")),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value));
        let body = body.text();
        let whole = Incoming::Whole {
            body: &body,
            headers: &headers,
        };
        selcom(&[]).callback(&whole).proof
    };
    for row in rows {
        let proof = webhook(row, text(&row["digest"]));
        assert!(
            !matches!(proof, Proof::Broken(Reason::BadSignature)),
            "{row}"
        );
        for wrong in digests["wrong"].as_array().unwrap() {
            let proof = webhook(row, text(&wrong["digest"]));
            assert!(
                matches!(proof, Proof::Broken(Reason::BadSignature)),
                "{wrong}"
            );
        }
    }
}

fn webhook(body: &str) -> Callback {
    selcom(&[]).callback(&body.into())
}

#[test]
fn a_webhook_only_says_which_order_to_ask_for() {
    let told = r#"{"result":"SUCCESS","resultcode":"000","order_id":"ORD-1001","transid":"AB1","reference":"0289999288","channel":"TIGOPESATZ","amount":"1500","phone":"255712345678","payment_status":"COMPLETED"}"#;
    for body in [told, &told.replace("resultcode", "resulcode")] {
        let Callback { claim, proof, .. } = webhook(body);
        assert!(matches!(proof, Proof::Ask(asked) if asked == "ORD-1001"));
        let Payment {
            status,
            receipt,
            transaction_id,
            ..
        } = claim;
        assert_eq!((status, transaction_id), (Status::Succeeded, None));
        assert_eq!(receipt.as_deref(), Some("AB1"));
    }
    let failed = told.replace("\"000\"", "\"999\"");
    assert_eq!(webhook(&failed).claim.status, Status::Unknown);
    let with = |headers: &[(&str, &str)]| {
        let headers: Vec<_> = headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let headers = &headers;
        selcom(&[])
            .callback(&Incoming::Whole {
                body: told,
                headers,
            })
            .proof
    };
    for (method, asks) in [
        ("RS256", true),
        ("rs256", true),
        ("HS256", false),
        ("HS512", false),
        ("none", false),
    ] {
        let headers = [
            ("digest", "AAAA"),
            ("digest-method", method),
            ("timestamp", "x"),
            ("signed-fields", "transid"),
        ];
        for headers in [&headers[..], &headers[1..]] {
            let proof = with(headers);
            let is = match asks {
                true => matches!(proof, Proof::Ask(_)),
                false => matches!(proof, Proof::Broken(Reason::BadSignature)),
            };
            assert!(is, "{method}");
        }
    }
    for nothing in ["", "[]", "{}", r#"{"order_id":""}"#, r#"{"transid":"AB1"}"#] {
        let proof = webhook(nothing).proof;
        assert!(
            matches!(proof, Proof::Broken(Reason::Unconfirmed)),
            "{nothing}"
        );
    }
}
