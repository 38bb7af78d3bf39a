//! Asking customers for money: by a push, on a page, or at their bank.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::http::Request;
use crate::model::country::Country;
use crate::model::error::Error;
use crate::model::json::{Object, decode_string, elements, quote};
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;
use crate::model::writer::{Writer, array};
use crate::provider::form::{CHARGE, CHECKOUT, Form, Reference, is_web};
use crate::provider::read::{id_of, with_object};
use crate::provider::reference::Carries;
use crate::provider::told;
use crate::provider::{Call, Missing, Reading};

use super::identity::PROVIDER;
use super::wallet::{PAYERS, wallet};
use super::{Azampay, CURRENCIES, REFERENCE, wire};

/// What banks and the page take.
const SHILLINGS: &[&str] = &["TZS"];
const BANKS: &[&str] = &["CRDB", "NMB"];
/// What a payment at a bank holds.
const BANK: &[&str] = &[
    "amount",
    "currency",
    "reference",
    "bank",
    "accountNumber",
    "phone",
    "otp",
    "merchantName",
];

/// Which references the page carries.
const ON_A_PAGE: Carries = Carries {
    longest: 30,
    ..REFERENCE
};

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
            // The bounds are told in Tanzania's shillings only.
            amount: match currency.as_str() {
                "RWF" | "MWK" => form.amount("amount", &currency, ""),
                _ => form.amount("amount", &currency, "charge"),
            },
            phone: form
                .phone("phone", Country::paying_in(&currency))
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
            transaction_id: id_in(&answer),
            payer: Some(phone::mask(&self.phone)),
            message: answer.filled("message").or_else(|| answer.filled("msg")),
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
        let asked = Asked::read(&mut form, CURRENCIES);
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

    /// A payment at the customer's bank, with the one-time password that the bank gave the customer.
    pub fn pay_bank(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("payment", input.text("payment"), BANK, &self.limits)?;
        let asked = Asked::read(&mut form, SHILLINGS);
        for (name, what) in [
            ("bank", "'CRDB' or 'NMB'"),
            ("accountNumber", "the customer's account at the bank"),
        ] {
            if !form.has(name) {
                form.wrong(name, format!("is missing: {what}"));
            }
        }
        let bank = form.one_of("bank", BANKS);
        let account = form.short("accountNumber", "bankTextLength");
        let otp = form.need("otp", "the one-time password that the customer's bank gave");
        let merchant = form.short("merchantName", "bankTextLength");
        let asked = Arc::new(form.accept(asked)?);
        let body = Writer::default()
            .text("amount", &asked.amount)
            .text("currencyCode", &asked.currency)
            .maybe("merchantAccountNumber", account.as_deref())
            .text("merchantMobileNumber", &asked.phone)
            .maybe("merchantName", merchant.as_deref())
            .text("otp", &otp)
            .maybe("provider", bank)
            .text("referenceId", &asked.reference.carried)
            .done();
        Ok(self.moves("/azampay/bank/checkout", &body, move |text| {
            let asked = Arc::clone(&asked);
            wire::accepted(text, id_in).map(move |text| asked.accepted(&text, None))
        }))
    }

    /// A page where the customer pays.
    pub fn checkout(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("checkout", input.text("checkout"), CHECKOUT, &self.limits)?;
        let currency = form.currency(SHILLINGS);
        if form.has("items") {
            form.wrong("items", "are not taken by AzamPay: give amount");
        }
        let amount = form.amount("amount", &currency, "checkout");
        let reference = form.reference_within(&ON_A_PAGE, "checkoutReferenceLength");
        let mut back = |name: &str, when: &str| {
            if !form.has(name) {
                form.wrong(
                    name,
                    format!("is missing: where the customer's browser goes {when}"),
                );
            }
            form.url(name).unwrap_or_default()
        };
        let success = back("returnUrl", "after the payment");
        let failure = back("cancelUrl", "without one");
        let what = form.text("description");
        let reference = form.accept(reference)?;
        let origin = url::Url::parse(&success).map(|url| url.origin().ascii_serialization());
        let what = what.unwrap_or_else(|| format!("Order {}", reference.own));
        let item = Writer::default().text("name", &what).done();
        let seller = self.vendor_name.as_deref();
        let body = Writer::default()
            .text("appName", self.app_name.reveal())
            .text("clientId", self.client_id.reveal())
            .maybe("vendorId", self.vendor_id.as_deref())
            .text("vendorName", seller.unwrap_or(self.app_name.reveal()))
            .text("language", "en")
            .text("currency", &currency)
            .text("externalId", &reference.carried)
            .text("requestOrigin", &origin.unwrap_or_default())
            .text("redirectFailURL", &failure)
            .text("redirectSuccessURL", &success)
            .text("amount", &amount)
            .json(
                "cart",
                &Writer::default().json("items", &array([item])).done(),
            )
            .done();
        let call = self.moves("/api/v1/Partner/PostCheckout", &body, move |text| {
            page(text, &reference)
        });
        // An address is no answer that could say no as well.
        Ok(call.with_last_word())
    }

    /// The operators and banks that AzamPay works with. Its sandbox answers with nothing at times.
    pub fn partners(&self, _: &Input) -> Result<Call<Output>, Error> {
        let url = self.base.join("/api/v1/Partner/GetPaymentPartners");
        let request = self.with_api_key(Request::get(url));
        let call = Call::new(request, Effect::Reads, |text| {
            partners(text).map(Output::Answer)
        });
        Ok(call.when_missing(Missing::usual))
    }

    fn moves(
        &self,
        path: &str,
        body: &str,
        read: impl Fn(&str) -> Reading<String> + Send + Sync + 'static,
    ) -> Call<Output> {
        let request = self.with_api_key(Request::post(self.base.join(path), body));
        Call::new(request, Effect::MovesMoney, move |text| {
            read(text).map(Output::Answer)
        })
    }
}

/// AzamPay's id of a payment: as the specification has it, or as its sandbox answers for a bank.
fn id_in(answer: &Object<'_>) -> Option<String> {
    let within = |answer: &Object<'_>| {
        let data = answer.object("data")?;
        id_of(&data.object("properties")?, "ReferenceID")
    };
    id_of(answer, "transactionId").or_else(|| within(answer))
}

/// The page's address, bare or as a JSON string. Anything else is none.
fn page(text: &str, reference: &Reference) -> Reading<String> {
    let text = text.trim();
    let url = decode_string(text).unwrap_or_else(|| text.to_owned());
    let url = url.trim();
    if is_web(url) && !url.contains(char::is_whitespace) {
        return Reading::Success(told::page(PROVIDER, url, reference, None, &quote(url)));
    }
    match Object::parse(text) {
        Some(answer) if wire::success(&answer) == Some(false) => Reading::Refusal(None),
        _ => Reading::Unreadable("an answer that is no web address"),
    }
}

fn partners(text: &str) -> Reading<String> {
    let Some(rows) = elements(text) else {
        return with_object(text, |answer| match answer.filled("message") {
            Some(_) => Reading::Refusal(None),
            None => Reading::Unreadable("an answer that is no list of partners"),
        });
    };
    let row = |text: &str| {
        let row = Object::parse(text)?;
        Some(
            told::by(PROVIDER)
                .or_null("name", row.filled("partnerName").as_deref())
                .or_null("currency", row.filled("currency").as_deref())
                .json("raw", text)
                .done(),
        )
    };
    let rows: Option<Vec<_>> = rows.into_iter().map(row).collect();
    rows.map_or(
        Reading::Unreadable("a list that holds more than partners"),
        |rows| Reading::Success(array(rows)),
    )
}
