//! Whether an answer names the payment that was asked for, or another one.
#![forbid(unsafe_code)]

use std::borrow::Cow;

use crate::model::json::{self, Object};
use crate::provider::{Call, Gateway};

/// The merchant's own reference of the payment that `call` asks for.
fn reference_of<T>(gateway: &dyn Gateway, call: &Call<T>) -> Option<String> {
    let body = Object::parse(call.request.body.as_ref()?.reveal())?;
    gateway.facts().reference_in(&body)
}

/// Whether some member of an answer is the merchant's own reference of the payment that was asked for.
pub fn holds_reference<T>(gateway: &dyn Gateway, call: &Call<T>, text: &str) -> bool {
    reference_of(gateway, call)
        .is_some_and(|own| own.len() >= SHORTEST_WORD && text.contains(&json::quote(&own)))
}

/// Whether an answer tells another reference than the one that was sent.
pub fn is_of_another<T>(gateway: &dyn Gateway, call: &Call<T>, text: &str) -> bool {
    let answer = Object::parse(text).unwrap_or_default();
    let told = gateway.facts().reference_in(&answer);
    told.is_some() && told != reference_of(gateway, call)
}

/// Whether an answer names the merchant's own reference of the payment that was asked for, anywhere in its words.
pub fn names_payment<T>(gateway: &dyn Gateway, call: &Call<T>, text: &str) -> bool {
    reference_of(gateway, call).is_some_and(|own| names_word(text, &own))
}

/// Anything shorter is found in any text.
const SHORTEST_WORD: usize = 4;

/// Whether `text` holds `word` between other characters than letters and digits.
fn names_word(text: &str, word: &str) -> bool {
    let ends = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    word.len() >= SHORTEST_WORD
        && text.match_indices(word).any(|(at, _)| {
            let (before, from) = text.split_at(at);
            let after = from.strip_prefix(word).unwrap_or_default();
            ends(before.chars().next_back()) && ends(after.chars().next())
        })
}

/// An answer without what says which one it is, which says nothing of a payment.
pub fn unechoed<'a>(gateway: &dyn Gateway, text: &'a str) -> Cow<'a, str> {
    let echoes = gateway.facts().echoes;
    if echoes.is_empty() {
        return text.into();
    }
    Object::parse(text).map_or(text.into(), |mut answer| {
        echoes.iter().for_each(|name| answer.remove(name));
        answer.text().into()
    })
}
