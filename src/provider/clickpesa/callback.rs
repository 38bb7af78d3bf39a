//! ClickPesa's webhook. Its checksum is optional, and sources disagree on where it stands and how it
//! is made: each known place and method is tried, in the order of how well it is documented.
#![forbid(unsafe_code)]

use crate::expect::Reason;
use crate::json::Object;
use crate::provider::{Callback, Proof};
use crate::secret::Secret;

use super::checksum::{self, Method};
use super::wire;

/// Headers that integrators name; ClickPesa documents none.
const HEADERS: [&str; 2] = ["x-clickpesa-signature", "x-clickpesa-checksum"];

pub fn read(body: &str, headers: &[(String, String)], key: Option<&Secret>) -> Callback {
    let webhook = Object::parse(body).unwrap_or_default();
    let data = webhook.object("data").unwrap_or_default();
    let raw = webhook
        .get("data")
        .filter(|_| !data.is_empty())
        .unwrap_or("null");
    let claim = wire::payment(&data, raw);
    let given = [
        webhook.filled("checksum"),
        data.filled("checksum"),
        header(headers),
    ];
    let mut identity = Vec::new();
    let proof = match key {
        Some(key) if given.iter().any(Option::is_some) => match checked(&webhook, &given, key) {
            Some((method, message)) => {
                // Without separators the legacy text can be cut into other members: it identifies
                // itself. Else the payment does, to which SUCCESS and SETTLED are one success.
                if method == Method::Legacy {
                    identity = message.into_bytes();
                }
                Proof::Checked
            }
            None => Proof::Broken(Reason::BadSignature),
        },
        _ => match claim.reference.clone() {
            Some(reference) => Proof::Ask(reference),
            None => Proof::Broken(Reason::Unconfirmed),
        },
    };
    Callback {
        identity,
        claim,
        proof,
        acknowledgement: None,
    }
}

fn header(headers: &[(String, String)]) -> Option<String> {
    let named = |name: &str| headers.iter().find(|(header, _)| header == name);
    HEADERS
        .iter()
        .find_map(|name| named(name))
        .map(|(_, value)| value.clone())
}

/// What a checksum is made over.
enum Over {
    Body,
    Data,
    EventAndData,
}

/// The first place and method whose checksum is right, and what it signs.
fn checked(
    webhook: &Object<'_>,
    given: &[Option<String>; 3],
    key: &Secret,
) -> Option<(Method, String)> {
    let [in_body, in_data, in_header] = given;
    let places = [
        (in_body, Over::Body),
        (in_data, Over::Data),
        (in_data, Over::EventAndData),
        (in_header, Over::Body),
        (in_header, Over::Data),
    ];
    let tries = [Method::Canonical, Method::Legacy]
        .into_iter()
        .flat_map(|method| places.iter().map(move |place| (method, place)));
    tries.into_iter().find_map(|(method, (given, over))| {
        let message = message(webhook, over, method)?;
        checksum::is(key, &message, given.as_deref()?).then_some((method, message))
    })
}

fn message(webhook: &Object<'_>, over: &Over, method: Method) -> Option<String> {
    let data_text = webhook.get("data");
    match over {
        Over::Body => checksum::message(webhook.clone(), method),
        Over::Data => checksum::message(Object::parse(data_text?)?, method),
        Over::EventAndData => {
            let data = checksum::unsigned(Object::parse(data_text?)?).to_string();
            let mut whole = checksum::unsigned(webhook.clone());
            whole.set("data", data);
            checksum::message(whole, method)
        }
    }
}
