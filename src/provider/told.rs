//! What a gateway told, as the object that JavaScript gets: `provider` first, the gateway's own answer as `raw` last.
#![forbid(unsafe_code)]

use crate::model::money::Amount;
use crate::model::payment::{Payment, Raw};
use crate::model::payout::Payout;
use crate::model::provider::Provider;
use crate::model::writer::{Writer, array};

use super::form::Reference;

pub fn by(provider: Provider) -> Writer {
    Writer::default().text("provider", provider.name())
}

/// An amount that a gateway tells, as decimal text; `None` for what is no decimal.
pub fn decimal(told: Option<String>) -> Option<String> {
    let told = told?;
    let amount = Amount::parse(&told)?;
    let is_plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    Some(match told.bytes().all(is_plain) {
        true => told,
        false => amount.to_string(),
    })
}

fn raw(raw: &Raw) -> &str {
    raw.json().unwrap_or("null")
}

fn opened(payment: &Payment) -> Writer {
    by(payment.provider)
        .text("kind", payment.kind.name())
        .text("status", payment.status.name())
        .or_null("amount", payment.amount.as_deref())
        .or_null("currency", payment.currency.as_deref())
        .or_null("reference", payment.reference.as_deref())
        .or_null("transactionId", payment.transaction_id.as_deref())
        .or_null("receipt", payment.receipt.as_deref())
        .or_null("payer", payment.payer.as_deref())
        .or_null("message", payment.message.as_deref())
}

/// A payment under the names of its type.
pub fn payment(payment: &Payment) -> String {
    opened(payment).json("raw", raw(&payment.raw)).done()
}

/// A payment that was asked for just now, under the names of its type. `redirect` is where the customer pays;
/// `operator` is JSON text.
pub fn charged(
    payment: &Payment,
    reference: &Reference,
    redirect: Option<&str>,
    operator: Option<&str>,
) -> String {
    opened(payment)
        .text("gatewayReference", &reference.carried)
        .or_null("redirectUrl", redirect)
        .json("operator", operator.unwrap_or("null"))
        .json("raw", raw(&payment.raw))
        .done()
}

/// The payer's operator; `guessed`: from the number alone.
pub fn operator(name: &str, guessed: bool) -> String {
    Writer::default()
        .text("name", name)
        .flag("guessed", Some(guessed))
        .done()
}

/// What a request would cost and whom it would meet, as far as it is told.
#[derive(Default)]
pub struct Preview {
    /// Each made by [`channel`].
    pub channels: Vec<String>,
    pub fee: Option<String>,
    pub total: Option<String>,
    pub account_name: Option<String>,
    pub balance: Option<String>,
}

/// A preview under the names of its type. `raw` is JSON text.
pub fn preview(provider: Provider, preview: Preview, raw: &str) -> String {
    by(provider)
        .json("channels", &array(preview.channels))
        .or_null("fee", preview.fee.as_deref())
        .or_null("total", preview.total.as_deref())
        .or_null("accountName", preview.account_name.as_deref())
        .or_null("balance", preview.balance.as_deref())
        .json("raw", raw)
        .done()
}

/// One way that the money could go.
pub fn channel(
    name: Option<&str>,
    is_available: bool,
    fee: Option<&str>,
    message: Option<&str>,
) -> String {
    Writer::default()
        .or_null("name", name)
        .flag("available", Some(is_available))
        .or_null("fee", fee)
        .or_null("message", message)
        .done()
}

/// A page where the customer pays. `raw` is JSON text.
pub fn page(
    provider: Provider,
    url: &str,
    reference: &Reference,
    id: Option<&str>,
    raw: &str,
) -> String {
    by(provider)
        .text("redirectUrl", url)
        .text("reference", &reference.own)
        .text("gatewayReference", &reference.carried)
        .or_null("transactionId", id)
        .json("raw", raw)
        .done()
}

/// A payout under the names of its type.
pub fn payout(payout: &Payout) -> String {
    let told = &payout.told;
    by(told.provider)
        .text("kind", told.kind.name())
        .or_null("status", told.kind.payout().map(|status| status.name()))
        .or_null("amount", told.amount.as_deref())
        .or_null("fee", payout.fee.as_deref())
        .or_null("currency", told.currency.as_deref())
        .or_null("reference", told.reference.as_deref())
        .or_null("gatewayReference", payout.gateway_reference.as_deref())
        .or_null("transactionId", told.transaction_id.as_deref())
        .or_null("recipientName", payout.recipient_name.as_deref())
        .or_null("receipt", told.receipt.as_deref())
        .or_null("redirectUrl", payout.redirect_url.as_deref())
        .or_null("message", told.message.as_deref())
        .json("raw", raw(&told.raw))
        .done()
}
