use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

const KEY: &str = "qkio1BGGYAXTu2JOfm7X/XNruoZ+rqEW==";

fn private(secrets: &[&str]) -> Private {
    Private::new(secrets.iter().copied().map(Secret::new).collect())
}

fn hidden(text: &str, secret: &str) -> String {
    private(&[secret]).hide(text)
}

#[test]
fn a_long_secret_is_masked_anywhere_and_a_short_one_as_a_word() {
    assert_eq!(hidden(&format!("key={KEY}x"), KEY), "key=[redacted]x");
    assert_eq!(
        hidden("no such key_or_secret", "secret"),
        "no such key_or_secret"
    );
    assert_eq!(hidden("no such Secret!", "secret"), "no such [redacted]!");
    assert_eq!(hidden("pin 42, 421", "42"), "pin [redacted], 421");
    assert_eq!(hidden("nothing", ""), "nothing");
}

#[test]
fn every_spelling_of_a_secret_is_masked() {
    let bytes = |each: fn(u8) -> String| KEY.bytes().map(each).collect::<String>();
    let spellings = [
        KEY.to_owned(),
        KEY.to_lowercase(),
        KEY.to_uppercase(),
        KEY.replace('/', r"\/"),
        KEY.replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3d"),
        KEY.replace('/', "%252F")
            .replace('+', "%252B")
            .replace('=', "%253D"),
        KEY.replace('/', "&#x2F;").replace('=', "&#61;"),
        KEY.replace('/', "&amp;#47;").replace('+', "&plus;"),
        KEY.replace('+', " "),
        bytes(|byte| format!("%{byte:02X}")),
        bytes(|byte| format!("&#{byte};")),
        bytes(|byte| format!("\\u{byte:04x}")),
        bytes(|byte| format!("\\\\u{byte:04X}")),
        bytes(|byte| format!("{byte:02x}")),
        bytes(|byte| format!("{byte:02X}")),
        STANDARD.encode(KEY),
        URL_SAFE_NO_PAD.encode(KEY),
        STANDARD.encode(KEY).replace('=', "%3D"),
    ];
    for spelling in spellings {
        let text = format!("told: <{spelling}> so");
        let shown = hidden(&text, KEY);
        assert_eq!(shown.replace("%3D", ""), "told: <[redacted]> so", "{text}");
    }
}

#[test]
fn a_secret_within_other_base64_is_masked() {
    let pair = format!("some-client-id:{KEY}");
    let body = format!("{{\"id\":1,\"secret\":\"{KEY}\",\"more\":true}}");
    let spellings = [
        pair.clone(),
        format!("x{pair}"),
        format!("xy{pair}"),
        format!("{KEY}:another"),
        format!("Bearer {KEY}"),
        body.clone(),
        format!("ü{body}"),
    ];
    for whole in spellings {
        for text in [STANDARD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)] {
            let shown = hidden(&text, KEY);
            let (before, after) = shown.split_once(MASK).unwrap();
            assert!(text.starts_with(before) && text.ends_with(after), "{shown}");
            let gone = text.len() - before.len() - after.len();
            assert!(
                gone * 6 >= KEY.len() * 8,
                "{gone} of {} in {shown}",
                text.len()
            );
        }
    }
}

#[test]
fn in_json_strings_and_numbers_change_and_nothing_else() {
    for written in [
        "abc/def+ghi/jkl+mno==",
        r"abc\/def+ghi\/jkl\u002Bmno\u003d\u003D",
        r"\u0061bc/def\u002bghi/jkl+mno==",
    ] {
        let json = format!(r#" {{"a\"b":1.50, "m" : "<{written}>","{written}":[null,-1e5]}}"#);
        let shown = r#" {"a\"b":1.50, "m" : "<[redacted]>","[redacted]":[null,-1e5]}"#;
        assert_eq!(hidden(&json, "abc/def+ghi/jkl+mno=="), shown);
    }
    assert_eq!(
        hidden(r#"{"n":123456, "m":1234567}"#, "123456"),
        r#"{"n":"[redacted]", "m":1234567}"#
    );
    // A secret that looks like the JSON around it takes none of it away.
    let shown = hidden(r#"{"a":"x","b":1}"#, r#"x","b"#);
    assert!(is_json(&shown), "{shown}");
    assert_eq!(hidden("n is 123456", "123456"), "n is [redacted]");
}

#[test]
fn secrets_that_overlap_leave_nothing_of_each_other() {
    let (short, long) = ("abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz");
    for order in [[short, long], [long, short]] {
        assert_eq!(private(&order).hide(&format!("<{long}>")), "<[redacted]>");
    }
    let crossing = private(&["1234567890abcdefgh", "abcdefghijklmnopqr"]);
    assert_eq!(crossing.hide("1234567890abcdefghijklmnopqr"), MASK);
}

#[test]
fn a_secret_that_was_cut_off_is_masked() {
    let (most, _) = KEY.split_at(26);
    assert_eq!(hidden(&format!("{most}…"), KEY), "[redacted]…");
    let (little, _) = KEY.split_at(9);
    assert_eq!(hidden(&format!("told {little}"), KEY), "told [redacted]");
    assert_eq!(
        hidden(&format!("{{\"token\":\"{little}"), KEY),
        "{\"token\":\"[redacted]"
    );
}

#[test]
fn what_a_payment_says_of_its_payer_is_masked() {
    let payment = r#"{"amount":1000,"accountNumber":"255712345678","billing":{"phone_number":"0713 000 111"},"otp":4711}"#;
    let private = private(&[]).with_members(payment);
    for (text, shown) in [
        (
            "no account 255712345678 here",
            "no account 2557****5678 here",
        ),
        ("no account 712345678 here", "no account 7123****5678 here"),
        ("+255 713 000 111", "+2557****0111"),
        ("%2B255712345678", "%2B2557****5678"),
        ("otp 4711 of 47110", "otp [redacted] of 47110"),
        (
            r#"{"m":"255-712-345-678","n":255712345678,"id":"123456789012"}"#,
            r#"{"m":"2557****5678","n":"2557****5678","id":"123456789012"}"#,
        ),
        ("&#50;&#53;&#53;712345678", "2557****5678"),
        ("amount 1000", "amount 1000"),
    ] {
        assert_eq!(private.hide(text), shown, "{text}");
    }
}

#[test]
fn a_complaint_about_a_member_is_no_secret_of_it() {
    for text in [
        r#"{"errors":{"ClientSecret":["The ClientSecret field is required."]}}"#,
        r#"{"password":"password should not be empty","apiKey":"apiKey must be a string"}"#,
    ] {
        let private = private(&[KEY]).with_members(text);
        assert_eq!(private.hide(text), text);
    }
    for (text, shown) in [
        (
            r#"{"ClientSecret":"the field"}"#,
            r#"{"ClientSecret":"[redacted]"}"#,
        ),
        (
            r#"{"ClientSecret":"ClientSecret"}"#,
            r#"{"[redacted]":"[redacted]"}"#,
        ),
        (
            r#"{"password":"the password is hunter2"}"#,
            r#"{"password":"[redacted]"}"#,
        ),
        (
            r#"{"password":"the password is \u0068unter2"}"#,
            r#"{"password":"[redacted]"}"#,
        ),
        (
            r#"{"password":"the password is: empty#1"}"#,
            r#"{"password":"[redacted]"}"#,
        ),
    ] {
        assert_eq!(private(&[KEY]).with_members(text).hide(text), shown);
    }
}

#[test]
fn text_without_any_of_it_is_the_same_text() {
    for text in [
        "",
        "100% &amp; \\u0041 + é",
        r#"{"a":"%41","b":[1,2.50e3,"\ud800"]}"#,
        "{",
        "\u{feff}x",
    ] {
        assert_eq!(hidden(text, KEY), text);
    }
}

#[test]
fn a_secret_that_an_encoding_repeats_is_found_in_one_pass() {
    let private = private(&[KEY]);
    let hex: String = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for unit in [STANDARD.encode(KEY).replace('=', ""), hex] {
        let took = |times: usize| {
            let started = std::time::Instant::now();
            assert_eq!(private.hide(&unit.repeat(times)), MASK);
            started.elapsed()
        };
        // As much text in each, so that what else runs on the machine holds up both alike.
        let short: std::time::Duration = (0..32).map(|_| took(50)).sum();
        let long = took(1600).min(took(1600));
        assert!(long < short * 4, "{long:?} against {short:?}");
    }
}
