//! Writes the mobile numbers of the countries of `finconnect` from the metadata of a library that knows those of all
//! countries, which would be too large for the addon. Its tests prove that the table answers as that library does.

use std::process::Command;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, Region};

const TABLE: &str = "src/model/numbering/plans.rs";
const COUNTRIES: [(Region, &str); 7] = [
    (Region::TZ, "Tanzania"),
    (Region::KE, "Kenya"),
    (Region::UG, "Uganda"),
    (Region::RW, "Rwanda"),
    (Region::MW, "Malawi"),
    (Region::ZM, "Zambia"),
    (Region::ZW, "Zimbabwe"),
];
/// Digits of a mobile number, as `finconnect` has it for all countries.
const DIGITS: usize = 9;
/// Digits of a number that decide on its kind; the tests try the others.
const DECIDING: usize = 5;

fn main() -> std::io::Result<()> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let plans: String = COUNTRIES
        .iter()
        .map(|(region, name)| plan(*region, name))
        .collect();
    let text = format!(
        "//! Written by `npm run numbering` from the metadata of the library that `tasks/numbering/` names.\n\
         #![forbid(unsafe_code)]\n\n\
         use crate::model::country::Country;\n\n\
         /// How a country's numbers are made.\n\
         pub struct Plan {{\n\
         pub country: Country,\n\
         /// What a number begins with that is dialled from abroad.\n\
         pub calling_code: &'static str,\n\
         /// What is dialled in the country before a calling code.\n\
         pub abroad: &'static [&'static str],\n\
         /// How the country's mobile numbers begin, after the calling code.\n\
         pub mobile: &'static [&'static str],\n\
         }}\n\n\
         pub const PLANS: [Plan; {}] = [\n{plans}];\n",
        COUNTRIES.len()
    );
    let table = format!("{root}/{TABLE}");
    std::fs::write(&table, text)?;
    Command::new("rustfmt")
        .args(["--edition", "2024", &table])
        .status()
        .map(drop)
}

fn plan(region: Region, name: &str) -> String {
    let code = calling_code(region);
    let mut mobile = Vec::new();
    beginnings(code, &mut String::new(), &mut mobile);
    let example = format!("{code}{:0<DIGITS$}", mobile[0]);
    let three = (0..1000).map(|number| format!("{number:03}"));
    let prefixes = three.chain((0..100).map(|number| format!("{number:02}")));
    let abroad: Vec<_> = prefixes
        .filter(|prefix| {
            e164(&format!("{prefix}{example}"), Some(region)).as_ref() == Some(&example)
        })
        .collect();
    format!(
        "    Plan {{\n        country: Country::{name},\n        calling_code: \"{code}\",\n        \
         abroad: &{abroad:?},\n        mobile: &{mobile:?},\n    }},\n"
    )
}

fn calling_code(region: Region) -> i32 {
    let code = PHONE_NUMBER_UTIL.get_country_code_for_region(region);
    code.expect("a country of the library's")
}

/// Adds the shortest beginnings of mobile numbers that begin with `start`, and says whether all of these are mobile.
fn beginnings(code: i32, start: &mut String, found: &mut Vec<String>) -> bool {
    if start.len() == DECIDING {
        return is_mobile(code, &format!("{start:0<DIGITS$}"));
    }
    let known = found.len();
    let mut all = true;
    for digit in '0'..='9' {
        start.push(digit);
        let whole = beginnings(code, start, found);
        if whole {
            found.push(start.clone());
        }
        all &= whole;
        start.pop();
    }
    if all {
        found.truncate(known);
    }
    all
}

fn is_mobile(code: i32, national: &str) -> bool {
    let mut number = PhoneNumber::default();
    number.country_code = code;
    number.national_number = national.parse().expect("digits");
    !national.starts_with('0') && is_of_a_mobile(&number)
}

fn is_of_a_mobile(number: &PhoneNumber) -> bool {
    let kind = PHONE_NUMBER_UTIL.get_number_type(number);
    matches!(
        kind,
        PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile
    )
}

/// The digits, with calling code, of a mobile number as the library reads it.
fn e164(text: &str, region: Option<Region>) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    is_of_a_mobile(&number).then(|| format!("{}{}", number.country_code, number.national_number))
}

#[cfg(test)]
mod tests;
