//! Key parsing: total, silent about what it was given, and the same by every way a key comes in.

use crate::model::callback::Proof;
use crate::model::json::quote;
use crate::model::signature::PublicKeys;
use crate::provider::{KeySource, Reading};

use super::{azampay, try_gateway};

pub fn holds(text: &str) {
    let configured = try_gateway("azampay", &[("AZAMPAY_PUBLIC_KEY", text)]);
    let answered = fetched(&format!(r#"{{"publicKey":{}}}"#, quote(text)));
    match &configured {
        Ok(gateway) => {
            // What is blank counts as not configured.
            let KeySource::Configured(key) = gateway.key_source() else {
                assert!(!text.contains(|c: char| c.is_ascii_graphic()));
                return;
            };
            assert_eq!(answered.as_ref(), Some(&key));
            signs_nothing(&key);
        }
        Err(message) => {
            assert!(message.starts_with(
                "Invalid configuration: AZAMPAY_PUBLIC_KEY is not usable: a key that "
            ));
            // Of several, an answer may hold some that can be used; each of them can be used alone.
            assert!(answered.is_none() || parts(text).any(is_usable), "{text}");
        }
    }
    // As the whole answer, which may also be JSON of another shape.
    if let Some(key) = fetched(text) {
        signs_nothing(&key);
    }
}

/// The keys that stand in a text one after the other: between blanks or commas, or by their own frames.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let between = text.split(|c: char| c.is_whitespace() || c == ',');
    let framed = ["-----BEGIN ", "<RSAKeyValue"]
        .into_iter()
        .flat_map(|start| {
            let starts = text.match_indices(start).map(|(at, _)| at);
            let ends = text.match_indices(start).map(|(at, _)| at).skip(1);
            starts
                .zip(ends.chain([text.len()]))
                .filter_map(|(start, end)| text.get(start..end))
        });
    between.chain(framed)
}

fn is_usable(text: &str) -> bool {
    try_gateway("azampay", &[("AZAMPAY_PUBLIC_KEY", text)])
        .is_ok_and(|gateway| matches!(gateway.key_source(), KeySource::Configured(_)))
}

/// What every place that is asked for the key makes of the answer.
pub fn fetched(answer: &str) -> Option<PublicKeys> {
    let KeySource::Fetched(calls) = azampay().key_source() else {
        panic!("no key is configured");
    };
    let [one, two]: [Option<PublicKeys>; 2] = calls
        .into_iter()
        .map(|call| match (call.read)(answer) {
            Reading::Success(key) => Some(key),
            Reading::Unreadable(why) => {
                assert!(why.starts_with("a key that ") || why == "an answer without a key");
                None
            }
            _ => panic!("a key is read or not"),
        })
        .collect::<Vec<_>>()
        .try_into()
        .expect("two places");
    assert_eq!(one, two);
    one
}

/// A made-up signature does not verify, whatever the key, and no key makes verifying panic.
fn signs_nothing(key: &PublicKeys) {
    for length in [256, 384, 512] {
        let base64 = "A".repeat((length * 4_usize).div_ceil(3));
        let body = format!(r#"{{"utilityref":"x","signature":"{base64}"}}"#);
        match azampay().callback(&body.as_str().into()).proof {
            Proof::Signature(signed) => assert!(!signed.is_signed_by(key)),
            proof => panic!("{proof:?}"),
        }
    }
}
