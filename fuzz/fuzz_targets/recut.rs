#![no_main]

use finconnect::laws;

use laws::recut::{OPERATORS, STATUSES, Written, holds};

// Status, operator and three ends, the digits of an id, and a reference.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(([status, operator, one, two, three], rest)) = data.split_first_chunk() else {
        return;
    };
    let Some((id, reference)) = rest.split_first_chunk::<16>() else {
        return;
    };
    let written = Written {
        reference: String::from_utf8_lossy(reference).into_owned(),
        id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
        status: STATUSES[usize::from(*status) % STATUSES.len()],
        operator: OPERATORS[usize::from(*operator) % OPERATORS.len()],
    };
    holds(&written, [*one, *two, *three].map(usize::from));
});
