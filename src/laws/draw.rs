//! Inputs drawn by the grammar of each reader.

use proptest::prelude::*;

use crate::model::json::quote;

/// What each reader looks for, so that drawn answers get past the first check.
pub type Names = &'static [&'static str];
pub const PESAPAL: Names = &[
    "token",
    "expiryDate",
    "error",
    "message",
    "order_tracking_id",
    "redirect_url",
    "ipn_id",
    "status",
    "status_code",
    "amount",
    "payment_account",
];
pub const CLICKPESA: Names = &[
    "token",
    "success",
    "id",
    "status",
    "message",
    "error",
    "statusCode",
    "paymentPhoneNumber",
    "customer",
    "updatedAt",
    "orderReference",
];
pub const AZAMPAY: Names = &[
    "success",
    "transactionId",
    "data",
    "accessToken",
    "expire",
    "message",
    "errors",
    "publicKey",
];
pub const SELCOM: Names = &[
    "resultcode",
    "result",
    "message",
    "data",
    "transid",
    "reference",
    "order_id",
    "payment_status",
    "payment_gateway_url",
    "amount",
    "balance",
    "name",
    "receipt",
    "phone",
];
pub const CALLBACKS: Names = &[
    "utilityref",
    "externalreference",
    "transactionstatus",
    "operator",
    "initiatorReferenceId",
    "pgReferenceId",
    "status",
    "amount",
    "msisdn",
    "signature",
    "data",
    "checksum",
    "checksumMethod",
    "orderReference",
    "paymentPhoneNumber",
    "event",
    "depositAmount",
    "OrderTrackingId",
    "ordermerchantreference",
    "order_id",
    "payment_status",
    "resultcode",
    "result",
    "reference",
];
pub const WORDS: Names = &[
    "success",
    "SETTLED",
    "COMPLETED",
    "000",
    "111",
    "999",
    "FAIL",
    "FAILED",
    "false",
    "null",
    "legacy",
    "PAYOUT INITIATED",
    "1",
    "1000.00",
    "255712345678",
    "2547xxx56689",
    "Bearer abc",
    "ORDER-1",
    "2024-03-18T16:25:45.28Z",
    "AAAA",
    "é\"\\\n",
    "  ",
];

pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[0-9 +*-]{0,20}",
    ]
}

pub fn key(names: Names) -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(names).prop_map(str::to_owned),
        1 => text(),
    ]
}

/// Draws one of a few names: an object repeats them, and each kind that sorts or is written differently is among them.
pub fn few() -> impl Strategy<Value = String> {
    let names = vec![
        "n",
        "data",
        "10",
        "9",
        "\"",
        "a\\",
        "\u{1f600}",
        "\u{ff5e}",
        "",
    ];
    proptest::sample::select(names).prop_map(str::to_owned)
}

/// A string literal for the text, some of whose characters are written as escapes.
pub fn literal(text: &str, escaped: u64) -> String {
    let mut literal = String::from("\"");
    for (at, c) in text.chars().enumerate() {
        if escaped >> (at % 64) & 1 == 1 {
            for unit in c.encode_utf16(&mut [0; 2]) {
                literal.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            literal.push_str(
                quote(c.encode_utf8(&mut [0; 4]))
                    .trim_start_matches('"')
                    .strip_suffix('"')
                    .unwrap(),
            );
        }
    }
    literal + "\""
}

pub fn string() -> impl Strategy<Value = String> {
    let escapes = prop_oneof![3 => Just(0), 1 => any::<u64>()];
    prop_oneof![
        9 => (text(), escapes).prop_map(|(text, escaped)| literal(&text, escaped)),
        1 => proptest::sample::select(&[r#""\ud800""#, r#""a\udc00b""#, r#""\/""#][..]).prop_map(str::to_owned),
    ]
}

pub fn space() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 1 => "[ \t\r\n]{1,2}"]
}

/// JSON text of any shape, with blanks, escapes, repeated keys and numbers that no type holds.
pub fn json(names: Names) -> impl Strategy<Value = String> {
    let number = prop_oneof![
        proptest::sample::select(
            &[
                "0",
                "1",
                "2",
                "-0",
                "1.50",
                "1e21",
                "1E+2",
                "9007199254740993"
            ][..]
        )
        .prop_map(str::to_owned),
        any::<i64>().prop_map(|n| n.to_string()),
    ];
    let word = proptest::sample::select(&["null", "true", "false"][..]).prop_map(str::to_owned);
    let leaf = prop_oneof![4 => string(), 2 => number, 1 => word];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            3 => object_of(names, inner.clone()),
            1 => (proptest::collection::vec(inner, 0..4), space())
                .prop_map(|(items, space)| format!("[{space}{}{space}]", items.join(&format!("{space},")))),
        ]
    })
}

pub fn object_of(
    names: Names,
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = String> {
    let member = (
        key(names),
        prop_oneof![9 => Just(0), 1 => any::<u64>()],
        space(),
        value,
    )
        .prop_map(|(key, escaped, space, value)| {
            format!("{space}{}{space}:{space}{value}", literal(&key, escaped))
        });
    proptest::collection::vec(member, 0..9).prop_map(|members| format!("{{{}}}", members.join(",")))
}

/// Mostly flat, as answers are.
pub fn object(names: Names) -> impl Strategy<Value = String> {
    let bare = proptest::sample::select(vec!["false", "true", "null", "1", "1500.00"]);
    let value = prop_oneof![4 => string(), 2 => bare.prop_map(str::to_owned), 1 => json(names)];
    object_of(names, value)
}

/// What a gateway, or anyone, may send: JSON, nearly JSON, HTML, a form, or bytes.
pub fn sent(names: Names) -> impl Strategy<Value = String> {
    prop_oneof![
        6 => object(names),
        2 => json(names),
        1 => (object(names), any::<proptest::sample::Index>()).prop_map(|(text, at)| {
            let cut = at.index(text.chars().count().max(1));
            text.chars().take(cut).collect()
        }),
        1 => proptest::collection::vec(any::<u8>(), 0..200)
            .prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        1 => "(<[a-z!/]{0,8}>?|[a-z &;\n]{0,6}){0,10}",
        1 => proptest::collection::vec((key(names), text()), 0..5).prop_map(|pairs| {
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        }),
    ]
}
