//! Masks: at most eight digits of an account are ever shown. Numbers: what is one has one form, and keeps it.

use crate::model::country::Country;
use crate::model::numbering::{DIGITS, country_of, normalize};
use crate::model::operator::{Operator, guess};
use crate::model::phone::{mask, mask_within};

use super::digits;

const LONGEST_RUN: usize = 8;

pub fn holds(text: &str) {
    masked(text);
    let countries = Country::ALL.map(Some);
    countries
        .into_iter()
        .for_each(|country| numbered(text, country));
    numbered(text, None);
    if let Some(operator) = Operator::from_name(text) {
        assert_eq!(Operator::from_name(operator.name()), Some(operator));
    }
}

/// What is taken for a number of that country is one, whoever reads it again.
fn numbered(text: &str, country: Option<Country>) {
    let number = match normalize(text, country) {
        Ok(number) => number,
        Err(why) => return assert!(longest_run(&why) <= 4, "{text:?}: {why}"),
    };
    assert_eq!(digits(&number), number.len(), "{text:?}: {number}");
    let (of, national) = country_of(&number).expect("a country of the table");
    assert_eq!(national.len(), DIGITS, "{text:?}: {number}");
    assert_eq!(country.unwrap_or(of), of, "{text:?}: {number}");
    for again in [&number, &format!("+{number}"), &format!("00{number}")] {
        assert_eq!(normalize(again, country).as_ref(), Ok(&number));
    }
    assert_eq!(normalize(national, Some(of)), Ok(number.clone()));
    assert!(guess(&number).is_none_or(|(_, country)| country == of));
}

fn masked(text: &str) {
    let account = mask(text);
    assert!(digits(&account) <= 8, "{text:?}: {account}");
    assert!(
        account == "****" || account.len() == 12,
        "{text:?}: {account}"
    );
    assert!(account.contains("****") && account.chars().all(|c| c == '*' || c.is_ascii_digit()));
    let whole: String = text.chars().filter(char::is_ascii_digit).collect();
    if let Some((head, tail)) = account.split_once("****") {
        assert!(whole.starts_with(head) && whole.ends_with(tail));
    }

    let shown = mask_within(text);
    assert!(longest_run(&shown) <= LONGEST_RUN, "{text:?}: {shown}");
    if longest_run(text) <= LONGEST_RUN {
        assert_eq!(shown, text);
    }
    let rest = |text: &str| text.replace(|c: char| c.is_ascii_digit() || c == '*', "");
    assert_eq!(rest(&shown), rest(text));
    assert_eq!(mask_within(&shown), shown);
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.map(str::len).max().unwrap_or(0)
}
