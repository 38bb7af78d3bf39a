#![no_main]

use finconnect::laws;

// The name of a member, what it is set to, and the body; a NUL between them.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(3, '\0');
    let [name, member, body] = std::array::from_fn(|_| parts.next().unwrap_or_default());
    laws::body::holds(body, name, member);
});
