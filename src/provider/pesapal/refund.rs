//! Money back to the customer, and orders that nobody is to pay any more.
#![forbid(unsafe_code)]

use crate::http::Request;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::money::{self, Amount};
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Payment, Status};
use crate::model::writer::Writer;
use crate::provider::form::{Form, shown};
use crate::provider::read::checked;
use crate::provider::{Call, Reading, told};

use super::identity::PROVIDER;
use super::{Pesapal, wire};

const REFUND: &[&str] = &[
    "transactionId",
    "confirmationCode",
    "amount",
    "reason",
    "requestedBy",
];
/// What stands for the payment's currency until PesaPal tells it: the code of none.
const NO_CURRENCY: &str = "XXX";
/// Digits after the point of an amount whose currency is not known yet.
const ANY_DECIMALS: usize = 15;
/// Parts of the names of payment methods that are cards, in small letters. Everything else is mobile money.
const CARDS: &[&str] = &["visa", "master", "amex", "american express", "card"];

/// A refund as it is asked for.
#[derive(Clone)]
struct Asked {
    id: String,
    code: Option<String>,
    /// JSON text.
    amount: String,
    reason: String,
    by: String,
    /// Whether PesaPal's rules are checked here too.
    by_rules: bool,
    is_whole: bool,
}

/// A refund that breaks no rule.
struct Due {
    amount: String,
    code: String,
}

impl Asked {
    /// What PesaPal is to be asked for a payment that it tells of, or why it is not asked.
    fn due(&self, payment: &Payment, method: &str) -> Result<Due, String> {
        let currency = payment.currency.as_deref().unwrap_or_default();
        let decimals = if self.is_whole {
            money::decimals(currency)
        } else {
            2
        };
        let amount = money::parse_amount_with(&self.amount, currency, decimals);
        let amount = amount.map_err(|rule| format!("amount {rule}"))?;
        if self.by_rules {
            self.allows(payment, &amount, method)?;
        }
        let code = match (&payment.receipt, &self.code) {
            (Some(told), Some(own)) if told != own => {
                return Err("confirmationCode is not that of this payment".to_owned());
            }
            (Some(code), _) | (None, Some(code)) => code.clone(),
            (None, None) => {
                return Err("PesaPal tells no confirmation code of this payment yet".to_owned());
            }
        };
        Ok(Due { amount, code })
    }

    fn allows(&self, payment: &Payment, amount: &str, method: &str) -> Result<(), String> {
        if payment.status != Status::Succeeded {
            let status = payment.status.name();
            return Err(format!(
                "the payment is {status}, and only one that has succeeded can be refunded"
            ));
        }
        let paid = payment.amount.as_deref().unwrap_or_default();
        let (Some(paid), Some(asked)) = (Amount::parse(paid), Amount::parse(amount)) else {
            return Err("PesaPal tells no amount of this payment".to_owned());
        };
        let currency = payment.currency.as_deref().unwrap_or_default();
        let method_name = method.to_ascii_lowercase();
        let is_card = CARDS.iter().any(|card| method_name.contains(card));
        if asked.exceeds(&paid) {
            return Err(format!(
                "amount is {amount}, and only {paid} {currency} were paid"
            ));
        }
        if asked != paid && !is_card {
            return Err(format!(
                "amount is {amount} of {paid} {currency}, and only cards are refunded in part, not {}",
                shown(method)
            ));
        }
        Ok(())
    }

    fn body(&self, due: &Due) -> String {
        let decimals = due
            .amount
            .split_once('.')
            .map_or(0, |(_, digits)| digits.len());
        let amount = match decimals {
            0 => format!("{}.00", due.amount),
            1 => format!("{}0", due.amount),
            _ => due.amount.clone(),
        };
        Writer::default()
            .text("confirmation_code", &due.code)
            .text("amount", &amount)
            .text("username", &self.by)
            .text("remarks", &self.reason)
            .done()
    }
}

impl Pesapal {
    /// Looks at the payment, and asks for the refund when that breaks no rule. The confirmation code comes from there.
    pub fn refund(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("refund", input.text("refund"), REFUND, &self.limits)?;
        let asked = Asked {
            id: form.need(
                "transactionId",
                "PesaPal's order_tracking_id of the payment",
            ),
            code: form.text("confirmationCode"),
            amount: form.get("amount").unwrap_or_default().to_owned(),
            reason: form.need("reason", "why, for who approves it"),
            by: form.need("requestedBy", "who asks for it, for who approves it"),
            by_rules: self.limits.has("refundRules"),
            is_whole: self.limits.has("wholeAmounts"),
        };
        match form.has("amount") {
            false => form.wrong("amount", "is missing: major units, such as '25000'"),
            true => {
                let own = Object::parse(&asked.amount).and_then(|amount| amount.string("currency"));
                let currency = own.as_deref().unwrap_or(NO_CURRENCY);
                let parsed = money::parse_amount_with(&asked.amount, currency, ANY_DECIMALS);
                if let Err(rule) = parsed {
                    form.wrong("amount", rule);
                }
            }
        }
        let asked = form.accept(asked)?;
        let url = self.base.join("/api/Transactions/RefundRequest");
        Ok(self.asks_status(&asked.id.clone(), move |payment, text| {
            let method = Object::parse(text).and_then(|told| told.filled("payment_method"));
            match asked.due(&payment, &method.unwrap_or_default()) {
                Ok(due) => Reading::Then(requests(url.clone(), &asked, due, payment.currency)),
                Err(rule) => Reading::Unfit(format!("{rule}. No refund was requested.")),
            }
        }))
    }

    /// Ends an order that nobody has paid. It moves no money, and asking twice changes nothing.
    pub fn cancel(&self, input: &Input) -> Result<Call<Output>, Error> {
        let id = checked("transactionId", input.text("transactionId"))?.to_owned();
        let body = Writer::default().text("order_tracking_id", &id).done();
        let request = Request::post(self.base.join("/api/Transactions/CancelOrder"), body);
        let call = Call::new(request, Effect::Registers, move |text| {
            wire::replied(text, |message| {
                let told = told::by(PROVIDER)
                    .text("transactionId", &id)
                    .or_null("message", message)
                    .json("raw", text)
                    .done();
                Output::Answer(told)
            })
        });
        Ok(call.with_last_word())
    }
}

fn requests(url: String, asked: &Asked, due: Due, currency: Option<String>) -> Call<Output> {
    let request = Request::post(url, asked.body(&due));
    let id = asked.id.clone();
    let call = Call::new(request, Effect::MovesMoney, move |text| {
        wire::replied(text, |message| {
            let told = told::by(PROVIDER)
                .text("status", "queued")
                .text("transactionId", &id)
                .text("amount", &due.amount)
                .or_null("currency", currency.as_deref())
                .or_null("message", message)
                .json("raw", text)
                .done();
            Output::Answer(told)
        })
    });
    call.with_last_word()
}
