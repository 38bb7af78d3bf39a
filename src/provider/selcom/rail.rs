//! The ways that a payout goes. Each has a look-up and a query of its own, and knows nothing of the others: a payout
//! that is asked for on another rail looks as if it had failed. So the rail stands in the payout's own `transid`, at
//! its end, from which alone a query is made.
#![forbid(unsafe_code)]

use crate::model::operator::Operator;
use crate::provider::reference::Carries;

use super::REFERENCE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    /// A wallet on a phone: Selcom's wallet cash-in.
    Wallet,
    /// An account at a bank: Qwiksend.
    Bank,
}

const ALL: [Rail; 2] = [Rail::Wallet, Rail::Bank];

/// Which references of the merchant's a payout carries, before its rail is added.
pub const OWN: Carries = Carries {
    longest: 34,
    ..REFERENCE
};

impl Rail {
    /// What a `transid` of it ends in.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Wallet => "WC",
            Self::Bank => "QS",
        }
    }

    pub fn process(self) -> &'static str {
        match self {
            Self::Wallet => "/walletcashin/process",
            Self::Bank => "/qwiksend/process",
        }
    }

    pub fn look_up(self) -> &'static str {
        match self {
            Self::Wallet => "/walletcashin/namelookup",
            Self::Bank => "/qwiksend/lookup",
        }
    }

    pub fn query(self) -> &'static str {
        match self {
            Self::Wallet => "/walletcashin/query",
            Self::Bank => "/qwiksend/query",
        }
    }

    /// The rail of a `transid`; `None` of what is no such.
    pub fn of_transid(text: &str) -> Option<Self> {
        ALL.into_iter().find(|rail| text.ends_with(rail.mark()))
    }

    /// The rail to an operator's wallet or to a bank, by its name.
    pub fn to(name: &str) -> Option<Self> {
        match bank(name) {
            Some(_) => Some(Self::Bank),
            None => utility(name).map(|_| Self::Wallet),
        }
    }
}

/// Of no operator by name: Selcom finds out whose the number is now.
pub const ANY_WALLET: &str = "CASHIN";

/// `utilitycode` of a payout. Source: developers.selcommobile.com; real payouts of 2026 use them.
const UTILITIES: &[(Operator, &str)] = &[
    (Operator::Vodacom, "VMCASHIN"),
    (Operator::Airtel, "AMCASHIN"),
    (Operator::Yas, "TPCASHIN"),
    (Operator::Halotel, "HPCASHIN"),
    (Operator::Ttcl, "TTCASHIN"),
];

/// Zantel's wallet has a code of its own. Source: developers.selcommobile.com.
const ZANTEL: &str = "EZCASHIN";

/// Selcom's code for a wallet, by any name of its operator.
pub fn utility(name: &str) -> Option<&'static str> {
    let letters = name.chars().filter(char::is_ascii_alphabetic);
    let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    if ["zantel", "ezypesa", "zantelezypesa", "zantelezpesa"].contains(&letters.as_str()) {
        return Some(ZANTEL);
    }
    let operator = Operator::from_name(name)?;
    let known = UTILITIES.iter().find(|(known, _)| *known == operator);
    known.map(|(_, code)| *code)
}

/// `recipientFiCode` of a payout. Source: developers.selcommobile.com.
#[rustfmt::skip]
const BANKS: &[&str] = &[
    "ABSA", "SPSCASHIN", "AKIBA", "AMANABANK", "AZANIA", "BANCABC", "BOA", "BANKOFBARODA", "BANKOFINDIA",
    "CHINADASHENG", "CITIBANK", "CRDBBANK", "DCBBANK", "DTB", "ECOBANK", "EQUITYBANK", "EXIMBANK", "FINCA", "GTBANK",
    "HABIBBANK", "IMBANK", "ICB", "KCB", "KILIMANJARO", "LETSHEGO", "MAENDELEO", "MKOMBOZI", "MWALIMU", "MWANGA",
    "NMB", "NBC", "NCBA", "PBZ", "STANBIC", "TCB", "UCHUMI", "UBA",
];

/// Selcom's code for a bank, in any case.
pub fn bank(name: &str) -> Option<&'static str> {
    let known = BANKS.iter().find(|code| code.eq_ignore_ascii_case(name));
    known.copied()
}
