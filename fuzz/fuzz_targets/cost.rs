#![no_main]

use finconnect::laws;

// The frame, and what is written in it over and over.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((frame, unit)) = data.split_first() {
        laws::cost::holds_in((*frame).into(), &String::from_utf8_lossy(unit));
    }
});
