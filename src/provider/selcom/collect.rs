//! Asking customers for money: an order, and a push or a page for it.
#![forbid(unsafe_code)]

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use url::{Host, Url};

use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::operation::{Input, Output};
use crate::model::operator::{Operator, guess};
use crate::model::outcome::Effect;
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;
use crate::model::writer::Writer;
use crate::provider::form::{CHARGE, CHECKOUT, CUSTOMER, Form, Reference};
use crate::provider::read::{id_of, payment_object};
use crate::provider::told;
use crate::provider::{Call, Reading};

use super::identity::PROVIDER;
use super::signing;
use super::wire::{self, Told};
use super::{COUNTRY, CURRENCIES, REFERENCE, Selcom};

const PUSH: &str = "/checkout/wallet-payment";
/// For an order without cards, which the customer's phone or a page can pay.
const ORDER: &str = "/checkout/create-order-minimal";
/// For one with cards.
const CARD_ORDER: &str = "/checkout/create-order";

/// What Selcom wants of every buyer, and gets where the customer's is not known.
const NO_NAME: &str = "Customer";
/// An address that is nobody's, by RFC 2606.
const NO_EMAIL: &str = "customer@example.com";

const BILLING: &[&str] = &["address", "city", "region", "postcode", "country"];

/// What an order asks for.
struct Order {
    amount: String,
    currency: String,
    reference: Reference,
    phone: String,
    name: Option<String>,
    email: Option<String>,
    buyer: Option<String>,
    /// Where the browser goes, and the outcome.
    urls: [(&'static str, Option<String>); 3],
    remarks: Option<String>,
    expiry: Option<u64>,
}

impl Order {
    /// `back` is the member that says where the customer's browser comes back to, `purpose` whose bounds hold.
    fn read(form: &mut Form<'_>, back: &str, purpose: &str, webhook: Option<String>) -> Self {
        let currency = form.currency(CURRENCIES);
        let own = form.phone("phone", COUNTRY);
        let has_phone = form.has("phone");
        let mut order = Self {
            reference: form.reference(&REFERENCE),
            phone: own.unwrap_or_default(),
            name: None,
            email: None,
            buyer: None,
            urls: [
                ("redirect_url", form.url(back)),
                ("cancel_url", form.url("cancelUrl")),
                ("webhook", webhook),
            ],
            remarks: form.text("description"),
            expiry: form.count("expiresInMinutes", 1, None),
            amount: form.amount("amount", &currency, purpose),
            currency,
        };
        let mut has_one = has_phone;
        if let Some(mut part) = form.part("customer", "customer.", CUSTOMER) {
            order.name = part.text("name");
            order.email = part.text("email");
            order.buyer = part.text("id");
            has_one |= part.has("phone");
            let theirs = part.phone("phone", COUNTRY).unwrap_or_default();
            if !has_phone {
                order.phone = theirs;
            }
            let problems = part.problems();
            form.add(problems);
        }
        if !has_one {
            let name = match back {
                "callbackUrl" => "phone",
                _ => "customer.phone",
            };
            form.wrong(name, "is missing: the customer's mobile number");
        }
        // Whose number it is, as far as its first digits tell.
        let is_mixx = guess(&order.phone).is_some_and(|(operator, _)| operator == Operator::Yas);
        if purpose == "charge" && is_mixx {
            form.amount("amount", &order.currency, "mixxCharge");
        }
        order
    }

    fn body(&self, vendor: &str) -> Writer {
        let body = Writer::default()
            .text("vendor", vendor)
            .text("order_id", &self.reference.carried)
            .text("buyer_email", self.email.as_deref().unwrap_or(NO_EMAIL))
            .text("buyer_name", self.name.as_deref().unwrap_or(NO_NAME))
            .text("buyer_phone", &self.phone)
            .maybe("buyer_userid", self.buyer.as_deref())
            .text("amount", &self.amount)
            .text("currency", &self.currency);
        let urls = self.urls.iter();
        let body = urls.fold(body, |body, (name, url)| {
            let encoded = url.as_ref().map(|url| STANDARD.encode(url));
            body.maybe(name, encoded.as_deref())
        });
        let expiry = self.expiry.map(|minutes| minutes.to_string());
        body.maybe("merchant_remarks", self.remarks.as_deref())
            .maybe("expiry", expiry.as_deref())
            .text("no_of_items", "1")
    }
}

impl Selcom {
    /// A push of the caller's own payload, for an order that is there.
    pub fn pay(&self, input: &Input) -> Result<Call<Output>, Error> {
        let payment = input.text("paymentData");
        let fields = payment_object(payment)?;
        if let Some(rule) = signing::flaw(&fields) {
            let message = format!("paymentData cannot be signed: {rule}. Nothing was sent.");
            return Err(Error::invalid_request(message));
        }
        let sent = fields.filled("transid").unwrap_or_default();
        Ok(self.push(payment, sent, |text| Output::Answer(text.to_owned())))
    }

    /// An order, and then a push for it to the customer's phone. Selcom knows both by one reference.
    pub fn charge(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("charge", input.text("charge"), CHARGE, &self.limits)?;
        let order = Order::read(&mut form, "callbackUrl", "charge", self.webhook.clone());
        let order = Arc::new(form.accept(order)?);
        let transid = order.reference.carried.clone();
        let push = Writer::default()
            .text("transid", &transid)
            .text("order_id", &transid)
            .text("msisdn", &order.phone)
            .done();
        let body = order.body(&self.vendor).done();
        let push = self.push(&push, transid, move |text| {
            Output::Answer(charged(text, &order))
        });
        Ok(self.order(ORDER, &body, move |_, _| Reading::Then(push.clone())))
    }

    /// A page where the customer pays. With `method: 'card'` by card only, which takes an address.
    pub fn checkout(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("checkout", input.text("checkout"), CHECKOUT, &self.limits)?;
        if form.has("items") {
            form.wrong("items", "are not taken by Selcom: give amount");
        }
        let by_card = form.one_of("method", &["card"]).is_some();
        let webhook = form.url("callbackUrl").or_else(|| self.webhook.clone());
        let order = Order::read(&mut form, "returnUrl", "checkout", webhook);
        let body = order.body(&self.vendor);
        let body = match by_card {
            true => billed(&mut form, &order, body.text("payment_methods", "CARD")),
            false => body,
        };
        let reference = form.accept(order)?.reference;
        let path = if by_card { CARD_ORDER } else { ORDER };
        let is_local = self.base.is_loopback();
        Ok(self.order(path, &body.done(), move |text, answer| {
            match page(answer, is_local) {
                Some(url) => Reading::Success(Output::Answer(told::page(
                    PROVIDER, &url, &reference, None, text,
                ))),
                None => Reading::Unreadable("an order without the address of its page"),
            }
        }))
    }

    /// A call that makes an order, which charges nothing. `made` reads the answer to one that was.
    fn order(
        &self,
        path: &str,
        body: &str,
        made: impl Fn(&str, &Object<'_>) -> Reading<Output> + Send + Sync + 'static,
    ) -> Call<Output> {
        let call = self.posts(path, body, Effect::Registers, move |text| {
            wire::answered(text, |told, answer| match told {
                Told::Done => made(text, answer),
                _ => Reading::Unreadable("an order that is under way"),
            })
        });
        call.opening_payment()
    }

    fn push(
        &self,
        body: &str,
        transid: String,
        made: impl Fn(&str) -> Output + Send + Sync + 'static,
    ) -> Call<Output> {
        self.posts(PUSH, body, Effect::MovesMoney, move |text| {
            wire::answered_to(&transid, text, |_, _| Reading::Success(made(text)))
        })
    }
}

/// Adds what a card needs: whose it is, and where that person lives.
fn billed(form: &mut Form<'_>, order: &Order, body: Writer) -> Writer {
    let name = order.name.as_deref().unwrap_or_default();
    let (first, last) = name.trim().split_once(' ').unwrap_or_default();
    if first.is_empty() || last.trim().is_empty() {
        form.wrong(
            "customer.name",
            "is needed for a card: first name, then family name",
        );
    }
    if order.email.is_none() {
        form.wrong("customer.email", "is needed for a card");
    }
    let Some(mut part) = form.part("billing", "billing.", BILLING) else {
        if !form.has("billing") {
            form.wrong(
                "billing",
                "is needed for a card: { address, city, region, postcode, country }",
            );
        }
        return body;
    };
    let address = part.need("address", "street and house");
    let city = part.need("city", "the town");
    let region = part.need("region", "the region or state");
    let postcode = part.need("postcode", "the post code or P.O. box");
    let country = part.need("country", "two letters (ISO 3166), such as 'TZ'");
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !country.is_empty() && !is_code {
        part.wrong("country", "must be two letters (ISO 3166), such as 'TZ'");
    }
    let problems = part.problems();
    form.add(problems);
    body.text("billing.firstname", first)
        .text("billing.lastname", last.trim())
        .text("billing.address_1", &address)
        .text("billing.city", &city)
        .text("billing.state_or_region", &region)
        .text("billing.postcode_or_pobox", &postcode)
        .text("billing.country", &country.to_ascii_uppercase())
        .text("billing.phone", &order.phone)
}

/// The page's address, which comes as base64 of any kind, and in Selcom's own sample as it is.
fn page(answer: &Object<'_>, is_local: bool) -> Option<String> {
    let row = Object::parse(wire::row(answer)?)?;
    let told = id_of(&row, "payment_gateway_url")?;
    let plain = told.trim().trim_end_matches('=');
    let decoded = STANDARD_NO_PAD.decode(plain.replace('-', "+").replace('_', "/"));
    let decoded = decoded.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    [decoded, Some(told)]
        .into_iter()
        .flatten()
        .find(|url| is_page(url, is_local))
}

/// Whether a customer may be sent to an address: to this machine only where Selcom is there too.
fn is_page(text: &str, is_local: bool) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let is_whole = !text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    let is_bare = url.username().is_empty() && url.password().is_none();
    let is_safe = match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => is_local && name == "localhost",
        ("http", Some(Host::Ipv4(ip))) => is_local && ip.is_loopback(),
        ("http", Some(Host::Ipv6(ip))) => is_local && ip.is_loopback(),
        _ => false,
    };
    is_whole && is_bare && is_safe
}

/// A push that was accepted. Whether the customer pays, nobody knows yet.
fn charged(text: &str, order: &Order) -> String {
    let answer = Object::parse(text).unwrap_or_default();
    let payment = Payment {
        amount: Some(order.amount.clone()),
        currency: Some(order.currency.clone()),
        reference: Some(order.reference.own.clone()),
        payer: Some(phone::mask(&order.phone)),
        message: answer.filled("message"),
        raw: Raw::Told(text.to_owned()),
        ..Payment::of(PROVIDER, Status::Pending)
    };
    told::charged(&payment, &order.reference, None, None)
}
