#![no_main]

use finconnect::laws;

// Two amounts, a line each.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (one, two) = text.split_once('\n').unwrap_or((&text, "1000"));
    laws::money::holds(one, two);
});
