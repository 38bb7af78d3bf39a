//! Mobile operators: who runs a number's network, as far as its first digits tell, and what callers call them.
#![forbid(unsafe_code)]

use super::country::Country;
use super::numbering::country_of;

macro_rules! operators {
    ($($operator:ident = $name:literal, [$($alias:literal),*];)*) => {
        /// A mobile operator, or a wallet that belongs to none.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operator {
            $($operator,)*
        }

        impl Operator {
            pub const ALL: &[Self] = &[$(Self::$operator,)*];

            /// The brand that its customers see today.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$operator => $name,)*
                }
            }

            /// Other names that callers have for it: older brands, and its mobile money. Small letters and digits only.
            fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$operator => &[$($alias),*],)*
                }
            }
        }
    };
}

// M-Pesa is Vodacom's here, for only gateways of Tanzania are told the operator.
operators! {
    Vodacom = "Vodacom",       ["mpesa", "vodacommpesa", "mpesavodacom", "vodacomtanzania", "voda"];
    Yas = "Yas",               ["mixx", "mixxbyyas", "yasmixx", "tigo", "tigopesa", "tigomixx", "zantel"];
    Airtel = "Airtel",         ["airtelmoney"];
    Halotel = "Halotel",       ["halopesa", "viettel"];
    Azampesa = "AzamPesa",     ["azampay"];
    Ttcl = "TTCL",             ["tpesa", "ttclpesa"];
    Safaricom = "Safaricom",   [];
    Telkom = "Telkom",         ["tkash"];
    Equitel = "Equitel",       ["finserve"];
    Faiba = "Faiba",           ["jtl"];
    Mtn = "MTN",               ["momo", "mtnmomo", "mtnmobilemoney"];
    Lycamobile = "Lycamobile", ["lyca"];
    Utel = "UTel",             ["utl"];
    Tnm = "TNM",               ["mpamba", "tnmmpamba"];
    Zamtel = "Zamtel",         [];
    Econet = "Econet",         ["ecocash"];
    NetOne = "NetOne",         ["onemoney"];
    Telecel = "Telecel",       ["telecash"];
}

impl Operator {
    /// The operator of that name, in any case and with blanks and dashes anywhere: `M-Pesa`, `tigo pesa`.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            let letters = text
                .chars()
                .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'));
            letters.map(|c| c.to_ascii_lowercase()).collect()
        };
        let name = plain(name);
        let is_it = |operator: &&Self| {
            plain(operator.name()) == name || operator.aliases().contains(&name.as_str())
        };
        Self::ALL.iter().find(is_it).copied()
    }
}

/// How a country's mobile numbers begin, after the calling code, and whose they were when they were given out; the
/// longest beginning that fits counts. Google's libphonenumber lists them so (`resources/carrier/en`, version 9.0.35 of
/// July 2026), but for Tanzania's 60, which is newer. `None` are operators without mobile money.
#[rustfmt::skip]
const BEGINNINGS: &[(Country, Option<Operator>, &[&str])] = {
    use Country::*;
    use Operator::*;
    &[
        (Tanzania, Some(Vodacom), &["72", "74", "75", "76", "79"]),
        (Tanzania, Some(Yas), &["65", "67", "70", "71", "77"]),
        (Tanzania, Some(Airtel), &["60", "66", "68", "69", "78"]),
        (Tanzania, Some(Halotel), &["61", "62", "63"]),
        (Tanzania, Some(Ttcl), &["73"]),
        (Kenya, Some(Safaricom), &["11", "14", "18", "70", "71", "72", "74", "757", "758", "759", "768", "769", "79"]),
        (Kenya, Some(Airtel), &["10", "73", "75", "761", "762", "78"]),
        (Kenya, Some(Telkom), &["120", "77"]),
        (Kenya, Some(Equitel), &["124", "763", "764", "765", "766"]),
        (Kenya, Some(Faiba), &["747"]),
        (Kenya, None, &["744"]),
        (Uganda, Some(Mtn), &["724", "737", "76", "77", "78", "790", "791", "792", "793", "794"]),
        (Uganda, Some(Airtel), &["70", "730", "731", "74", "75", "795"]),
        (Uganda, Some(Lycamobile), &["721", "726", "727"]),
        (Uganda, Some(Utel), &["71"]),
        (Uganda, None, &["7210", "7240"]),
        (Rwanda, Some(Mtn), &["78", "79"]),
        (Rwanda, Some(Airtel), &["72", "73"]),
        (Malawi, Some(Airtel), &["9"]),
        (Malawi, Some(Tnm), &["3", "8"]),
        (Zambia, Some(Mtn), &["56", "76", "96"]),
        (Zambia, Some(Airtel), &["57", "77", "97"]),
        (Zambia, Some(Zamtel), &["55", "75", "95"]),
        (Zimbabwe, Some(Econet), &["77", "78", "79"]),
        (Zimbabwe, Some(NetOne), &["71", "72"]),
        (Zimbabwe, Some(Telecel), &["73"]),
    ]
};

/// The operator that the first digits of a number speak for, and its country. It is a guess: people keep their number
/// when they change the operator. `digits` are those that [`normalize`](super::numbering::normalize) gave.
pub fn guess(digits: &str) -> Option<(Operator, Country)> {
    let (country, national) = country_of(digits)?;
    let fitting = BEGINNINGS.iter().filter(|(of, ..)| *of == country);
    let fitting = fitting.flat_map(|(_, operator, beginnings)| {
        let fits = beginnings
            .iter()
            .filter(|start| national.starts_with(**start));
        fits.map(|start| (start.len(), *operator))
    });
    let (_, operator) = fitting.max_by_key(|(length, _)| *length)?;
    Some((operator?, country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_it_is_written() {
        for (names, operator) in [
            (
                &["Mpesa", "M-PESA", "mpesa", "Vodacom", "vodacom m-pesa"][..],
                Operator::Vodacom,
            ),
            (
                &[
                    "Tigo",
                    "tigo-pesa",
                    "TIGOPESA",
                    "mixx",
                    "Mixx by Yas",
                    "YAS",
                ],
                Operator::Yas,
            ),
            (
                &["Airtel", "airtel money", "AIRTEL-MONEY"],
                Operator::Airtel,
            ),
            (&["Halopesa", "HALOTEL", "halo pesa"], Operator::Halotel),
            (&["Azampesa", "azam-pesa"], Operator::Azampesa),
            (&["TTCL", "t-pesa", "Tpesa"], Operator::Ttcl),
        ] {
            for name in names {
                assert_eq!(Operator::from_name(name), Some(operator), "{name}");
            }
        }
        for operator in Operator::ALL {
            assert_eq!(Operator::from_name(operator.name()), Some(*operator));
        }
        for name in ["", " ", "-", "pesa", "mpesa2", "airtel, tigo"] {
            assert_eq!(Operator::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_name_has_one_meaning_and_a_beginning_one_owner() {
        let mut names = Vec::new();
        for operator in Operator::ALL {
            names.push(operator.name().to_ascii_lowercase());
            names.extend(operator.aliases().iter().map(|&alias| alias.to_owned()));
        }
        let mut beginnings = Vec::new();
        for (country, _, starts) in BEGINNINGS {
            beginnings.extend(starts.iter().map(|start| (country.code(), *start)));
        }
        assert_eq!(distinct(&names), names.len());
        assert_eq!(distinct(&beginnings), beginnings.len());
    }

    fn distinct<T: Ord>(all: &[T]) -> usize {
        all.iter().collect::<std::collections::BTreeSet<_>>().len()
    }

    #[test]
    fn the_longest_beginning_counts() {
        for (digits, operator) in [
            ("254757000000", Some((Operator::Safaricom, Country::Kenya))),
            ("254750000000", Some((Operator::Airtel, Country::Kenya))),
            ("254744000000", None),
            ("254740000000", Some((Operator::Safaricom, Country::Kenya))),
            (
                "256721100000",
                Some((Operator::Lycamobile, Country::Uganda)),
            ),
            ("256721000000", None),
            ("265991234567", Some((Operator::Airtel, Country::Malawi))),
            ("265212345678", None),
            ("447700900000", None),
            ("", None),
        ] {
            assert_eq!(guess(digits), operator, "{digits}");
        }
    }

    /// As a gateway publishes it in `tanzanian-phone-validator` 1.1.8.
    #[test]
    fn tanzania_is_as_a_gateway_says() {
        for (operator, starts) in [
            (Operator::Vodacom, &["74", "75", "76", "79", "724"][..]),
            (Operator::Yas, &["65", "67", "70", "71", "77"]),
            (Operator::Airtel, &["66", "68", "69", "78"]),
            (Operator::Halotel, &["61", "62", "63"]),
            (Operator::Ttcl, &["73"]),
        ] {
            for start in starts {
                let digits = format!("255{start:0<9}");
                assert_eq!(
                    guess(&digits),
                    Some((operator, Country::Tanzania)),
                    "{start}"
                );
            }
        }
        // The validator knows 724 alone of Vodacom's 72, and not 60 yet; nobody has 64.
        assert_eq!(
            guess("255720000000"),
            Some((Operator::Vodacom, Country::Tanzania))
        );
        assert_eq!(
            guess("255600000000"),
            Some((Operator::Airtel, Country::Tanzania))
        );
        assert_eq!(guess("255640000000"), None);
    }
}
