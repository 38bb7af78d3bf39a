//! Orders for PesaPal's page, made from the one vocabulary.
#![forbid(unsafe_code)]

use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::http::Request;
use crate::model::country::Country;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::numbering;
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;
use crate::model::writer::Writer;
use crate::provider::form::{CHARGE, CHECKOUT, CUSTOMER, Form, Reference, digits_of};
use crate::provider::{Call, Reading, told};

use super::identity::PROVIDER;
use super::{CURRENCIES, NOTIFICATION_ID, Pesapal, REFERENCE, wire};

const FREQUENCIES: &[&str] = &["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
/// Digits of a telephone number with its calling code, anywhere in the world.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// An order, all but the id of the IPN that tells of it.
struct Order {
    amount: String,
    currency: String,
    reference: Reference,
    phone: Option<String>,
    body: String,
}

/// What an accepted order tells.
type Told = fn(&Order, id: &str, page: &str, raw: &str) -> String;

impl Order {
    /// `back` is the member that says where the customer's browser comes back to.
    fn read(form: &mut Form<'_>, back: &'static str) -> Self {
        let currency = form.currency(CURRENCIES);
        let amount = form.amount("amount", &currency, "charge");
        let reference = form.reference(&REFERENCE);
        let description = form.short("description", "descriptionLength");
        if !form.has("description") {
            form.wrong("description", "is missing: what the order is for");
        }
        let returns = form.url(back);
        if !form.has(back) {
            form.wrong(
                back,
                "is missing: where the customer's browser comes back to",
            );
        }
        let cancelled = form.url("cancelUrl");
        let customer = Customer::read(form, &currency);
        let body = Writer::default()
            .text("id", &reference.carried)
            .text("currency", &currency)
            .json("amount", &amount)
            .maybe("description", description.as_deref())
            .maybe("callback_url", returns.as_deref())
            .maybe("cancellation_url", cancelled.as_deref())
            .json("billing_address", &customer.address(&currency));
        Self {
            body: recurring(form, body).done(),
            phone: customer.phone,
            amount,
            currency,
            reference,
        }
    }

    fn body(&self, ipn_id: &str) -> String {
        let mut body = Object::parse(&self.body).unwrap_or_default();
        body.set_string(NOTIFICATION_ID, ipn_id);
        body.text()
    }
}

struct Customer {
    name: String,
    email: Option<String>,
    phone: Option<String>,
}

impl Customer {
    /// PesaPal needs an email address or a number, of which it shows the customer's page what it likes.
    fn read(form: &mut Form<'_>, currency: &str) -> Self {
        let home = Country::paying_in(currency);
        let own = number(form, home);
        let has_phone = form.has("phone");
        let (customer, has_one, problems) = match form.part("customer", "customer.", CUSTOMER) {
            None => {
                let phone = own;
                let name = String::new();
                let email = None;
                (Self { name, email, phone }, has_phone, Vec::new())
            }
            Some(mut part) => {
                let theirs = number(&mut part, home);
                let customer = Self {
                    name: part.text("name").unwrap_or_default(),
                    email: part.text("email"),
                    phone: own.or(theirs),
                };
                let has_one = has_phone || part.has("phone") || part.has("email");
                (customer, has_one, part.problems())
            }
        };
        form.add(problems);
        if !has_one {
            form.wrong(
                "customer",
                "needs a phone or an email, so that PesaPal knows who pays",
            );
        }
        customer
    }

    fn address(&self, currency: &str) -> String {
        let country = match &self.phone {
            Some(digits) => numbering::country_of(digits).map(|(country, _)| country),
            None => Country::paying_in(currency),
        };
        let mut names = self.name.split_whitespace();
        let first = names.next();
        let last: Vec<_> = names.collect();
        let last = Some(last.join(" ")).filter(|last| !last.is_empty());
        Writer::default()
            .maybe("phone_number", self.phone.as_deref())
            .maybe("email_address", self.email.as_deref())
            .maybe("country_code", country.map(Country::code))
            .maybe("first_name", first)
            .maybe("last_name", last.as_deref())
            .done()
    }
}

/// A number as digits. To PesaPal it is a hint, so that it may be of any country; one without a calling code is of
/// the country of the currency, `home`.
fn number(form: &mut Form<'_>, home: Option<Country>) -> Option<String> {
    let text = form.text("phone")?;
    let digits = numbering::normalize(&text, home)
        .or_else(|rule| numbering::normalize(&text, None).map_err(|_| rule))
        .or_else(|rule| foreign(&text).ok_or(rule));
    if digits.is_err() && !form.checks_phones() {
        return Some(digits_of(&text));
    }
    digits.map_err(|rule| form.wrong("phone", rule)).ok()
}

/// The digits of a number with the calling code of a country of which no mobile numbers are known.
fn foreign(text: &str) -> Option<String> {
    let written = text.trim().strip_prefix('+')?;
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')');
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let is_foreign = written.chars().all(is_number)
        && PHONE_DIGITS.contains(&digits.len())
        && numbering::country_of(&digits).is_none();
    is_foreign.then_some(digits)
}

/// What makes an order the first of several: the customer's account and, with it, a schedule.
fn recurring(form: &mut Form<'_>, body: Writer) -> Writer {
    let account = form.text("accountNumber");
    let body = body.maybe("account_number", account.as_deref());
    let Some(mut part) = form.part(
        "subscription",
        "subscription.",
        &["startDate", "endDate", "frequency"],
    ) else {
        return body;
    };
    let days = ["startDate", "endDate"].map(|name| {
        let text = part.need(name, "a day, such as '2026-11-27'");
        let day = OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339).ok();
        if day.is_none() && !text.is_empty() {
            part.wrong(name, "must be a day, such as '2026-11-27'");
        }
        day
    });
    if let [Some(start), Some(end)] = days
        && end < start
    {
        part.wrong("endDate", "must not be before startDate");
    }
    let frequency = part.one_of("frequency", FREQUENCIES);
    if !part.has("frequency") {
        part.wrong(
            "frequency",
            format!("is missing: {}", FREQUENCIES.join(" or ")),
        );
    }
    let problems = part.problems();
    form.add(problems);
    if !form.has("accountNumber") {
        form.wrong(
            "accountNumber",
            "is missing: a subscription needs the customer's account with you",
        );
    }
    let [start, end] = days.map(|day| {
        day.map(|day| {
            let (year, month, day) = day.to_calendar_date();
            format!("{day:02}-{:02}-{year}", u8::from(month))
        })
    });
    let details = Writer::default()
        .maybe("start_date", start.as_deref())
        .maybe("end_date", end.as_deref())
        .maybe("frequency", frequency);
    body.json("subscription_details", &details.done())
}

impl Pesapal {
    /// An order, on whose page the customer chooses how to pay.
    pub fn charge(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("charge", input.text("charge"), CHARGE, &self.limits)?;
        let order = Order::read(&mut form, "callbackUrl");
        let ipn_id = form.need(
            "ipnId",
            "the id that ensureIpn() gives for your IPN URL, by which PesaPal tells you of the payment",
        );
        let order = form.accept(order)?;
        Ok(submits(self.orders(), &Arc::new(order), &ipn_id, charged))
    }

    /// The same, told as a page. In place of the IPN's id it takes the IPN's URL, which is looked for and registered
    /// where it is not.
    pub fn checkout(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("checkout", input.text("checkout"), CHECKOUT, &self.limits)?;
        let order = Order::read(&mut form, "returnUrl");
        if form.has("items") {
            form.wrong("items", "are not taken by PesaPal: give amount");
        }
        let ipn_id = form.text("ipnId");
        let ipn_url = form.url("callbackUrl");
        if !form.has("ipnId") && !form.has("callbackUrl") {
            form.wrong(
                "ipnId",
                "is missing: the id that ensureIpn() gives, or callbackUrl, your IPN URL",
            );
        }
        let order = Arc::new(form.accept(order)?);
        let url = self.orders();
        Ok(match ipn_id {
            Some(id) => submits(url, &order, &id, opened),
            None => self.finds_ipn(&ipn_url.unwrap_or_default(), None, move |id| {
                Reading::Then(submits(url.clone(), &order, id, opened))
            }),
        })
    }

    fn orders(&self) -> String {
        self.base.join("/api/Transactions/SubmitOrderRequest")
    }
}

fn submits(url: String, order: &Arc<Order>, ipn_id: &str, told: Told) -> Call<Output> {
    let request = Request::post(url, order.body(ipn_id));
    let order = Arc::clone(order);
    Call::new(request, Effect::MovesMoney, move |text| {
        let reference = Some(order.reference.carried.as_str());
        wire::submitted_order(text, reference, |id, page| told(&order, id, page, text))
            .map(Output::Answer)
    })
}

fn opened(order: &Order, id: &str, page: &str, raw: &str) -> String {
    told::page(PROVIDER, page, &order.reference, Some(id), raw)
}

fn charged(order: &Order, id: &str, page: &str, raw: &str) -> String {
    let payment = Payment {
        amount: Some(order.amount.clone()),
        currency: Some(order.currency.clone()),
        reference: Some(order.reference.own.clone()),
        transaction_id: Some(id.to_owned()),
        payer: order.phone.as_deref().map(phone::mask),
        raw: Raw::Told(raw.to_owned()),
        ..Payment::of(PROVIDER, Status::Pending)
    };
    told::charged(&payment, &order.reference, Some(page), None)
}
