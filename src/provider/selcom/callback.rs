//! Selcom's webhook. Real deliveries carry no signature, so that one only says which order to ask for. The documented
//! digest, where one comes, must be right; it covers neither the amount nor the payer, so that Selcom is asked all the
//! same.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use crate::model::callback::{Callback, Proof};
use crate::model::expectation::Reason;
use crate::model::json::Object;
use crate::model::payment::{Payment, Raw, Status};
use crate::provider::read::id_of;

use super::row;
use super::signing::{Field, Signing, signed, text_of};
use super::wire::{self, Told};

pub fn read(body: &str, headers: &[(String, String)], signing: &Signing) -> Callback {
    let webhook = Object::parse(body).unwrap_or_default();
    let claim = claim(&webhook);
    let proof = match &claim.reference {
        _ if !agrees(&webhook, headers, signing) => Proof::Broken(Reason::BadSignature),
        Some(reference) => Proof::Ask(reference.clone()),
        None => Proof::Broken(Reason::Unconfirmed),
    };
    Callback {
        claim,
        proof,
        // What Selcom then tells is the identity: which order it is, and where that stands.
        identity: Vec::new(),
        signature: String::new(),
        acknowledgement: None,
    }
}

fn claim(webhook: &Object<'_>) -> Payment {
    let told = row::payment(webhook, "");
    let denied = wire::code(webhook).is_some() && wire::told(webhook) != Some(Told::Done);
    Payment {
        // Selcom may call an order by a number.
        reference: id_of(webhook, "order_id"),
        status: match told.status {
            Status::Succeeded if denied => Status::Unknown,
            status => status,
        },
        // It names none.
        currency: None,
        receipt: id_of(webhook, "transid"),
        raw: match webhook.is_empty() {
            true => Raw::Untold,
            false => Raw::Callback,
        },
        ..told
    }
}

/// Whether a webhook's digest is right, or it carries none. Selcom publishes no key by which one of RSA could be
/// checked: that says nothing.
fn agrees(webhook: &Object<'_>, headers: &[(String, String)], signing: &Signing) -> bool {
    // One that holds commas may come as several.
    let all = |name: &'static str| {
        let of = headers.iter().filter(move |(known, _)| known == name);
        of.flat_map(|(_, value)| value.split(',')).map(str::trim)
    };
    let header = |name| all(name).next();
    let method = header("digest-method");
    if ["digest", "digest-method", "signed-fields"]
        .iter()
        .all(|name| header(name).is_none())
    {
        return true;
    }
    match method.unwrap_or("HS256").to_ascii_uppercase().as_str() {
        "HS256" if header("digest").is_some() => {}
        "RS256" => return true,
        _ => return false,
    }
    // Found by name at once, however many there are.
    let members: HashMap<_, _> = webhook.members().collect();
    let field =
        |name: &str| -> Option<Field> { Some((name.to_owned(), text_of(members.get(name)?)?)) };
    let fields: Option<Vec<_>> = all("signed-fields").map(field).collect();
    match (header("timestamp"), fields) {
        (Some(timestamp), Some(fields)) => {
            let text = signed(timestamp, &fields);
            all("digest").all(|digest| signing.is_digest(digest, &text))
        }
        _ => false,
    }
}
