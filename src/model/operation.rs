//! What can be asked of a gateway, by the names that JavaScript knows.
#![forbid(unsafe_code)]

/// A public method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Constructor,
    Pay,
    RegisterIpn,
    HandleCallback,
    GetPaymentStatus,
    WaitForPayment,
}

impl Operation {
    pub const ALL: [Self; 6] = [
        Self::Constructor,
        Self::Pay,
        Self::RegisterIpn,
        Self::HandleCallback,
        Self::GetPaymentStatus,
        Self::WaitForPayment,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Constructor => "constructor",
            Self::Pay => "pay",
            Self::RegisterIpn => "registerIpn",
            Self::HandleCallback => "handleCallback",
            Self::GetPaymentStatus => "getPaymentStatus",
            Self::WaitForPayment => "waitForPayment",
        }
    }

    /// What stands before the message of a failure.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Constructor => "",
            Self::Pay => "Payment request failed: ",
            Self::RegisterIpn => "IPN registration failed: ",
            Self::HandleCallback => "Callback handling failed: ",
            Self::GetPaymentStatus => "Payment status check failed: ",
            Self::WaitForPayment => "Waiting for the payment failed: ",
        }
    }
}
