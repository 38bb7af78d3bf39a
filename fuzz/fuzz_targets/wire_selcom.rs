#![no_main]

use finconnect::laws;

libfuzzer_sys::fuzz_target!(|data: &[u8]| laws::wire::of_selcom(&String::from_utf8_lossy(data)));
