//! Written by `npm run numbering` from the metadata of the library that `tasks/numbering/` names.
#![forbid(unsafe_code)]

use crate::model::country::Country;

/// How a country's numbers are made.
pub struct Plan {
    pub country: Country,
    /// What a number begins with that is dialled from abroad.
    pub calling_code: &'static str,
    /// What is dialled in the country before a calling code.
    pub abroad: &'static [&'static str],
    /// How the country's mobile numbers begin, after the calling code.
    pub mobile: &'static [&'static str],
}

pub const PLANS: [Plan; 7] = [
    Plan {
        country: Country::Tanzania,
        calling_code: "255",
        abroad: &["000", "005", "006"],
        mobile: &["60", "61", "62", "63", "65", "66", "67", "68", "69", "7"],
    },
    Plan {
        country: Country::Kenya,
        calling_code: "254",
        abroad: &["000"],
        mobile: &[
            "100", "101", "102", "103", "104", "105", "106", "107", "108", "11", "120", "121",
            "124", "130", "135", "136", "137", "138", "139", "140", "141", "142", "143", "144",
            "145", "146", "18", "7",
        ],
    },
    Plan {
        country: Country::Uganda,
        calling_code: "256",
        abroad: &["000", "005", "007"],
        mobile: &[
            "70", "71", "720", "721", "724", "726", "727", "7280", "730", "731", "732", "7340",
            "736", "737", "74", "75", "76", "77", "78", "790", "791", "792", "793", "794", "795",
            "798", "799",
        ],
    },
    Plan {
        country: Country::Rwanda,
        calling_code: "250",
        abroad: &["00"],
        mobile: &["72", "73", "77", "78", "79"],
    },
    Plan {
        country: Country::Malawi,
        calling_code: "265",
        abroad: &["00"],
        mobile: &["111", "21", "22", "31", "77", "88", "89", "98", "99"],
    },
    Plan {
        country: Country::Zambia,
        calling_code: "260",
        abroad: &["00"],
        mobile: &[
            "55", "56", "57", "58", "75", "76", "77", "78", "79", "95", "96", "97", "98",
        ],
    },
    Plan {
        country: Country::Zimbabwe,
        calling_code: "263",
        abroad: &["00"],
        mobile: &[
            "71", "72", "731", "732", "733", "734", "735", "736", "737", "738", "739", "77", "78",
            "790", "791",
        ],
    },
];
