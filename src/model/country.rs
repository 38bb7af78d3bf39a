//! The countries where the gateways work.
#![forbid(unsafe_code)]

/// A country where the gateways work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    Tanzania,
    Kenya,
    Uganda,
    Rwanda,
    Malawi,
    Zambia,
    Zimbabwe,
}

impl Country {
    pub const ALL: [Self; 7] = [
        Self::Tanzania,
        Self::Kenya,
        Self::Uganda,
        Self::Rwanda,
        Self::Malawi,
        Self::Zambia,
        Self::Zimbabwe,
    ];

    /// Its code in ISO 3166-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tanzania => "TZ",
            Self::Kenya => "KE",
            Self::Uganda => "UG",
            Self::Rwanda => "RW",
            Self::Malawi => "MW",
            Self::Zambia => "ZM",
            Self::Zimbabwe => "ZW",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Tanzania => "Tanzania",
            Self::Kenya => "Kenya",
            Self::Uganda => "Uganda",
            Self::Rwanda => "Rwanda",
            Self::Malawi => "Malawi",
            Self::Zambia => "Zambia",
            Self::Zimbabwe => "Zimbabwe",
        }
    }

    /// The country whose own currency that is, in ISO 4217.
    pub fn paying_in(currency: &str) -> Option<Self> {
        Some(match currency {
            "TZS" => Self::Tanzania,
            "KES" => Self::Kenya,
            "UGX" => Self::Uganda,
            "RWF" => Self::Rwanda,
            "MWK" => Self::Malawi,
            "ZMW" => Self::Zambia,
            _ => return None,
        })
    }

    /// The country of that code, in capital letters or not.
    pub fn from_code(code: &str) -> Option<Self> {
        let is_it = |country: &Self| country.code().eq_ignore_ascii_case(code);
        Self::ALL.into_iter().find(is_it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_a_code_in_any_case() {
        assert_eq!(Country::from_code("tz"), Some(Country::Tanzania));
        for code in ["", "T", "TZA", "255", "Tanzania", "US"] {
            assert_eq!(Country::from_code(code), None, "{code}");
        }
    }
}
