//! Whose wallet is meant, and AzamPay's own names for them, of which payments and payouts have different ones.
#![forbid(unsafe_code)]

use crate::model::operator::{Operator, guess};
use crate::provider::form::{Form, shown};

/// What AzamPay calls an operator: in `provider` of a payment, which not all can make, and in `bankName` of a payout.
struct Names {
    operator: Operator,
    provider: Option<&'static str>,
}

#[rustfmt::skip]
const WALLETS: &[Names] = &[
    Names { operator: Operator::Vodacom, provider: Some("Mpesa") },
    Names { operator: Operator::Yas, provider: Some("Tigo") },
    Names { operator: Operator::Airtel, provider: Some("Airtel") },
    Names { operator: Operator::Halotel, provider: Some("Halopesa") },
    Names { operator: Operator::Azampesa, provider: Some("Azampesa") },
    Names { operator: Operator::Ttcl, provider: None },
];

/// The wallet of a payer or a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wallet {
    pub operator: Operator,
    /// AzamPay's name for it.
    pub name: &'static str,
    /// Whether the number alone speaks for it.
    pub guessed: bool,
}

/// The wallet that pays: of the form's `operator` or, without one, of the operator that the number suggests.
pub fn payer(form: &mut Form<'_>, phone: Option<&str>) -> Option<Wallet> {
    wallet(form, phone, |names| names.provider)
}

fn wallet(
    form: &mut Form<'_>,
    phone: Option<&str>,
    named: fn(&Names) -> Option<&'static str>,
) -> Option<Wallet> {
    let find = |operator: Operator| {
        let names = WALLETS.iter().find(|names| names.operator == operator)?;
        Some((operator, named(names)?))
    };
    let known = || {
        WALLETS
            .iter()
            .filter_map(named)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let guessed = !form.has("operator");
    let found = match guessed {
        false => {
            let text = form.text("operator")?;
            let found = Operator::from_name(&text).and_then(find);
            if found.is_none() {
                let rule = format!("must be one of {}, not {}", known(), shown(&text));
                form.wrong("operator", rule);
            }
            found
        }
        true => {
            let found = guess(phone?).and_then(|(operator, _)| find(operator));
            if found.is_none() {
                let rule = format!(
                    "is missing, and the number does not tell it: one of {}",
                    known()
                );
                form.wrong("operator", rule);
            }
            found
        }
    };
    found.map(|(operator, name)| Wallet {
        operator,
        name,
        guessed,
    })
}
