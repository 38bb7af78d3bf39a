//! Amounts as decimals: `"1000"` = `1000` = `"1000.00"`, with no floating point between.
#![forbid(unsafe_code)]

use super::json::{Object, decode_string};
use super::phone::hide;
use super::text::excerpt;

/// A decimal number in its one shortest form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    negative: bool,
    /// The digits before the point, without leading zeros.
    whole: String,
    /// The digits after the point, without trailing zeros.
    fraction: String,
}

/// An exponent beyond this is no amount of money; bounding it bounds the digits.
const MAX_EXPONENT: i32 = 60;
const MAX_TEXT: usize = 100;

impl Amount {
    /// A JSON number's text, or a string of the same grammar with blanks around it. `None` for
    /// anything else: `1,000` and `TZS 5` are not decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
            None => (unsigned, 0_i32),
        };
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let (whole, fraction) = shifted(whole, fraction, exponent);
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: negative && !zero,
            whole,
            fraction,
        })
    }

    /// Whether it is more than another; neither is negative.
    pub fn exceeds(&self, other: &Self) -> bool {
        let parts = |amount: &Self| {
            let Self {
                whole, fraction, ..
            } = amount.clone();
            (whole.len(), whole, fraction)
        };
        parts(self) > parts(other)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() {
            "0"
        } else {
            &self.whole
        };
        match self.fraction.as_str() {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

/// The digits on both sides of the point after moving it by `exponent` to the right.
fn shifted(whole: &str, fraction: &str, exponent: i32) -> (String, String) {
    let mut left: Vec<char> = whole.chars().collect();
    let mut right: std::collections::VecDeque<char> = fraction.chars().collect();
    for _ in 0..exponent.unsigned_abs() {
        if exponent > 0 {
            left.push(right.pop_front().unwrap_or('0'));
        } else {
            right.push_front(left.pop().unwrap_or('0'));
        }
    }
    (left.into_iter().collect(), right.into_iter().collect())
}

/// The most digits before the point of an amount that is to be paid.
const MAX_WHOLE: usize = 15;
/// Digits that a JavaScript number keeps of every decimal.
const EXACT_DIGITS: usize = 15;
/// The most of a wrong amount that a message repeats, in characters.
const MAX_SHOWN: usize = 40;

/// How many digits after the point amounts of this currency have in practice. Shillings of Tanzania are paid whole,
/// though ISO 4217 gives them two.
pub fn decimals(currency: &str) -> usize {
    match currency {
        "TZS" | "UGX" | "RWF" => 0,
        _ => 2,
    }
}

/// An amount that is to be paid, in its shortest decimal form: `25000`, `10.5`. `value` is JSON text: a decimal in
/// quotes, a number as the engine writes it, or `{ value, currency }`. Or why it is none, as a predicate: `is empty`.
pub fn parse_amount(value: &str, currency: &str) -> Result<String, String> {
    parse_amount_with(value, currency, decimals(currency))
}

/// The same, of at most so many digits after the point.
pub fn parse_amount_with(value: &str, currency: &str, decimals: usize) -> Result<String, String> {
    let code = currency.to_ascii_uppercase();
    let wrong = |rule: String| format!("has no currency: {rule}, not '{}'", shown(currency));
    if let Some(code) = meant(currency) {
        return Err(wrong(format!("write {code}")));
    }
    if !is_currency(&code) {
        let rule = "it is a code of ISO 4217 in three letters, such as TZS";
        return Err(wrong(rule.to_owned()));
    }
    let currency = code.as_str();
    let Some(object) = Object::parse(value) else {
        return amount_of(value, currency, decimals);
    };
    match object.get("currency").map(decode_string) {
        None => {}
        Some(Some(own)) if own.eq_ignore_ascii_case(currency) => {}
        Some(own) => {
            let own = own.unwrap_or_default();
            return Err(format!("is in '{}', not in {currency}", shown(&own)));
        }
    }
    let value = object.get("value").ok_or("has no member value")?;
    amount_of(value, currency, decimals)
}

/// Whether it is a code as ISO 4217 writes them.
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

/// The code of a currency that people write in another way, such as `TSH`.
pub fn meant(text: &str) -> Option<&'static str> {
    Some(match text.to_ascii_uppercase().as_str() {
        "TSH" | "TSHS" | "TZSH" => "TZS",
        "KSH" | "KSHS" | "KESH" => "KES",
        "USH" | "USHS" | "UGSH" => "UGX",
        "FRW" => "RWF",
        "ZMK" => "ZMW",
        _ => return None,
    })
}

fn amount_of(value: &str, currency: &str, decimals: usize) -> Result<String, String> {
    let amount = match decode_string(value) {
        Some(text) => from_text(&text)?,
        None => from_number(value)?,
    };
    if amount.negative {
        return Err(format!("is negative: {amount}"));
    }
    if amount.whole.is_empty() && amount.fraction.is_empty() {
        return Err("is zero".to_owned());
    }
    if amount.whole.len() > MAX_WHOLE {
        return Err(format!("has more than {MAX_WHOLE} digits before the point"));
    }
    if amount.fraction.len() > decimals {
        let has = match decimals {
            0 => "is paid in whole units".to_owned(),
            _ => format!("has {decimals} digits after the point"),
        };
        return Err(format!(
            "is {}, but {currency} {has}",
            shown(&amount.to_string())
        ));
    }
    Ok(amount.to_string())
}

/// Decimal text: digits, and a point with more digits behind them.
fn from_text(text: &str) -> Result<Amount, String> {
    let why = match text {
        "" => return Err("is empty".to_owned()),
        _ if text.contains(',') => "has a comma",
        _ if text.contains(char::is_whitespace) => "has a blank in it",
        _ if text.contains(|c: char| c != '.' && c != '-' && !c.is_ascii_digit()) => {
            "has letters or signs in it"
        }
        _ => "is no decimal",
    };
    let is_plain = |c: char| c == '.' || c == '-' || c.is_ascii_digit();
    // No currency of these gateways has three, and many write thousands so.
    if let Some((whole, [_, _, _])) = text
        .split_once('.')
        .map(|(whole, part)| (whole, part.as_bytes()))
        && text.chars().all(is_plain)
        && !whole.starts_with('0')
    {
        let (text, thousands) = (shown(text), shown(&text.replace('.', "")));
        return Err(format!(
            "has three digits after the point, and may mean {thousands}: '{text}'; write it like 25000 or 1250.50"
        ));
    }
    let amount = Amount::parse(text).filter(|_| text.chars().all(is_plain));
    amount.ok_or_else(|| format!("{why}: '{}'; write it like 25000 or 1250.50", shown(text)))
}

/// A JavaScript number as the engine writes it.
fn from_number(text: &str) -> Result<Amount, String> {
    let Some(amount) = Amount::parse(text) else {
        return Err(match text {
            "NaN" | "Infinity" | "-Infinity" => format!("is {text}"),
            // As the engine writes NaN, Infinity and what is missing.
            "null" | "" => "is missing, or no finite number".to_owned(),
            _ => "must be decimal text, a number, a bigint or { value, currency }".to_owned(),
        });
    };
    if amount.whole.len() + amount.fraction.len() > EXACT_DIGITS {
        return Err(format!(
            "is {text}, of which a JavaScript number keeps {EXACT_DIGITS} digits: give decimal text"
        ));
    }
    Ok(amount)
}

fn shown(text: &str) -> String {
    hide(&excerpt(text, MAX_SHOWN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Amount::parse(text).map(|amount| amount.to_string())
    }

    #[test]
    fn the_greater_of_two_amounts_is_known() {
        let of = |text| Amount::parse(text).unwrap();
        for (more, less) in [
            ("10", "9"),
            ("100.5", "100.45"),
            ("100.45", "100.4"),
            ("1", "0.99"),
            ("0.1", "0"),
        ] {
            assert!(of(more).exceeds(&of(less)) && !of(less).exceeds(&of(more)));
        }
        assert!(!of("100.00").exceeds(&of("1e2")));
    }

    #[test]
    fn one_amount_has_one_form() {
        for text in [
            "1000", "1000.00", "01000", "1e3", "1.000E3", "10000e-1", " 1000 ", "0.1e4",
        ] {
            assert_eq!(shown(text).as_deref(), Some("1000"), "{text}");
        }
        for (text, form) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.00", "0"),
            ("-1.50", "-1.5"),
            ("0.05", "0.05"),
            ("5e-3", "0.005"),
            ("1e21", "1000000000000000000000"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(form), "{text}");
        }
    }

    #[test]
    fn near_is_not_equal() {
        for (a, b) in [
            ("1000", "1000.01"),
            ("0.1", "0.10000000000000001"),
            ("9007199254740993", "9007199254740992"),
            ("1", "-1"),
        ] {
            assert_ne!(Amount::parse(a), Amount::parse(b));
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_none() {
        for text in [
            "", "-", ".", "1.", ".5", "1,000", "TZS 5", "0x10", "NaN", "Infinity", "1e", "1e999",
            "--1", "+1", "1 000", "１",
        ] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
        assert_eq!(Amount::parse(&"9".repeat(101)), None);
    }

    #[test]
    fn what_is_to_be_paid_has_its_shortest_form() {
        for (value, currency, amount) in [
            (r#""25000""#, "TZS", "25000"),
            (r#""25000.00""#, "TZS", "25000"),
            ("25000", "TZS", "25000"),
            ("25000.0", "UGX", "25000"),
            (r#""10.50""#, "KES", "10.5"),
            ("0.1", "USD", "0.1"),
            ("999999999999999", "KES", "999999999999999"),
            ("1e3", "KES", "1000"),
            (r#""999999999999999.99""#, "KES", "999999999999999.99"),
            (r#"{"value":"25000","currency":"TZS"}"#, "TZS", "25000"),
            (r#"{"value":25000}"#, "TZS", "25000"),
            (r#"{"value":"25000","currency":"TZS"}"#, "tzs", "25000"),
            (r#"{"value":"25000","currency":"tzs"}"#, "TZS", "25000"),
            (r#""0.500""#, "KES", "0.5"),
        ] {
            assert_eq!(
                parse_amount(value, currency).as_deref(),
                Ok(amount),
                "{value}"
            );
        }
    }

    #[test]
    fn what_is_not_to_be_paid_is_told_why() {
        for (value, currency, why) in [
            (
                r#""25000.50""#,
                "TZS",
                "is 25000.5, but TZS is paid in whole units",
            ),
            (
                "10.555",
                "KES",
                "is 10.555, but KES has 2 digits after the point",
            ),
            (
                "0.30000000000000004",
                "KES",
                "is 0.30000000000000004, of which a JavaScript number keeps 15 digits: give decimal text",
            ),
            (
                "1e+21",
                "TZS",
                "is 1e+21, of which a JavaScript number keeps 15 digits: give decimal text",
            ),
            (
                r#""1,000""#,
                "TZS",
                "has a comma: '1,000'; write it like 25000 or 1250.50",
            ),
            (
                r#""1 000""#,
                "TZS",
                "has a blank in it: '1 000'; write it like 25000 or 1250.50",
            ),
            (
                r#""1e3""#,
                "TZS",
                "has letters or signs in it: '1e3'; write it like 25000 or 1250.50",
            ),
            (
                r#"" 1000 ""#,
                "TZS",
                "has a blank in it: ' 1000 '; write it like 25000 or 1250.50",
            ),
            (
                r#""25.000""#,
                "TZS",
                "has three digits after the point, and may mean 25000: '25.000'; write it like 25000 or 1250.50",
            ),
            (
                r#"{"value":"1.500"}"#,
                "KES",
                "has three digits after the point, and may mean 1500: '1.500'; write it like 25000 or 1250.50",
            ),
            (
                r#""0.001""#,
                "USD",
                "is 0.001, but USD has 2 digits after the point",
            ),
            ("5", "Tsh", "has no currency: write TZS, not 'Tsh'"),
            (
                "5",
                " TZS",
                "has no currency: it is a code of ISO 4217 in three letters, such as TZS, not ' TZS'",
            ),
            (
                r#""5.""#,
                "TZS",
                "is no decimal: '5.'; write it like 25000 or 1250.50",
            ),
            (r#""""#, "TZS", "is empty"),
            (r#""0.00""#, "TZS", "is zero"),
            ("-5", "TZS", "is negative: -5"),
            (r#""-5""#, "TZS", "is negative: -5"),
            ("NaN", "TZS", "is NaN"),
            ("null", "TZS", "is missing, or no finite number"),
            (
                "[5]",
                "TZS",
                "must be decimal text, a number, a bigint or { value, currency }",
            ),
            (
                r#"{"value":5,"currency":"KES"}"#,
                "TZS",
                "is in 'KES', not in TZS",
            ),
            (r#"{"currency":"TZS"}"#, "TZS", "has no member value"),
            (
                r#""9999999999999999""#,
                "TZS",
                "has more than 15 digits before the point",
            ),
        ] {
            assert_eq!(
                parse_amount(value, currency),
                Err(why.to_owned()),
                "{value}"
            );
        }
        for currency in ["", "tz", "TZ", "TZSX", "255712345678"] {
            assert!(
                parse_amount("5", currency).is_err_and(|why| why.starts_with("has no currency"))
            );
        }
    }
}
