use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::ENTRY;
use crate::provider::azampay::callback_tests::{pem, signed, vectors};
use crate::provider::azampay::{key, wire};
use crate::provider::{KeySource, Reading};
use crate::testing::gateway;

const SMALL: &str = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==";

#[test]
fn a_key_is_read_in_every_form() {
    let expected = key::parse(&pem()).unwrap();
    let xml = vectors()["publicKeyXml"].as_str().unwrap().to_owned();
    let bare: String = pem()
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let der = STANDARD.decode(&bare).unwrap();
    // An SPKI header is 24 bytes for this key size; the rest is the PKCS#1 key.
    let pkcs1 = STANDARD.encode(&der[24..]);
    let forms = [
        pem().replace('\n', "\\n"),
        pem().replace('\n', "\r\n"),
        pem().replace('\n', ""),
        pem().replace('\n', " "),
        format!("-----BEGIN RSA PUBLIC KEY-----\n{pkcs1}\n-----END RSA PUBLIC KEY-----\n"),
        pkcs1,
        bare,
        xml.replace("><", ">\n  <"),
        xml,
    ];
    for form in &forms {
        assert_eq!(key::parse(form).as_ref(), Ok(&expected), "{form}");
    }
}

#[test]
fn every_key_of_a_bundle_counts() {
    let other = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA";
    let (key, small) = (
        pem(),
        format!("-----BEGIN PUBLIC KEY-----\n{SMALL}\n-----END PUBLIC KEY-----\n"),
    );
    let xml = vectors()["publicKeyXml"].as_str().unwrap().to_owned();
    let foreign_xml = xml.replace("<Modulus>q", "<Modulus>y");
    let bare: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let at = bare.len() / 2;
    let swap = |(i, c)| match c {
        'x' if i == at => 'y',
        _ if i == at => 'x',
        _ => c,
    };
    let foreign: String = bare.chars().enumerate().map(swap).collect();
    let genuine = signed(&vectors()["callback_valid"].to_string()).unwrap();
    let bundles = [
        format!("{foreign_xml}{key}"),
        format!("{foreign_xml}\n{xml}"),
        format!("<Keys>{foreign_xml}{xml}</Keys>"),
        format!(
            "# old\n{foreign_xml}\r\n# new\r\n{}",
            key.replace('\n', "\r\n")
        ),
        format!("{foreign_xml} {}", key.replace('\n', "\\n")),
        format!("{foreign}\n{bare}\n"),
        format!("{bare},{foreign}"),
    ];
    for bundle in &bundles {
        let keys = key::parse(bundle).unwrap();
        assert_ne!(keys, key::parse(&key).unwrap());
        assert!(genuine.is_signed_by(&keys), "{bundle}");
    }
    assert_eq!(
        key::parse(&format!("{key}{key}")),
        key::parse(&key),
        "one key twice is one"
    );

    // What is configured must be right as a whole; an answer may hold what is not for us.
    let mixed = format!("{small}{other}\n-----END PUBLIC KEY-----\n{key}");
    assert_eq!(
        key::parse(&mixed),
        Err("a key that is not RSA with 2048 to 4096 bits")
    );
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let (key, foreign) = (quoted(&key), quoted(&foreign_xml));
    for answer in [
        quoted(&mixed),
        mixed,
        format!(r#"{{"publicKey":{}}}"#, quoted(&bundles[0])),
        format!("[{foreign},{key}]"),
        format!(r#"{{"data":[{foreign},{key}]}}"#),
        format!(r#"{{"data":{{"publicKeys":[{foreign},{key}]}}}}"#),
        format!(r#"{{"keys":[{{"publicKey":{foreign}}},{{"kid":"2","value":{key}}}]}}"#),
        format!(r#"{{"publicKey":{foreign},"keys":["",{key}]}}"#),
    ] {
        match wire::public_keys(&answer) {
            Reading::Success(keys) => assert!(genuine.is_signed_by(&keys), "{answer}"),
            other => panic!("{other:?} of {answer}"),
        }
    }
    let many = |count: u8| {
        (0..count)
            .map(|n| {
                xml.replace(
                    "<Modulus>qP",
                    &format!("<Modulus>q{}", char::from(b'a' + n)),
                )
            })
            .collect::<String>()
    };
    assert!(key::parse(&many(8)).is_ok());
    assert_eq!(
        key::parse(&many(9)),
        Err("a key that comes with more than 7 others")
    );
}

#[test]
fn numbers_that_make_no_key_are_refused() {
    let xml = vectors()["publicKeyXml"].as_str().unwrap().to_owned();
    let (before, rest) = xml.split_once("<Modulus>").unwrap();
    let (modulus, after) = rest.split_once("</Modulus>").unwrap();
    let with = |modulus: &[u8]| {
        let modulus = STANDARD.encode(modulus);
        key::parse(&format!("{before}<Modulus>{modulus}</Modulus>{after}"))
    };
    let modulus = STANDARD.decode(modulus).unwrap();
    assert_eq!(with(&[&[0], modulus.as_slice()].concat()), key::parse(&xml));
    let mut even = modulus.clone();
    *even.last_mut().unwrap() ^= 1;
    assert!(with(&even).is_err() && with(&[]).is_err());
    assert!(
        with(&[modulus.as_slice(); 3].concat()).is_err(),
        "6144 bits"
    );
    for exponent in ["", "AQ==", "AAAC", "AQABAQAB"] {
        assert!(
            key::parse(&xml.replace("AQAB", exponent)).is_err(),
            "{exponent}"
        );
    }
}

#[test]
fn what_is_not_a_key_is_not_read() {
    assert_eq!(
        key::parse(SMALL),
        Err("a key that is not RSA with 2048 to 4096 bits")
    );
    for text in [
        "",
        "nonsense",
        "-----BEGIN PUBLIC KEY-----",
        "<RSAKeyValue><Modulus>",
        "<RSAKeyValue><Modulus>!</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
        "AAAA",
    ] {
        assert!(key::parse(text).is_err(), "{text}");
    }
    assert!(key::parse(&"A".repeat(17_000)).is_err());
}

#[test]
fn a_key_answer_is_read_in_every_shape() {
    let quoted = serde_json::Value::from(pem()).to_string();
    let shapes = [
        format!(r#"{{"success":true,"format":"Pem","publicKey":{quoted}}}"#),
        format!(r#"{{"data":{quoted}}}"#),
        format!(r#"{{"data":{{"publicKey":{quoted}}}}}"#),
        quoted.clone(),
        pem(),
        vectors()["publicKeyXml"].as_str().unwrap().to_owned(),
    ];
    for shape in shapes {
        assert!(
            matches!(wire::public_keys(&shape), Reading::Success(_)),
            "{shape}"
        );
    }
    for shape in [
        "",
        "{}",
        r#"{"publicKey":""}"#,
        r#"{"publicKey":"x"}"#,
        "<html>oops</html>",
    ] {
        assert!(
            matches!(wire::public_keys(shape), Reading::Unreadable(_)),
            "{shape}"
        );
    }
}

#[test]
fn a_configured_key_must_be_one() {
    let configured = gateway(&ENTRY, &[("AZAMPAY_PUBLIC_KEY", &pem())]).unwrap();
    assert!(matches!(configured.key_source(), KeySource::Configured(_)));
    let error = gateway(&ENTRY, &[("AZAMPAY_PUBLIC_KEY", "x")])
        .err()
        .unwrap();
    assert!(
        error
            .message
            .starts_with("Invalid configuration: AZAMPAY_PUBLIC_KEY is not usable"),
        "{}",
        error.message
    );
}
