//! The laws on inputs drawn by the grammar of each reader. Drawn from a fixed seed:
//! the same on every run, `PROPTEST_CASES` many. Searching further is for `npm run fuzz`.

use crate::laws;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

use crate::flow::redact::Private;
use crate::model::json::{Object, quote};
use crate::model::secret::Secret;
use crate::model::signature::{PublicKey, PublicKeys};

use super::draw::*;

#[test]
fn the_seeds_keep_the_laws() {
    type Law = fn(&str);
    let targets: [(&str, Law); 6] = [
        ("key", laws::key::holds),
        ("phone", laws::phone::holds),
        ("wire_pesapal", laws::wire::of_pesapal),
        ("wire_clickpesa", laws::wire::of_clickpesa),
        ("wire_azampay", laws::wire::of_azampay),
        ("wire_selcom", laws::wire::of_selcom),
    ];
    for (target, holds) in targets {
        let folder = format!("{}/fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
        let mut seeds = std::fs::read_dir(folder).unwrap().peekable();
        assert!(seeds.peek().is_some(), "{target}");
        for seed in seeds {
            let bytes = std::fs::read(seed.unwrap().path()).unwrap();
            holds(&String::from_utf8_lossy(&bytes));
        }
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(2_557_000_005_678),
        ..ProptestConfig::default()
    }
}

proptest! {
    // An answer that counts must hold several of its members at once.
    #![proptest_config(ProptestConfig { cases: 4 * config().cases, ..config() })]

    #[test]
    fn pesapal_answers(text in sent(PESAPAL)) {
        laws::wire::of_pesapal(&text);
    }

    #[test]
    fn clickpesa_answers(text in sent(CLICKPESA)) {
        laws::wire::of_clickpesa(&text);
    }

    #[test]
    fn azampay_answers(text in sent(AZAMPAY)) {
        laws::wire::of_azampay(&text);
    }

    #[test]
    fn selcom_answers(text in sent(SELCOM)) {
        laws::wire::of_selcom(&text);
    }

    #[test]
    fn callbacks(body in sent(CALLBACKS), header in proptest::option::of(text())) {
        laws::callback::holds(&body, header.as_deref());
    }
}

fn gateway_of(index: usize) -> &'static dyn crate::provider::Gateway {
    [laws::pesapal, laws::clickpesa, laws::azampay, laws::selcom][index]()
}

#[test]
fn a_documented_refusal_is_one() {
    for (index, status, members) in laws::refusal::DOCUMENTED {
        laws::refusal::is_one(gateway_of(*index), *status, &format!("{{{members}}}"));
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn azampay_callbacks_cut_again(
        reference in prop_oneof![
            "([A-Z0-9-]{0,6}(success|failure|pending|Airtel|[0-9a-f]{4,36})?){1,3}",
            "[a-z]{0,12}(un)?success(ful)?[a-z]{0,12}",
            text(),
        ],
        id in prop_oneof!["[0-9a-f]{32}", "[a-f]{32}"],
        status in proptest::sample::select(&laws::recut::STATUSES[..]),
        operator in proptest::sample::select(&laws::recut::OPERATORS[..]),
        ends in any::<[usize; 3]>(),
    ) {
        let written = laws::recut::Written { reference, id, status, operator };
        laws::recut::holds(&written, ends);
        // Most cuts are of no interest: those at a word are.
        let signed = [&written.reference, &written.id, status, operator].concat();
        let words: Vec<_> = signed.to_ascii_lowercase().match_indices("success").map(|(at, _)| at).collect();
        for at in words {
            for back in [0, 1, 31, 32, 33] {
                laws::recut::holds(&written, [at.saturating_sub(back), at, at + "success".len()]);
            }
        }
    }

    #[test]
    fn a_refusal_that_says_otherwise_is_none(
        (index, status, members) in proptest::sample::select(laws::refusal::DOCUMENTED),
        contradiction in proptest::sample::select(laws::refusal::contradictions()),
        depth in 0..4_usize,
        in_list in any::<bool>(),
        first in any::<bool>(),
    ) {
        let mut nested = contradiction;
        for name in ["data", "result", "response"].iter().take(depth) {
            let value = if in_list { format!("[{{{nested}}}]") } else { format!("{{{nested}}}") };
            nested = format!("\"{name}\":{value}");
        }
        let (one, two) = if first { (nested.as_str(), members) } else { (members, nested.as_str()) };
        laws::refusal::never(gateway_of(index), status, &format!("{{{one},{two}}}"));
    }

    #[test]
    fn body_merge(body in sent(PESAPAL), name in key(PESAPAL), member in text()) {
        laws::body::holds(&body, &name, &member);
    }

    #[test]
    fn body_merge_where_names_meet(
        members in proptest::collection::vec((few(), string()), 0..6),
        name in few(),
        member in text(),
    ) {
        let members: Vec<_> = members.iter().map(|(key, value)| format!("{}:{value}", quote(key))).collect();
        laws::body::holds(&format!("{{{}}}", members.join(",")), &name, &member);
    }

    #[test]
    fn phones(text in prop_oneof![text(), "[0-9]{0,20}", "([0-9]{0,12}[ a-z*/٣-]{0,2}){0,6}",
        "(\\+|00)?(250|25[456]|26[035])?0?[1-9][ (.-]{0,2}[0-9]{8}"]) {
        laws::phone::holds(&text);
    }

    #[test]
    fn money(one in decimal(), two in decimal()) {
        laws::money::holds(&one, &two);
    }

    #[test]
    fn money_that_is_the_same(digits in "[1-9][0-9]{0,20}", zeros in 0..20_usize, shift in -20..20_i32) {
        let point = |exponent: i32| format!("{digits}{}e{exponent}", "0".repeat(zeros));
        let blank = format!("  00{digits}.{}E{shift} ", "0".repeat(zeros + 1));
        let same = point(shift - i32::try_from(zeros).unwrap());
        laws::money::holds(&blank, &same);
        prop_assert_eq!(crate::model::money::Amount::parse(&blank), crate::model::money::Amount::parse(&same));
    }

    #[test]
    fn keys_of_any_text(text in prop_oneof![
        sent(AZAMPAY),
        "(-----[A-Z ]{0,24}-----)?[A-Za-z0-9+/=\n]{0,400}(-----[A-Z ]{0,24}-----)?",
        "<RSAKeyValue><Modulus>[A-Za-z0-9+/=]{0,350}</Modulus><Exponent>[A-Z]{0,8}</Exponent>",
    ]) {
        laws::key::holds(&text);
    }
}

/// Not drawn: a clock that strikes at random is no test.
mod a_byte_of_a_long_text_costs_what_one_of_a_short_text_does {
    use super::laws::cost::{FRAMES, WORST, holds_in};

    /// A test for each frame, so that they are run side by side.
    macro_rules! in_frames {
        ($($name:ident: $frame:literal),*) => {
            $(#[test]
            fn $name() {
                WORST.iter().for_each(|unit| holds_in($frame, unit));
            })*

            #[test]
            fn in_every_frame() {
                assert_eq!([$($frame),*].len(), FRAMES.len());
            }
        };
    }

    in_frames! {
        alone: 0,
        as_members: 1,
        as_elements: 2,
        as_a_text: 3,
        as_signed_members: 4,
        as_a_message: 5,
        as_messages: 6,
        as_errors: 7,
        as_rows: 8
    }
}

#[test]
fn a_reader_that_looks_at_all_for_each_is_found() {
    let each = |text: &str| {
        let found = text
            .split(',')
            .filter(|one| text.rsplit(',').any(|two| two == *one));
        assert!(found.count() > 0);
    };
    let text = |values: usize| (0..values).map(|n| n.to_string() + ",").collect::<String>();
    assert!(!laws::cost::is_flat(each, &text(100), &text(10_000)));
}

fn decimal() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "-?0{0,2}[0-9]{1,12}(\\.[0-9]{1,8}0{0,3})?([eE][+-]?[0-9]{1,2})?",
        2 => "-?[0-9]{1,3}(\\.[05]{1,2})?",
        1 => "[ -+.0-9eE,]{0,12}",
        1 => "[0-9]{90,110}",
        1 => any::<String>(),
    ]
}

proptest! {
    // Each case reads a key of up to 4096 bits in seven forms.
    #![proptest_config(ProptestConfig { cases: 32, ..config() })]

    #[test]
    fn a_key_is_the_same_in_every_form(
        mut modulus in prop_oneof![
            proptest::collection::vec(any::<u8>(), 256),
            proptest::collection::vec(any::<u8>(), 384),
            proptest::collection::vec(any::<u8>(), 512),
        ],
        exponent in proptest::sample::select(vec![vec![3], vec![17], vec![1, 0, 1]]),
    ) {
        let last = modulus.len() - 1;
        modulus[0] |= 0x80;
        modulus[last] |= 1;
        let key = PublicKey::new(&modulus, &exponent).map(|key| PublicKeys::new(vec![key]));
        prop_assert!(key.is_some());
        let pkcs1 = der(0x30, &[der(2, &[vec![0], modulus.clone()].concat()), der(2, &exponent)].concat());
        let rsa_encryption = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
        let bits = der(3, &[vec![0], pkcs1.clone()].concat());
        let spki = der(0x30, &[der(0x30, &rsa_encryption), bits].concat());
        let xml = format!(
            "<RSAKeyValue><Modulus>{}</Modulus><Exponent>{}</Exponent></RSAKeyValue>",
            STANDARD.encode(&modulus), STANDARD.encode(&exponent)
        );
        let forms = [
            pem("PUBLIC KEY", &spki), pem("RSA PUBLIC KEY", &pkcs1),
            pem("PUBLIC KEY", &spki).replace('\n', "\\n"), pem("PUBLIC KEY", &spki).replace('\n', ""),
            STANDARD.encode(&spki), STANDARD.encode(&pkcs1), xml,
        ];
        for form in forms {
            laws::key::holds(&form);
            prop_assert_eq!(laws::key::fetched(&form), key.clone(), "{}", form);
            prop_assert_eq!(laws::key::fetched(&quote(&form)), key.clone(), "{}", form);
        }
    }
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match length {
        0..=127 => bytes.push(length as u8),
        128..=255 => bytes.extend([0x81, length as u8]),
        _ => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    bytes.extend_from_slice(content);
    bytes
}

fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let lines: Vec<_> = base64
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn redaction_leaves_no_secret_and_the_same_json(
        (before, after) in (text(), text()),
        secret in "[A-Za-z0-9+/=_\"\\\\é-]{12}[a-z]{4,24}",
        escaped in any::<u64>(),
        rest in object(CALLBACKS),
    ) {
        let private = Private::new(vec![Secret::new(secret.as_str()), Secret::new("test-credential")]);
        let told = format!("{before}{secret}{after}");
        let (value, name) = (literal(&told, escaped), literal(&secret, !escaped));
        let json = format!(r#" {{"told" : {value}, {name}: [1.50, {rest}]}}"#);
        let shown = private.hide(&json);
        let read: Value = match serde_json::from_str(&shown) {
            Ok(read) => read,
            // The reference does not read a lone surrogate; the rest of the text is judged below.
            Err(error) => {
                let error = error.to_string();
                prop_assert!(error.contains("surrogate") || error.contains("hex escape"), "{}: {}", error, shown);
                Value::Null
            }
        };
        prop_assert!(!read.to_string().contains(&quote(&secret).trim_matches('"').to_owned()));
        let object = Object::parse(&shown).unwrap();
        prop_assert!(object.members().all(|(name, _)| !name.contains(&secret)));
        prop_assert!(!object.string("told").unwrap().contains(&secret));
        let masked: Vec<_> = object.members().map(|(name, _)| name).collect();
        prop_assert_eq!(masked, ["told", "[redacted]"]);
        prop_assert!(!private.hide(&told).contains(&secret));
    }

    #[test]
    fn redaction_of_what_holds_no_secret_changes_nothing(text in sent(CALLBACKS)) {
        let nothing = Private::default().hide(&text);
        prop_assert_eq!(Private::new(vec![Secret::new("0123456789abcdefghij")]).hide(&text), nothing.clone());
        prop_assert!(nothing == text || nothing.contains("****"));
    }
}
