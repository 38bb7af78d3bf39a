//! Whose wallet is meant, and AzamPay's own names for wallets and banks. Payments and payouts have different ones.
#![forbid(unsafe_code)]

use crate::config::Options;
use crate::model::error::Error;
use crate::model::operator::{Operator, guess};
use crate::provider::form::{Form, shown};

use Operator::{Airtel, Azampesa, Halotel, Ttcl, Vodacom, Yas};

/// `provider` of a push. Source: AzamPay's API specification, 2026, and captured traffic.
pub const PAYERS: &[(Operator, &str)] = &[
    (Vodacom, "Mpesa"),
    (Yas, "Tigo"),
    (Airtel, "Airtel"),
    (Halotel, "Halopesa"),
    (Azampesa, "Azampesa"),
];

/// `bankName` of a payout, as AzamPay told it to merchants who went live in 2026; its specification has other names.
const RECIPIENTS: &[(Operator, &str)] = &[
    (Vodacom, "Vodacom"),
    (Yas, "Yas"),
    (Airtel, "Airtel"),
    (Halotel, "Halotel"),
    (Azampesa, "Azampesa"),
    (Ttcl, "Tpesa"),
];

/// The wallet of a payer or a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wallet<'a> {
    pub operator: Operator,
    /// AzamPay's name for it.
    pub name: &'a str,
    /// Whether the number alone speaks for it.
    pub guessed: bool,
}

/// The wallet of the form's `operator` or, without one, of the operator that the number suggests: one of `known`.
pub fn wallet<'a>(
    form: &mut Form<'_>,
    phone: Option<&str>,
    known: &[(Operator, &'a str)],
) -> Option<Wallet<'a>> {
    let guessed = !form.has("operator");
    let named = match guessed {
        true => String::new(),
        false => form.text("operator")?,
    };
    let operator = match guessed {
        true => guess(phone?).map(|(operator, _)| operator),
        false => Operator::from_name(&named),
    };
    let found = known.iter().find(|(one, _)| Some(*one) == operator);
    let Some((operator, name)) = found else {
        // In another currency the number may be one of another country.
        if guessed && form.lacks_currency() {
            return None;
        }
        let names: Vec<_> = known.iter().map(|(_, name)| *name).collect();
        let names = names.join(", ");
        let rule = match guessed {
            true => format!("is missing, and the number does not tell it: one of {names}"),
            false => format!("must be one of {names}, not {}", shown(&named)),
        };
        form.wrong("operator", rule);
        return None;
    };
    Some(Wallet {
        operator: *operator,
        name,
        guessed,
    })
}

/// The names that payouts go by.
pub struct BankNames {
    wallets: Vec<(Operator, String)>,
    /// Banks by the names that the merchant gives them. AzamPay documents none.
    banks: Vec<(String, String)>,
}

impl BankNames {
    /// The usual names, with those of `AZAMPAY_BANK_NAMES` in their place or beside them: `Yas=Tigo, CRDB=CRDB`.
    pub fn configured(options: &Options) -> Result<Self, Error> {
        const KEY: &str = "AZAMPAY_BANK_NAMES";
        let usual = RECIPIENTS.iter();
        let mut names = Self {
            wallets: usual
                .map(|(operator, name)| (*operator, (*name).to_owned()))
                .collect(),
            banks: Vec::new(),
        };
        let text = options.get(KEY).map_or("", |text| text.reveal());
        for pair in text
            .split(',')
            .map(str::trim)
            .filter(|pair| !pair.is_empty())
        {
            let (own, name) = match pair
                .split_once('=')
                .map(|(own, name)| (own.trim(), name.trim()))
            {
                Some((own, name)) if !own.is_empty() && !name.is_empty() => (own, name.to_owned()),
                _ => {
                    let rule = format!(
                        "{KEY} must be pairs such as 'Yas=Tigo, CRDB=CRDB', not {}.",
                        shown(pair)
                    );
                    return Err(Error::invalid_config(rule));
                }
            };
            match Operator::from_name(own) {
                Some(operator) => {
                    names.wallets.retain(|(one, _)| *one != operator);
                    names.wallets.push((operator, name));
                }
                None => names.banks.push((own.to_owned(), name)),
            }
        }
        Ok(names)
    }

    /// The wallets, with their names.
    pub fn wallets(&self) -> Vec<(Operator, &str)> {
        let all = self.wallets.iter();
        all.map(|(operator, name)| (*operator, name.as_str()))
            .collect()
    }

    /// AzamPay's name for the operator or bank that the merchant calls `own`.
    pub fn find(&self, own: &str) -> Option<&str> {
        let operator = Operator::from_name(own);
        let mut wallets = self.wallets.iter();
        let wallet = wallets.find(|(one, _)| Some(*one) == operator);
        wallet
            .map(|(_, name)| name.as_str())
            .or_else(|| self.bank(own))
    }

    /// AzamPay's name for the bank that the merchant calls `own`.
    pub fn bank(&self, own: &str) -> Option<&str> {
        let found = self
            .banks
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(own));
        found.map(|(_, name)| name.as_str())
    }
}

/// The merchant's account, from which payouts are paid, as far as it is configured.
pub struct Source {
    pub account: Option<String>,
    pub name: Option<String>,
    pub bank: String,
    /// `transferDetails.type`, of which no list is published.
    pub transfer: String,
}

impl Source {
    pub fn configured(options: &Options) -> Result<Self, Error> {
        let text = |key| setting(options, key);
        Ok(Self {
            account: text("AZAMPAY_SOURCE_ACCOUNT")?,
            name: text("AZAMPAY_SOURCE_NAME")?,
            bank: text("AZAMPAY_SOURCE_BANK")?.unwrap_or_else(|| "Azampesa".to_owned()),
            transfer: text("AZAMPAY_TRANSFER_TYPE")?.unwrap_or_else(|| "FUND".to_owned()),
        })
    }
}

/// A text of `config` that is no secret; `None` when it is not configured.
pub fn setting(options: &Options, key: &str) -> Result<Option<String>, Error> {
    let text = options.credential(key)?.reveal().to_owned();
    Ok(Some(text).filter(|text| !text.is_empty()))
}
