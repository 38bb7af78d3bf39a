//! What JavaScript asks of a value alone, without a gateway: telephone numbers and amounts.

use napi::bindgen_prelude::{Object, Unknown};
use napi::{Env, JsValue};
use napi_derive::napi;

use crate::model::country::Country;
use crate::model::error::Error;
use crate::model::json;
use crate::model::money;
use crate::model::names;
use crate::model::numbering;
use crate::model::operator;

use super::environment::Environment;
use super::js::{Js, Thrown, Value, ValueKind};
use super::not_started::{NotStarted, unreadable};

/// The digits that gateways want of a mobile number.
#[napi(skip_typescript, catch_unwind)]
pub fn normalize_phone(env: Env, phone: Unknown, country: Unknown) -> napi::Result<String> {
    let js = Js::new(env.raw());
    normalized(js, phone.raw(), country.raw()).map_err(|why| thrown(js, "normalizePhone", why))
}

/// Whose a number was when it was given out; `null` of what is no number with calling code.
#[napi(skip_typescript, catch_unwind)]
pub fn guess_operator<'env>(env: &'env Env, phone: Unknown) -> napi::Result<Option<Object<'env>>> {
    let js = Js::new(env.raw());
    let text = match js.kind(phone.raw()) {
        ValueKind::String => js.text(phone.raw()).ok(),
        _ => None,
    };
    let digits = text.and_then(|text| numbering::normalize(&text, None).ok());
    let Some((operator, country)) = digits.and_then(|digits| operator::guess(&digits)) else {
        return Ok(None);
    };
    let mut guess = Object::new(env)?;
    guess.set("name", operator.name())?;
    guess.set("country", country.code())?;
    guess.set("guessed", true)?;
    Ok(Some(guess))
}

/// An amount that is to be paid as decimal text.
#[napi(skip_typescript, catch_unwind)]
pub fn parse_amount(env: Env, value: Unknown, currency: Unknown) -> napi::Result<String> {
    let js = Js::new(env.raw());
    amount(js, value.raw(), currency.raw()).map_err(|why| thrown(js, "parseAmount", why))
}

fn normalized(js: Js, phone: Value, country: Value) -> Result<String, NotStarted> {
    let text = match js.kind(phone) {
        ValueKind::String => js.text(phone)?,
        ValueKind::Number => {
            return Err(refused(
                "phone must be a string, for a number has lost its leading zeros",
            ));
        }
        _ => return Err(refused("phone must be a string")),
    };
    let country = match js.kind(country) {
        ValueKind::Nullish => None,
        ValueKind::String => {
            let code = js.text(country)?;
            let known = Country::from_code(&code);
            Some(known.ok_or_else(|| {
                refused(&names::unknown(
                    "country is",
                    &code,
                    &Country::ALL.map(Country::code),
                ))
            })?)
        }
        _ => return Err(refused("country must be a string such as TZ")),
    };
    numbering::normalize(&text, country).map_err(|why| {
        let more = match why.starts_with(numbering::NO_CODE) {
            true => ", or give its country",
            false => "",
        };
        refused(&format!("phone {why}{more}"))
    })
}

fn amount(js: Js, value: Value, currency: Value) -> Result<String, NotStarted> {
    let value = match js.kind(value) {
        ValueKind::String => json::quote(&js.text(value)?),
        ValueKind::Number => js.text(value)?,
        ValueKind::Other => {
            json::quote(&js.text(value).map_err(|why| unreadable(js, "value", why))?)
        }
        ValueKind::Object => {
            let environment = Environment::of(js).ok_or(Thrown(None))?;
            let text = environment.stringify_with_bigints(js, value);
            let text = text.map_err(|why| unreadable(js, "value", why))?;
            text.unwrap_or_default()
        }
        ValueKind::Nullish => String::new(),
        ValueKind::Boolean | ValueKind::Function => "true".to_owned(),
    };
    let currency = match js.kind(currency) {
        ValueKind::String => js.text(currency)?,
        ValueKind::Nullish => {
            let object = json::Object::parse(&value);
            object
                .and_then(|object| object.string("currency"))
                .unwrap_or_default()
        }
        _ => return Err(refused("currency must be a string such as TZS")),
    };
    money::parse_amount(&value, &currency).map_err(|why| refused(&format!("value {why}")))
}

fn refused(rule: &str) -> NotStarted {
    Error::invalid_request(rule).into()
}

/// Throws why `function` has no answer.
fn thrown(js: Js, function: &'static str, mut why: NotStarted) -> napi::Error {
    if let NotStarted::Because { error, .. } = &mut why {
        error.message = format!("{function} failed: {}", error.message);
    }
    why.throw(js, function)
}
