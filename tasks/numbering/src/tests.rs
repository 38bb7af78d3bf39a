//! `finconnect` takes a text for a mobile number exactly when the library does, and reads the same number.

use finconnect::model::country::Country;
use finconnect::model::numbering::normalize;
use proptest::prelude::*;
use rlibphonenumber::Region;

use super::{COUNTRIES, calling_code, e164, is_mobile};

fn countries() -> impl Iterator<Item = (Region, Country)> {
    COUNTRIES.iter().map(|(region, name)| {
        let country = Country::ALL
            .into_iter()
            .find(|country| country.name() == *name);
        (*region, country.expect("a country of finconnect's"))
    })
}

/// All beginnings of six digits, each with other digits behind them.
#[test]
fn every_beginning() {
    for (region, country) in countries() {
        let code = calling_code(region);
        for start in 0..1_000_000_u32 {
            let national = format!("{start:06}{:03}", start.wrapping_mul(7919) % 1000);
            let digits = format!("{code}{national}");
            let ours = normalize(&digits, Some(country));
            assert_eq!(
                ours == Ok(digits),
                is_mobile(code, &national),
                "{code} {national}"
            );
        }
    }
}

/// All beginnings of four digits at every length around that of a number, in every way of writing it.
#[test]
fn every_length() {
    for (region, country) in countries() {
        let code = calling_code(region);
        for start in 0..10_000_u32 {
            let national = format!("{start:04}{:07}", start.wrapping_mul(7919) % 10_000_000);
            for length in 7..=11 {
                let national = &national[..length];
                for before in [
                    "",
                    "0",
                    &format!("{code}"),
                    &format!("{code}0"),
                    &format!("+{code}"),
                ] {
                    same(&format!("{before}{national}"), region, country);
                }
            }
        }
    }
}

fn same(text: &str, region: Region, country: Country) {
    // The library forgives a calling code two zeros behind it, but only where no plus stands before it.
    if text.starts_with(&format!("{}00", calling_code(region))) {
        return;
    }
    let ours = normalize(text, Some(country)).ok();
    let code = calling_code(region).to_string();
    let theirs = e164(text, Some(region)).filter(|digits| digits.starts_with(&code));
    assert_eq!(ours, theirs, "{text:?} in {}", country.name());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50_000, ..ProptestConfig::default() })]

    #[test]
    fn however_it_is_written(
        country in 0..COUNTRIES.len(),
        code in 0..COUNTRIES.len(),
        before in prop_oneof!["", "0", "\\+", "＋", "0{2,3}", "00[5-7]"],
        digits in prop_oneof!["[0-9]{7,11}", "0?[17][0-9]{8}", "[٠-٩]{9}", "[０-９]{9}"],
        between in "[ .()\\-\u{a0}\u{ad}\u{200b}\u{2010}\u{2015}\u{2060}]{0,4}",
        place in 0..9_usize,
        bare in any::<bool>(),
    ) {
        let (region, country) = countries().nth(country).expect("one of them");
        let code = if bare { String::new() } else { calling_code(COUNTRIES[code].0).to_string() };
        let at = digits.char_indices().nth(place).map_or(digits.len(), |(at, _)| at);
        let text = format!("{before}{code}{}{between}{}", &digits[..at], &digits[at..]);
        // Beyond the library: a country's own number may have 00 before it where another prefix is dialled there.
        let from_abroad = text.strip_prefix("00").map(|rest| format!("+{rest}"));
        let ours = normalize(&text, Some(country)).ok();
        let theirs = [Some(text.clone()), from_abroad].into_iter().flatten().find_map(|text| {
            e164(&text, Some(region)).filter(|digits| digits.starts_with(&calling_code(region).to_string()))
        });
        prop_assert_eq!(ours, theirs, "{:?} in {}", text, country.name());
    }

    #[test]
    fn whatever_is_written(text in any::<String>(), country in 0..COUNTRIES.len()) {
        let (region, country) = countries().nth(country).expect("one of them");
        if let Ok(digits) = normalize(&text, Some(country)) {
            prop_assert_eq!(e164(&text, Some(region)), Some(digits));
        }
    }

    #[test]
    fn without_a_country(text in "(\\+|00)?(250|25[456]|26[035])?0?[0-9]{9}") {
        let international = text.strip_prefix("00").map_or(text.clone(), |rest| format!("+{rest}"));
        let theirs = e164(&international, None).filter(|digits| {
            countries().any(|(region, _)| digits.starts_with(&calling_code(region).to_string()))
        });
        let bare = (!international.starts_with('+')).then(|| e164(&format!("+{text}"), None)).flatten();
        let bare = bare.filter(|digits| {
            countries().any(|(region, _)| digits.starts_with(&calling_code(region).to_string()))
        });
        prop_assert_eq!(normalize(&text, None).ok(), theirs.or(bare), "{:?}", text);
    }
}
