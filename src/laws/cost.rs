//! Cost: every reader of outside bytes takes as long for a byte of a long text as for one of a short text.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::flow::redact::Private;
use crate::http::Response;
use crate::model::callback::Incoming;
use crate::model::expectation::Expectation;
use crate::model::json::{Object, elements, extent, quote, strings};
use crate::model::money::Amount;
use crate::model::phone;
use crate::model::secret::Secret;
use crate::provider::Gateway;
use crate::provider::clickpesa::canonical::canonical;

use super::examples::examples;
use super::{Ask, azampay, clickpesa, gateway, key, pesapal, refusal, selcom, try_gateway};

/// A short text and a long one, in bytes; as long as an answer may be, where the compiler made that fast.
const SHORT: usize = 512;
const LONG: usize = if cfg!(debug_assertions) {
    32 * SHORT
} else {
    1 << 20
};
/// A byte of the long text may take so many times as long: sorting, and memory that is not near.
const FACTOR: u32 = 8;
/// What a clock and a scheduler may add.
const NOISE: Duration = Duration::from_millis(5);
/// What was not flat is tried again, and then with texts so many times as long: there noise counts for less.
const TRIES: [usize; 5] = [1, 1, 1, 32, 32];

const TAG: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where text stands that is written over and over: what is before it, and what follows.
pub const FRAMES: &[(&str, &str)] = &[
    ("", ""),
    ("{", "\"z\":0}"),
    ("[", "0]"),
    ("\"", "\""),
    (
        r#"{"data":{"#,
        r#""checksum":"0000000000000000000000000000000000000000000000000000000000000000"},"checksum":"0"}"#,
    ),
    (r#"{"message":""#, r#"","errors":{}}"#),
    (r#"{"message":["#, r#"""]}"#),
    (r#"{"errors":{"#, r#""z":[]}}"#),
    (r#"[{"status":"SUCCESS","orderReference":"A"},"#, "{}]"),
];

/// `unit` in each frame, over and over, each `@` in it as another number.
pub fn holds(unit: &str) {
    (0..FRAMES.len()).for_each(|frame| holds_in(frame, unit));
}

/// `unit` in the frame of that number, over and over.
pub fn holds_in(frame: usize, unit: &str) {
    let (before, after) = FRAMES[frame % FRAMES.len()];
    let text = |bytes: usize| {
        let mut text = before.to_owned();
        for number in 0.. {
            if text.len() >= bytes {
                break;
            }
            text.push_str(&unit.replace('@', &number.to_string()));
        }
        text + after
    };
    if unit.is_empty() {
        return;
    }
    let (short, long) = (text(SHORT), text(LONG));
    for (name, read) in READERS {
        let flat = TRIES.iter().any(|times| match times {
            1 => is_flat(*read, &short, &long),
            times => is_flat(*read, &long, &text(LONG * times)),
        });
        assert!(flat, "{name} of {} bytes: {}", long.len(), text(60));
    }
}

/// Whether `read` takes as long for a byte of the long text.
pub fn is_flat(read: fn(&str), short: &str, long: &str) -> bool {
    let took = |text: &str| {
        let started = Instant::now();
        read(text);
        started.elapsed()
    };
    let times = u32::try_from(long.len() / short.len()).expect("a small number");
    let within = |expected: Duration| took(long) <= expected * FACTOR + NOISE;
    // What else runs on the machine holds up the long text, and a short one only when it is read as often.
    within(took(short).min(took(short)) * times) || within((0..times).map(|_| took(short)).sum())
}

type Reader = (&'static str, fn(&str));

const READERS: &[Reader] = &[
    ("PesaPal's callback", |text| callback(pesapal(), text)),
    ("ClickPesa's callback", |text| callback(signing(), text)),
    ("AzamPay's callback", |text| callback(azampay(), text)),
    ("Selcom's callback", |text| callback(selcom(), text)),
    ("AzamPay's members", |text| {
        let members = azampay().facts().callback_members;
        drop(azampay().callback(&Incoming::Members(&vec![text; members.len()])));
    }),
    ("PesaPal's answers", |text| answers(pesapal(), text)),
    ("ClickPesa's answers", |text| answers(clickpesa(), text)),
    ("AzamPay's answers", |text| answers(azampay(), text)),
    ("Selcom's answers", |text| answers(selcom(), text)),
    ("a fetched key", |text| drop(key::fetched(text))),
    ("a configured key", |text| {
        drop(try_gateway("azampay", &[("AZAMPAY_PUBLIC_KEY", text)]));
    }),
    ("a payment of PesaPal's", |text| {
        drop(pesapal().pay(text, Some("ipn")))
    }),
    ("a payment of ClickPesa's", |text| {
        drop(signing().pay(text, None))
    }),
    ("a payment of AzamPay's", |text| {
        drop(azampay().pay(text, None))
    }),
    ("a payment of Selcom's", |text| {
        drop(selcom().pay(text, None))
    }),
    ("a body", |text| {
        if let Some(mut object) = Object::parse(text) {
            object.set_string("set", text);
            object.remove("k1");
            drop((object.text(), canonical(&object, &["z"])));
        }
        drop((elements(text), strings(text), extent(text), quote(text)));
    }),
    ("expect", |text| {
        drop(Expectation::parse(text));
        drop(Expectation::parse(&format!(
            r#"{{"amount":{0},"reference":{0}}}"#,
            quote(text)
        )));
    }),
    ("an amount", |text| drop(Amount::parse(text))),
    ("a phone number", |text| {
        drop((phone::mask(text), phone::mask_within(text)))
    }),
    ("an error that may echo secrets", |text| {
        let secrets = [
            "0000000000000000",
            "k1k1k1k1k1k1k1k1k1",
            "secret",
            "&amp;&amp;&amp;&amp;",
            "an-echoed-secret-0",
        ]
        .map(Secret::new);
        let private = Private::new(secrets.into());
        drop((private.hide(text), private.hide(&quote(text))));
    }),
];

fn callback(gateway: &dyn Gateway, text: &str) {
    let headers = [
        ("x-clickpesa-signature", TAG),
        ("digest", TAG),
        ("timestamp", "2026-01-02T03:04:05+03:00"),
        ("signed-fields", "order_id,amount"),
    ];
    let headers = &headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    drop(gateway.callback(&Incoming::Whole {
        body: text,
        headers,
    }));
}

fn answers(gateway: &dyn Gateway, text: &str) {
    if let Some(login) = gateway.access().login() {
        drop((login.read)(text));
    }
    for operation in gateway.facts().operations() {
        for input in examples(operation) {
            let Some(asked) = operation.asks() else {
                continue;
            };
            if let Ok(call) = gateway.make(asked, &input) {
                drop((call.read)(text));
                drop(call.missing.map(|missing| missing(text)));
            }
        }
    }
    let facts = gateway.facts();
    for status in [200, 401, 502] {
        let response = Response {
            status,
            text: text.to_owned(),
            ..Response::default()
        };
        drop(((facts.words)(&response), (facts.refuses_token)(&response)));
    }
    drop(refusal::judged(gateway, 401, text));
}

/// ClickPesa with all that it may be configured to check.
fn signing() -> &'static dyn Gateway {
    static GATEWAY: OnceLock<Box<dyn Gateway>> = OnceLock::new();
    let more = [
        ("CLICKPESA_CHECKSUM_KEY", "a key"),
        ("CLICKPESA_CHECKSUM_METHOD", "legacy"),
    ];
    GATEWAY.get_or_init(|| gateway("clickpesa", &more)).as_ref()
}

/// The worst that has been thought of, as units of [`holds`].
pub const WORST: &[&str] = &[
    r#""k@":0,"#,
    r#""k":0,"#,
    // In base64 and in hexadecimal, a secret that an answer may echo.
    "YW4tZWNob2VkLXNlY3JldC0w",
    "616e2d6563686f65642d7365637265742d30",
    r#""checksum":"0","#,
    r#""@":0,"#,
    r#""4294967@":0,"#,
    r#""\u006b@":"\u0061","#,
    r#""a long key that many have in common, and more of it @":null,"#,
    r#""data":{"orderReference":"A"},"#,
    r#"{"a":"#,
    r#"{"a":{"b":[1,2]}},"#,
    "[",
    "{",
    "[],",
    r#"{"status":"SUCCESS","updatedAt":"@","orderReference":"A"},"#,
    "\"",
    "\"\",",
    "\\",
    "\\\"",
    "\\ud800",
    "9",
    "1e",
    "0.",
    " ",
    "\u{e9}\u{1f600}",
    "<script>",
    "<script></style>",
    "<",
    "<a ",
    "&amp;",
    "&a=b",
    "%41+",
    "=",
    "-----",
    "-----BEGIN PUBLIC KEY-----AAAA",
    "<Modulus>AAAA",
    "0000000000000000",
    "secret ",
    "25571234567",
];
