//! The body merge: setting a member changes nothing else, by the semantics of a JSON reader of its own.

use crate::model::json::{Object, decode_string, elements, quote, strings};
use crate::provider::clickpesa::canonical::canonical;
use serde_json::Value;

use super::{is_json, value};

/// `text` is any text, `name` and `member` what is set in it.
pub fn holds(text: &str, name: &str, member: &str) {
    strings_agree(text);
    let Some(object) = Object::parse(text) else {
        assert!(!matches!(value(text), Some(Value::Object(_))), "{text}");
        return;
    };
    assert!(is_json(text));
    let reference = value(text);
    let written = object.text();
    assert_eq!(
        members(&object),
        members(&Object::parse(&written).expect("an object"))
    );
    assert_eq!(value(&written), reference);
    if !text.contains([' ', '\t', '\n', '\r']) {
        assert_eq!(written, text);
    }
    setting_changes_one(&object, &reference, name, member);
    removing_removes_one(&object, &reference, name);
    canonical_is_one_form(&object, &reference);
}

fn setting_changes_one(object: &Object<'_>, reference: &Option<Value>, name: &str, member: &str) {
    let mut set = object.clone();
    set.set_string(name, member);
    let text = set.text();
    assert_eq!(set.string(name).as_deref(), Some(member));
    let read = Object::parse(&text).expect("still an object");
    assert_eq!(read.string(name).as_deref(), Some(member), "{text}");
    assert_eq!(others(&read, name), others(object, name));
    let place = |object: &Object<'_>| object.members().position(|(key, _)| key == name);
    match place(object) {
        Some(at) => assert_eq!(place(&read), Some(at)),
        None => assert_eq!(place(&read), Some(object.members().count())),
    }
    if let Some(Value::Object(mut members)) = reference.clone() {
        members.insert(name.to_owned(), member.into());
        assert_eq!(value(&text), Some(Value::Object(members)), "{text}");
    }
}

fn removing_removes_one(object: &Object<'_>, reference: &Option<Value>, name: &str) {
    let mut less = object.clone();
    less.remove(name);
    assert_eq!(less.get(name), None);
    assert_eq!(others(&less, name), others(object, name));
    if let Some(Value::Object(mut members)) = reference.clone() {
        members.remove(name);
        assert_eq!(value(&less.text()), Some(Value::Object(members)));
    }
}

fn canonical_is_one_form(object: &Object<'_>, reference: &Option<Value>) {
    let Some(one) = canonical(object, &[]) else {
        return;
    };
    let again = Object::parse(&one).expect("still an object");
    assert_eq!(canonical(&again, &[]).as_ref(), Some(&one));
    if reference.is_some() {
        assert_eq!(&value(&one), reference);
    }
}

/// Every string and array reader agrees with the reference where that reads at all.
fn strings_agree(text: &str) {
    let decoded = decode_string(text);
    let reference = value(text);
    if let Some(Value::String(string)) = &reference
        && text.starts_with('"')
    {
        assert_eq!(decoded.as_ref(), Some(string));
    }
    assert_eq!(decode_string(&quote(text)).as_deref(), Some(text));
    match (elements(text), &reference) {
        (Some(found), Some(Value::Array(values))) => {
            let read: Vec<_> = found.into_iter().filter_map(value).collect();
            assert_eq!(&read, values);
            let only: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            assert_eq!(strings(text).as_deref().unwrap_or_default(), only);
        }
        (_, None) => {}
        (found, Some(reference)) => assert!(found.is_none() && !reference.is_array(), "{text}"),
    }
}

type Members = Vec<(String, String)>;

fn members(object: &Object<'_>) -> Members {
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    object.members().map(owned).collect()
}

fn others(object: &Object<'_>, name: &str) -> Members {
    let mut others = members(object);
    others.retain(|(key, _)| key != name);
    others
}
