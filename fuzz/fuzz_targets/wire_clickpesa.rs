#![no_main]

#[path = "../laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::wire::of_clickpesa(&String::from_utf8_lossy(data)));
