//! Asking customers for money.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::operation::{Input, Output};
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;
use crate::model::writer::Writer;
use crate::provider::Call;
use crate::provider::form::{CHARGE, Form, Reference};
use crate::provider::read::id_of;
use crate::provider::told;

use super::identity::PROVIDER;
use super::wallet::{PAYERS, wallet};
use super::{Azampay, CURRENCIES, REFERENCE, country_of};

/// What a customer is asked for.
#[derive(Debug)]
struct Asked {
    amount: String,
    currency: String,
    phone: String,
    reference: Reference,
}

impl Asked {
    fn read(form: &mut Form<'_>, currencies: &[&'static str]) -> Self {
        let currency = form.currency(currencies);
        if !form.has("phone") {
            form.wrong("phone", "is missing: the customer's mobile number");
        }
        Self {
            amount: form.amount("amount", &currency, "charge"),
            phone: form
                .phone("phone", country_of(&currency))
                .unwrap_or_default(),
            reference: form.reference(&REFERENCE),
            currency,
        }
    }

    /// The payment that AzamPay accepted with `text`, of which nobody knows yet whether the customer pays.
    fn accepted(&self, text: &str, operator: Option<&str>) -> String {
        let answer = Object::parse(text).unwrap_or_default();
        let payment = Payment {
            amount: Some(self.amount.clone()),
            currency: Some(self.currency.clone()),
            reference: Some(self.reference.own.clone()),
            transaction_id: id_of(&answer, "transactionId"),
            payer: Some(phone::mask(&self.phone)),
            message: answer.filled("message"),
            raw: Raw::Told(text.to_owned()),
            ..Payment::of(PROVIDER, Status::Pending)
        };
        told::charged(&payment, &self.reference, None, operator)
    }
}

impl Azampay {
    /// A push to the customer's phone.
    pub fn charge(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("charge", input.text("charge"), CHARGE, &self.limits)?;
        let asked = Asked::read(&mut form, &CURRENCIES);
        let phone = Some(asked.phone.as_str()).filter(|phone| !phone.is_empty());
        let payer = wallet(&mut form, phone, PAYERS);
        let (asked, payer) = form.accept((asked, payer))?;
        let payer = payer.ok_or_else(Error::internal)?;
        let body = Writer::default()
            .text("accountNumber", &asked.phone)
            .text("amount", &asked.amount)
            .text("currency", &asked.currency)
            .text("externalId", &asked.reference.carried)
            .text("provider", payer.name)
            .done();
        let asked = Arc::new(asked);
        Ok(self.push(&body, move |text| {
            let operator = told::operator(payer.operator.name(), payer.guessed);
            Output::Answer(asked.accepted(&text, Some(&operator)))
        }))
    }
}
