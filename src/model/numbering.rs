//! Mobile numbers of the countries where the gateways work, and the digits that gateways want of them.
#![forbid(unsafe_code)]

mod plans;

use super::country::Country;
use super::phone::mask;
use plans::{PLANS, Plan};

/// Digits of a mobile number after its calling code, in all these countries.
pub const DIGITS: usize = 9;
/// What is dialled in a country before a number of its own.
const TRUNK: char = '0';
/// What `+` stands for, in the countries of this table and in most others.
const ABROAD: &str = "00";
/// The longest text that is read, in characters.
const MAX_TEXT: usize = 64;

/// How [`normalize`] says of a number that nobody can tell whose country's it is.
pub const NO_CODE: &str = "has no calling code";

/// The digits that gateways want of a mobile number as people write it: calling code and number. `country` says whose
/// number it is where it has no calling code. Or why it is none, as a predicate: `is too short …`.
pub fn normalize(text: &str, country: Option<Country>) -> Result<String, String> {
    let Written { digits, plus } = Written::read(text)?;
    let shown = || mask(&digits);
    let (plan, national) = match international(&digits, plus, country) {
        Some(from_abroad) => split(from_abroad).ok_or_else(|| {
            format!(
                "has another calling code than {} ({})",
                known_codes(),
                shown()
            )
        })?,
        None => {
            let plan = country.and_then(plan_of).ok_or_else(|| {
                format!(
                    "{NO_CODE}: write it with one, such as +255 for Tanzania ({})",
                    shown()
                )
            })?;
            (plan, digits.as_str())
        }
    };
    let national = national.strip_prefix(TRUNK).unwrap_or(national);
    let (name, code) = (plan.country.name(), plan.calling_code);
    if let Some(expected) = country.filter(|country| *country != plan.country) {
        return Err(format!(
            "is a number of {name}, not of {} ({})",
            expected.name(),
            shown()
        ));
    }
    if national.len() != DIGITS {
        let length = if national.len() < DIGITS {
            "short"
        } else {
            "long"
        };
        return Err(format!(
            "is too {length} for a mobile number of {name}, which has {DIGITS} digits after +{code} or 0 ({})",
            shown()
        ));
    }
    if !plan.mobile.iter().any(|start| national.starts_with(start)) {
        return Err(format!("is no mobile number of {name} ({})", shown()));
    }
    Ok(format!("{code}{national}"))
}

/// The country of a number that [`normalize`] gave, and the number without calling code.
pub fn country_of(digits: &str) -> Option<(Country, &str)> {
    let (plan, national) = split(digits)?;
    Some((plan.country, national))
}

/// A number's digits, and whether a plus stands before them.
struct Written {
    digits: String,
    plus: bool,
}

impl Written {
    fn read(text: &str) -> Result<Self, String> {
        let mut written = Self {
            digits: String::new(),
            plus: false,
        };
        if text.chars().nth(MAX_TEXT).is_some() {
            return Err(format!("is longer than {MAX_TEXT} characters"));
        }
        for c in text.chars() {
            match digit(c) {
                Some(digit) => written.digits.push(digit),
                None if is_between(c) => {}
                None if matches!(c, '+' | '＋') && !written.plus && written.digits.is_empty() => {
                    written.plus = true;
                }
                None => {
                    let rule = "may have digits, a + before them, and blanks, - . ( ) / between them, and nothing else";
                    return Err(rule.to_owned());
                }
            }
        }
        match written.digits.as_str() {
            "" => Err("holds no digits".to_owned()),
            _ => Ok(written),
        }
    }
}

/// A digit as keyboards of the region and of telephones write it: ASCII, Arabic-Indic, full-width.
fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '０'..='９' => '０',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

/// What people and address books put between digits: blanks, dashes, and marks that nobody sees.
fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '(' | ')' | '/')
        || matches!(c, '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What follows `+` or what stands for it: an international prefix, or a calling code that makes it too long for a
/// number dialled at home. `None` of a number without calling code.
fn international(digits: &str, plus: bool, country: Option<Country>) -> Option<&str> {
    if plus {
        return Some(digits);
    }
    let known = |rest: &&str| split(rest).is_some();
    let own = country
        .and_then(plan_of)
        .map_or(&[][..], |plan| plan.abroad);
    (own.iter()
        .filter_map(|prefix| digits.strip_prefix(prefix))
        .find(known))
    .or_else(|| digits.strip_prefix(ABROAD))
    .or_else(|| Some(digits).filter(known).filter(|_| digits.len() > DIGITS))
}

fn plan_of(country: Country) -> Option<&'static Plan> {
    PLANS.iter().find(|plan| plan.country == country)
}

/// The plan of the number's calling code, and what follows that.
fn split(digits: &str) -> Option<(&'static Plan, &str)> {
    (PLANS.iter()).find_map(|plan| Some((plan, digits.strip_prefix(plan.calling_code)?)))
}

fn known_codes() -> String {
    let codes = PLANS.iter().map(|plan| format!("+{}", plan.calling_code));
    codes.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_however_it_is_written() {
        for text in [
            "255712345678",
            "+255712345678",
            "00255712345678",
            "000255712345678",
            "0712345678",
            "712345678",
            "2550712345678",
            "+255 (0) 712-345.678",
            "(+255) 712 345 678",
            " 0712 345 678\n",
            "\u{202a}+255\u{a0}712\u{2011}345\u{2011}678\u{202c}",
            "٠٧١٢٣٤٥٦٧٨",
            "۰۷۱۲۳۴۵۶۷۸",
            "＋２５５７１２３４５６７８",
        ] {
            let digits = normalize(text, Some(Country::Tanzania));
            assert_eq!(digits.as_deref(), Ok("255712345678"), "{text}");
        }
        for (text, country) in [
            ("254112345678", Country::Kenya),
            ("256772345678", Country::Uganda),
            ("250782345678", Country::Rwanda),
            ("265992345678", Country::Malawi),
            ("260972345678", Country::Zambia),
            ("263772345678", Country::Zimbabwe),
        ] {
            for given in [None, Some(country)] {
                assert_eq!(normalize(text, given).as_deref(), Ok(text));
            }
            let (of, national) = country_of(text).unwrap();
            assert_eq!(of, country);
            assert_eq!(normalize(national, Some(country)).as_deref(), Ok(text));
            assert_eq!(Country::from_code(country.code()), Some(country));
        }
    }

    #[test]
    fn a_number_that_is_none_is_told_why() {
        let long = "0".repeat(65);
        let signs = "may have digits, a + before them, and blanks, - . ( ) / between them, and nothing else";
        for (text, country, why) in [
            ("", Some(Country::Tanzania), "holds no digits"),
            ("+", Some(Country::Tanzania), "holds no digits"),
            (
                &long,
                Some(Country::Tanzania),
                "is longer than 64 characters",
            ),
            ("0712345678x", Some(Country::Tanzania), signs),
            ("0712+345678", Some(Country::Tanzania), signs),
            ("++255712345678", Some(Country::Tanzania), signs),
            (
                "071234567",
                Some(Country::Tanzania),
                "is too short for a mobile number of Tanzania, which has 9 digits after +255 or 0 (0712****4567)",
            ),
            (
                "25571234567",
                None,
                "is too short for a mobile number of Tanzania, which has 9 digits after +255 or 0 (2557****4567)",
            ),
            (
                "07123456789",
                Some(Country::Tanzania),
                "is too long for a mobile number of Tanzania, which has 9 digits after +255 or 0 (0712****6789)",
            ),
            (
                "0222345678",
                Some(Country::Tanzania),
                "is no mobile number of Tanzania (0222****5678)",
            ),
            (
                "+254712345678",
                Some(Country::Tanzania),
                "is a number of Kenya, not of Tanzania (2547****5678)",
            ),
            (
                "0712345678",
                None,
                "has no calling code: write it with one, such as +255 for Tanzania (0712****5678)",
            ),
            (
                "+447700900000",
                None,
                "has another calling code than +255 +254 +256 +250 +265 +260 +263 (4477****0000)",
            ),
            (
                "00447700900000",
                Some(Country::Kenya),
                "has another calling code than +255 +254 +256 +250 +265 +260 +263 (0044****0000)",
            ),
        ] {
            assert_eq!(normalize(text, country), Err(why.to_owned()), "{text}");
        }
    }
}
