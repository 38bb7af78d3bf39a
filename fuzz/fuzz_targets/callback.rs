#![no_main]

use finconnect::laws;

// A body, and after a NUL the value of the checksum header.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    match text.split_once('\0') {
        Some((body, header)) => laws::callback::holds(body, Some(header)),
        None => laws::callback::holds(&text, None),
    }
});
