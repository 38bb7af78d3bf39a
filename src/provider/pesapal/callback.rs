//! PesaPal's IPN and browser return: three ids and nothing that proves them. Anyone can send one, so
//! PesaPal itself is asked for the payment.
#![forbid(unsafe_code)]

use super::identity::PROVIDER;
use crate::model::callback::{Callback, Proof};
use crate::model::expectation::Reason;
use crate::model::json::{self, Object};
use crate::model::payment::{Payment, Status};
use crate::provider::read::repeated;

/// Reads a query or a body, as JSON or as a form; keys are compared without regard to case.
pub fn read(body: &str) -> Callback {
    let members = members(body);
    let of = |name: &str| {
        let (_, value) = members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let id = of("OrderTrackingId");
    let reference = of("OrderMerchantReference");
    let kind = of("OrderNotificationType");
    Callback {
        acknowledgement: id.as_ref().map(|id| {
            let text = |text: &Option<String>| json::quote(text.as_deref().unwrap_or_default());
            let kind = json::quote(kind.as_deref().unwrap_or("IPNCHANGE"));
            let answer = |status: u16| {
                format!(
                    r#"{{"orderNotificationType":{kind},"orderTrackingId":{},"orderMerchantReference":{},"status":{status}}}"#,
                    json::quote(id),
                    text(&reference)
                )
            };
            (answer(200), answer(500))
        }),
        proof: id.clone().map_or(Proof::Broken(Reason::Unconfirmed), Proof::Ask),
        // What identifies it comes from PesaPal's own answer.
        identity: Vec::new(),
        signature: String::new(),
        claim: Payment {
            reference,
            transaction_id: id,
            ..Payment::of(PROVIDER, Status::Unknown)
        },
    }
}

fn members(body: &str) -> Vec<(String, String)> {
    match Object::parse(body) {
        Some(object) => object
            .members()
            .filter_map(|(key, value)| {
                let text = json::decode_string(value).or_else(|| repeated(value, 1));
                Some((key.to_owned(), text?))
            })
            .collect(),
        None => {
            let query = body.trim().trim_start_matches('?');
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect()
        }
    }
}
