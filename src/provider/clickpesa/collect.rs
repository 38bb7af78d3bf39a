//! Asking customers for money: the push to a phone, and pages for cards and everything else.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::model::error::Error;
use crate::model::json::{Object, elements};
use crate::model::money::Amount;
use crate::model::operation::{Input, Output};
use crate::model::operator::Operator;
use crate::model::payment::{Payment, Raw};
use crate::model::phone;
use crate::model::writer::{Writer, array};
use crate::provider::form::{CHARGE, CHECKOUT, CUSTOMER, Form, PREVIEW, Reference, is_web};
use crate::provider::read::{id_of, with_object};
use crate::provider::told::{self, Preview, decimal};
use crate::provider::{Call, Reading};

use super::identity::PROVIDER;
use super::{COUNTRY, Clickpesa, REFERENCE, row, wire};

/// What ClickPesa collects by a push.
const PUSHED: &[&str] = &["TZS"];
const BY_CARD: &[&str] = &["USD"];
const BY_LINK: &[&str] = &["TZS", "USD"];

/// What a push is asked for with.
struct Push {
    amount: String,
    currency: String,
    phone: Option<String>,
    reference: Reference,
}

impl Push {
    fn read(form: &mut Form<'_>, currencies: &[&'static str], purpose: &str) -> Self {
        let currency = form.currency(currencies);
        Self {
            amount: form.amount("amount", &currency, purpose),
            phone: form.phone("phone", COUNTRY),
            reference: form.reference(&REFERENCE),
            currency,
        }
    }

    /// Whether an answer tells another amount or currency.
    fn is_contradicted_by(&self, text: &str) -> bool {
        let answer = Object::parse(text).unwrap_or_default();
        let filled = |name| answer.scalar(name).filter(|told| !told.trim().is_empty());
        let amount = Amount::parse(&self.amount);
        let other_amount =
            filled("collectedAmount").is_some_and(|told| Amount::parse(&told) != amount);
        let other_currency = filled("collectedCurrency")
            .is_some_and(|told| !told.eq_ignore_ascii_case(&self.currency));
        other_amount || other_currency
    }

    fn body(&self) -> Writer {
        Writer::default()
            .text("amount", &self.amount)
            .text("currency", &self.currency)
            .text("orderReference", &self.reference.carried)
    }
}

impl Clickpesa {
    /// A push to the customer's phone.
    pub fn charge(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("charge", input.text("charge"), CHARGE, &self.limits)?;
        let push = Push::read(&mut form, PUSHED, "charge");
        if push.phone.is_none() && !form.has("phone") {
            form.wrong("phone", "is missing: the customer's mobile number");
        }
        let push = Arc::new(form.accept(push)?);
        let phone = push.phone.clone().unwrap_or_default();
        let body = push.body().text("phoneNumber", &phone).done();
        self.moves("/payments/initiate-ussd-push-request", &body, move |text| {
            if let Some(other) = wire::is_of_another(text, &push.reference.carried) {
                return Reading::Another(other);
            }
            if push.is_contradicted_by(text) {
                return Reading::Unreadable("another amount or currency than was asked for");
            }
            let push = Arc::clone(&push);
            wire::initiated_push(text).map(move |text| charged(&text, &push))
        })
    }

    pub fn preview(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("preview", input.text("preview"), PREVIEW, &self.limits)?;
        match form.one_of("for", &["charge", "card", "payout"]) {
            Some("payout") => self.preview_payout(form),
            Some("card") => {
                let push = Push::read(&mut form, BY_CARD, "card");
                let body = form.accept(push)?.body().done();
                self.asks("/payments/preview-card-payment", &body, channels)
            }
            Some(_) => {
                let push = Push::read(&mut form, PUSHED, "charge");
                let push = form.accept(push)?;
                let body = push.body().maybe("phoneNumber", push.phone.as_deref());
                let body = match push.phone {
                    Some(_) => body.json("fetchSenderDetails", "true"),
                    None => body,
                };
                self.asks(
                    "/payments/preview-ussd-push-request",
                    &body.done(),
                    channels,
                )
            }
            None => {
                if !form.has("for") {
                    form.wrong("for", "is missing: 'charge', 'card' or 'payout'");
                }
                form.accept(())?;
                Err(Error::internal())
            }
        }
    }

    pub fn checkout(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("checkout", input.text("checkout"), CHECKOUT, &self.limits)?;
        match form.one_of("method", &["card"]) {
            Some(_) => self.card(form),
            None => self.link(form),
        }
    }

    fn card(&self, mut form: Form<'_>) -> Result<Call<Output>, Error> {
        let push = Push::read(&mut form, BY_CARD, "card");
        let customer = customer(&mut form);
        for (name, value) in [
            ("customer.name", &customer.name),
            ("customer.email", &customer.email),
            ("customer.phone", &customer.phone),
        ] {
            if value.is_none() {
                form.wrong(name, "is missing: a card payment names who pays");
            }
        }
        let push = form.accept(push)?;
        let customer = Writer::default()
            .maybe("fullName", customer.name.as_deref())
            .maybe("email", customer.email.as_deref())
            .maybe("phoneNumber", customer.phone.as_deref())
            .done();
        let body = push.body().json("customer", &customer).done();
        self.page(
            "/payments/initiate-card-payment",
            &body,
            "cardPaymentLink",
            push.reference,
        )
    }

    fn link(&self, mut form: Form<'_>) -> Result<Call<Output>, Error> {
        let currency = form.currency(BY_LINK);
        let reference = form.reference(&REFERENCE);
        let price = match (form.has("items"), form.has("amount")) {
            (true, false) => ("orderItems", items(&mut form, &currency)),
            (false, true) => {
                let amount = form.amount("amount", &currency, "checkout");
                ("totalPrice", format!("\"{amount}\""))
            }
            (has_items, _) => {
                let rule = match has_items {
                    true => "stands beside items: give one of them",
                    false => "is missing: major units, such as '25000', or items",
                };
                form.wrong("amount", rule);
                ("totalPrice", String::new())
            }
        };
        let customer = customer(&mut form);
        let description = form.text("description");
        let callback_url = form.url("callbackUrl");
        let reference = form.accept(reference)?;
        let (name, value) = price;
        let body = Writer::default()
            .json(name, &value)
            .text("orderReference", &reference.carried)
            .text("orderCurrency", &currency)
            .maybe("customerName", customer.name.as_deref())
            .maybe("customerEmail", customer.email.as_deref())
            .maybe("customerPhone", customer.phone.as_deref())
            .maybe("description", description.as_deref())
            .maybe("callbackUrl", callback_url.as_deref())
            .done();
        let path = "/checkout-link/generate-checkout-url";
        self.page(path, &body, "checkoutLink", reference)
    }

    /// A call that makes a page, whose address stands in the member `link` of its answer.
    fn page(
        &self,
        path: &str,
        body: &str,
        link: &'static str,
        reference: Reference,
    ) -> Result<Call<Output>, Error> {
        self.moves(path, body, move |text| {
            if let Some(other) = wire::is_of_another(text, &reference.carried) {
                return Reading::Another(other);
            }
            with_object(text, |answer| match id_of(answer, link) {
                Some(url) if is_web(&url) => {
                    Reading::Success(told::page(PROVIDER, &url, &reference, None, text))
                }
                _ => Reading::Unreadable("no refusal, and without a link"),
            })
        })
    }
}

#[derive(Default)]
struct Customer {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

fn customer(form: &mut Form<'_>) -> Customer {
    let Some(mut part) = form.part("customer", "customer.", CUSTOMER) else {
        return Customer::default();
    };
    let customer = Customer {
        name: part.text("name"),
        email: part.text("email"),
        phone: part.phone("phone", COUNTRY),
    };
    let problems = part.problems();
    form.add(problems);
    customer
}

/// The items of a basket as ClickPesa takes them.
fn items(form: &mut Form<'_>, currency: &str) -> String {
    let rows = form.get("items").and_then(elements).unwrap_or_default();
    let rows: Vec<String> = rows.into_iter().map(str::to_owned).collect();
    if rows.is_empty() {
        form.wrong("items", "must be a list of { name, price, quantity }");
    }
    let mut written = Vec::new();
    let mut problems = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let Ok(mut item) = form.within(row, "items.", &["name", "price", "quantity"]) else {
            problems.push(format!("items[{at}] must be an object"));
            continue;
        };
        let name = item.need("name", "what is sold");
        let price = item.amount("price", currency, "item");
        let quantity = item.get("quantity").unwrap_or("1").to_owned();
        if !quantity.parse::<u32>().is_ok_and(|count| count > 0) {
            item.wrong("quantity", "must be a whole number above 0");
        }
        problems.extend(
            item.problems()
                .into_iter()
                .map(|one| format!("{one} (item {at})")),
        );
        let item = Writer::default().text("name", &name).text("price", &price);
        written.push(item.json("quantity", &quantity).done());
    }
    form.add(problems);
    array(written)
}

/// A push that was accepted, as a payment.
fn charged(text: &str, push: &Push) -> String {
    let answer = Object::parse(text).unwrap_or_default();
    let payment = row::payment(&answer, Raw::Told(text.to_owned()));
    let phone = push.phone.as_deref().unwrap_or_default();
    let payment = Payment {
        amount: Some(push.amount.clone()),
        currency: Some(push.currency.clone()),
        reference: Some(push.reference.own.clone()),
        payer: Some(phone::mask(phone)),
        ..payment
    };
    // ClickPesa chooses the operator, and names the channel.
    let operator = answer.filled("channel").map(|channel| {
        let known = Operator::from_name(&channel);
        told::operator(known.map_or(&channel, |operator| operator.name()), false)
    });
    told::charged(&payment, &push.reference, None, operator.as_deref())
}

/// The ways that a customer could pay, and whose phone it is.
fn channels(text: &str) -> Reading<String> {
    with_object(text, |answer| {
        let Some(rows) = answer.get("activeMethods").and_then(elements) else {
            return Reading::Unreadable("an answer without activeMethods");
        };
        let rows: Vec<_> = rows.into_iter().filter_map(Object::parse).collect();
        let fees: Vec<_> = rows.iter().map(|row| decimal(row.scalar("fee"))).collect();
        // Which of several it will be, ClickPesa decides later.
        let fee = fees
            .first()
            .filter(|first| fees.iter().all(|fee| fee == *first));
        let channels = rows.iter().zip(&fees).map(|(row, fee)| {
            let status = row.filled("status").unwrap_or_default();
            told::channel(
                row.filled("name").as_deref(),
                status.eq_ignore_ascii_case("AVAILABLE"),
                fee.as_deref(),
                row.filled("message").as_deref(),
            )
        });
        let sender = answer.object("sender").unwrap_or_default();
        let preview = Preview {
            channels: channels.collect(),
            fee: fee.cloned().flatten(),
            account_name: sender.filled("accountName"),
            ..Preview::default()
        };
        Reading::Success(told::preview(PROVIDER, preview, text))
    })
}
