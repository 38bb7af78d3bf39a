//! Money that the merchant sends, in one vocabulary.
#![forbid(unsafe_code)]

use super::payment::Payment;

/// A payout as a gateway tells of it. What it does not tell is absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    /// What payouts and payments have in common, of the kind of a payout.
    pub told: Payment,
    /// What the gateway takes for it, in major units of the currency.
    pub fee: Option<String>,
    pub recipient_name: Option<String>,
    /// The reference that the gateway was given, for it.
    pub gateway_reference: Option<String>,
    /// Whether the amount is that of the order, and not what was debited with the fee.
    pub tells_order: bool,
    /// The page where the recipient says where the money is to go.
    pub redirect_url: Option<String>,
}

impl From<Payment> for Payout {
    fn from(told: Payment) -> Self {
        Self {
            told,
            fee: None,
            recipient_name: None,
            gateway_reference: None,
            redirect_url: None,
            tells_order: false,
        }
    }
}
