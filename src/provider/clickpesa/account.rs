//! What ClickPesa tells of the merchant's account and of currencies.
#![forbid(unsafe_code)]

use crate::model::error::Error;
use crate::model::json::{Object, elements};
use crate::model::operation::Input;
use crate::provider::Reading;

/// The query that asks for the rates of the `source` or the `target` that is named, or of all currencies.
pub fn rates_query(input: &Input) -> Result<String, Error> {
    let named = ["source", "target"].map(|name| (name, input.get(name)));
    let given = named
        .iter()
        .filter_map(|(name, currency)| Some((*name, (*currency)?)));
    let wrong: Vec<_> = given
        .clone()
        .filter(|(_, text)| !is_currency(text))
        .map(|(name, _)| name)
        .collect();
    if !wrong.is_empty() {
        return Err(Error::invalid_request(format!(
            "{} must be three capital letters (ISO 4217), such as TZS. Nothing was sent.",
            wrong.join(" and ")
        )));
    }
    let pairs: Vec<_> = given.map(|(name, text)| format!("{name}={text}")).collect();
    Ok(match pairs.is_empty() {
        true => String::new(),
        false => format!("?{}", pairs.join("&")),
    })
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A list of rates, which may be empty.
pub fn rates(text: &str) -> Reading<String> {
    match elements(text) {
        Some(rows) if rows.iter().all(|row| is_rate(row)) => Reading::Success(text.to_owned()),
        Some(_) => Reading::Unreadable("a list that holds more than exchange rates"),
        None => Reading::Unreadable("an answer that is no list of exchange rates"),
    }
}

fn is_rate(row: &str) -> bool {
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    Object::parse(row).is_some_and(|rate| {
        ["source", "target"]
            .iter()
            .all(|name| rate.filled(name).is_some())
            && rate.get("rate").is_some_and(is_number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::operation::{Operation, Output};
    use crate::provider::Call;
    use crate::provider::clickpesa::ENTRY;
    use crate::testing::gateway;

    fn asked(source: Option<&str>, target: Option<&str>) -> Result<Call<Output>, Error> {
        let input = Input::default()
            .with("source", source.map(str::to_owned))
            .with("target", target.map(str::to_owned));
        gateway(&ENTRY, &[])
            .unwrap()
            .make(Operation::ExchangeRates, &input)
    }

    #[test]
    fn only_the_currencies_that_are_named_are_asked_for() {
        for (source, target, query) in [
            (None, None, ""),
            (Some("USD"), None, "?source=USD"),
            (None, Some("TZS"), "?target=TZS"),
            (Some("USD"), Some("TZS"), "?source=USD&target=TZS"),
        ] {
            let url = asked(source, target).unwrap().request.url;
            let path = "https://gateway.example/third-parties/exchange-rates/all";
            assert_eq!(url, format!("{path}{query}"));
        }
    }

    #[test]
    fn what_is_no_currency_is_refused_by_name() {
        for (source, target, names) in [
            (Some("usd"), None, "source"),
            (None, Some("TZS&x=1"), "target"),
            (Some(""), Some("SHILLING"), "source and target"),
        ] {
            let message = asked(source, target).err().unwrap().message;
            assert!(
                message.starts_with(&format!("{names} must be ")),
                "{message}"
            );
        }
    }

    #[test]
    fn a_list_of_rates_is_given_as_it_came() {
        let read = asked(None, None).unwrap().read;
        let rates = r#"[{"source":"USD","target":"TZS","rate":2510,"date":"2026-02-28"}]"#;
        for text in ["[]", rates] {
            match read(text) {
                Reading::Success(answer) => assert_eq!(answer, Output::Answer(text.to_owned())),
                other => panic!("{other:?}"),
            }
        }
        for text in [
            "",
            "null",
            "{}",
            r#"{"message":"Unauthorized"}"#,
            "[1]",
            r#"[{"source":"USD","target":"TZS"}]"#,
            r#"[{"source":"USD","target":"TZS","rate":"many"}]"#,
        ] {
            assert!(matches!(read(text), Reading::Unreadable(_)), "{text}");
        }
    }
}
