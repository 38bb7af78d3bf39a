//! Which gateways there are.
#![forbid(unsafe_code)]

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    Pesapal,
    Clickpesa,
    Azampay,
}

impl Provider {
    pub const ALL: [Self; 3] = [Self::Pesapal, Self::Clickpesa, Self::Azampay];

    /// Matched without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|provider| provider.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pesapal => "pesapal",
            Self::Clickpesa => "clickpesa",
            Self::Azampay => "azampay",
        }
    }

    /// As the documented constructor messages write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pesapal => "Pesapal",
            Self::Clickpesa => "Clickpesa",
            Self::Azampay => "Azampay",
        }
    }

    /// As the gateway writes its own name.
    pub fn brand(self) -> &'static str {
        match self {
            Self::Pesapal => "PesaPal",
            Self::Clickpesa => "ClickPesa",
            Self::Azampay => "AzamPay",
        }
    }
}
