//! What the gateways' folders share: reading answers and checking what goes out.
#![forbid(unsafe_code)]

use crate::model::error::{Code, Error};
use crate::model::json::{Object, decode_string, elements};
use crate::model::secret::Secret;

use super::{Lifetime, Login, Reading};

/// An answer must be a JSON object to be read further.
pub fn with_object<T>(text: &str, read: impl FnOnce(&Object<'_>) -> Reading<T>) -> Reading<T> {
    match Object::parse(text) {
        Some(object) => read(&object),
        None if text.trim().is_empty() => Reading::Unreadable("an empty answer"),
        None => Reading::Unreadable("an answer that is not the expected JSON"),
    }
}

/// A string, number or boolean member as text, or what its list says.
pub fn said(object: &Object<'_>, name: &str) -> Option<String> {
    object
        .scalar(name)
        .or_else(|| repeated(object.get(name)?, 1))
}

/// The one text that every element of a list is, `least` of them: frameworks give a repeated query parameter so.
pub fn repeated(list: &str, least: usize) -> Option<String> {
    let texts = elements(list)?;
    let first = decode_string(texts.first()?)?;
    let are_equal = texts
        .iter()
        .all(|text| decode_string(text).as_ref() == Some(&first));
    (are_equal && texts.len() >= least).then_some(first)
}

/// Encodes `text` for a path or a query.
pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// A query; empty without pairs.
pub fn query_of(pairs: &[(&str, String)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    let pairs: Vec<_> = pairs.collect();
    match pairs.is_empty() {
        true => String::new(),
        false => format!("?{}", pairs.join("&")),
    }
}

/// Checks a reference that is asked for in a query.
pub fn reference_of(reference: &str) -> Result<&str, Error> {
    checked("reference", reference)
}

/// Checks an id that is passed as the argument `name`.
pub fn checked<'a>(name: &str, id: &'a str) -> Result<&'a str, Error> {
    let reference = id.trim();
    let rule = |rule: &str| {
        let message = format!("{name} must be a string of {rule}. Nothing was sent.");
        Err(Error::invalid_request(message))
    };
    if reference.is_empty() || reference.len() > MAX_REFERENCE {
        return rule(&format!("1 to {MAX_REFERENCE} characters"));
    }
    // What JavaScript cannot write as UTF-8, a lone surrogate, has become this character.
    if reference.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return rule("characters that can be printed");
    }
    Ok(reference)
}

/// Checks a reference that becomes a part of a path. Servers and proxies decode it more than once and take dots for
/// steps, so that nothing but a plain name goes there.
pub fn segment_of(reference: &str) -> Result<&str, Error> {
    let reference = reference_of(reference)?;
    let is_step = !reference.contains(char::is_alphanumeric);
    if is_step || reference.contains(['/', '\\', '?', '#', '%', ';']) {
        return Err(Error::invalid_request(
            "reference must hold a letter or a digit, and none of / \\ ? # % ; because it becomes a part \
             of a URL's path. Nothing was sent.",
        ));
    }
    Ok(reference)
}

/// Checks a reference that is looked up by, and may have gone out as another that was made from it: a plain name, or
/// plain names with slashes between them, as invoices have. Those can be no part of a path.
pub fn name_of(reference: &str) -> Result<&str, Error> {
    let reference = reference_of(reference)?;
    let is_plain = |part: &str| segment_of(part).is_ok() && !part.contains("..");
    match reference.contains('/') && reference.split('/').all(is_plain) {
        true => Ok(reference),
        false => segment_of(reference),
    }
}

/// No gateway gives or takes a longer one.
pub const MAX_REFERENCE: usize = 128;

/// Reads an id or a link; `None` for words such as "null", which gateways write when they have none.
pub fn id_of(body: &Object<'_>, name: &str) -> Option<String> {
    body.scalar(name).filter(|text| {
        let text = text.trim();
        let nothings = ["null", "undefined", "none", "false", "true"];
        let is_nothing = nothings
            .iter()
            .any(|nothing| text.eq_ignore_ascii_case(nothing));
        !is_nothing && !text.chars().all(|c| matches!(c, '0' | '-'))
    })
}

/// A payment body must be a JSON object.
pub fn payment_object(payment: &str) -> Result<Object<'_>, Error> {
    Object::parse(payment)
        .ok_or_else(|| Error::invalid_request("paymentData must be an object. Nothing was sent."))
}

/// A token that a header can carry.
pub fn logged_in(authorization: &str, lifetime: Lifetime) -> Reading<Login> {
    if !is_visible(authorization) {
        return Reading::Unreadable("a token that no header can carry");
    }
    Reading::Success(Login {
        authorization: Secret::new(authorization),
        lifetime,
    })
}

/// Whether the answer to a login may hold a token, which `token_of` looks for. An answer that cannot be read may hold
/// half of one.
pub fn may_hold(answer: &str, token_of: impl Fn(&Object<'_>) -> Option<String>) -> bool {
    Object::parse(answer).is_none_or(|answer| token_of(&answer).is_some())
}

pub fn is_visible(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// A credential that travels in a header must be visible ASCII.
pub fn header_safe(key: &str, secret: Secret) -> Result<Secret, Error> {
    if is_visible(secret.reveal()) {
        return Ok(secret);
    }
    Err(Error::new(
        Code::InvalidConfig,
        format!("Invalid configuration: {key} must hold visible ASCII characters only."),
    ))
}
