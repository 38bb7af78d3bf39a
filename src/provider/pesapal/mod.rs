//! PesaPal API 3.0: a hosted checkout. Source: developer.pesapal.com, "API 3.0 JSON", and captured traffic.
#![forbid(unsafe_code)]

mod callback;
#[cfg(test)]
mod charge_tests;
mod identity;
mod order;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use crate::config::{BASE_URL, Options};
use crate::http::Request;
use crate::http::base_url::BaseUrl;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::secret::Secret;

use super::read::{encoded, payment_object, reference_of};
use super::reference::Carries;
use super::table::{self, Table};
use super::{
    Access, Call, Entry, Facts, Gateway, Limit, Limits, Missing, Place, Recovery, Remedy, Resend,
    World,
};
use crate::model::callback::{Callback, Incoming};
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use identity::{KEYS, PROVIDER};

pub const ENTRY: Entry = Entry {
    provider: PROVIDER,
    keys: KEYS,
    make: |options| Ok(Box::new(Pesapal::new(options)?)),
};

struct Pesapal {
    base: BaseUrl,
    consumer_key: Secret,
    consumer_secret: Secret,
    limits: Limits,
}

impl Pesapal {
    fn new(options: &Options) -> Result<Self, Error> {
        Ok(Self {
            base: options.base_url(BASE_URL)?,
            consumer_key: options.credential("PESAPAL_CONSUMER_KEY")?,
            consumer_secret: options.credential("PESAPAL_CONSUMER_SECRET")?,
            limits: Limits::new(LIMITS, options.limits.as_deref())?,
        })
    }
}

const NOTIFICATION_ID: &str = "notification_id";

const PLACES: &[Place] = &[
    Place {
        world: World::Sandbox,
        key: BASE_URL,
        host: "cybqa.pesapal.com",
        path: "/pesapalv3",
    },
    Place {
        world: World::Live,
        key: BASE_URL,
        host: "pay.pesapal.com",
        path: "/v3",
    },
];

/// Which references it carries.
const REFERENCE: Carries = Carries {
    longest: 50,
    signs: "._:-",
    never: None,
};

/// ISO 4217; which of them a merchant may use depends on its country.
const CURRENCIES: &[&str] = &["KES", "UGX", "TZS", "RWF", "MWK", "ZMW", "USD"];

/// Its bounds. The least and the most that a merchant may collect are told to that merchant alone.
#[rustfmt::skip]
const LIMITS: &[Limit] = &[
    Limit { name: "currencies", value: 1, source: "developer.pesapal.com: by the merchant's country" },
    Limit { name: "wholeAmounts", value: 1, source: "integrators: UGX, TZS and RWF are paid whole" },
    Limit { name: "referenceLength", value: 50, source: "developer.pesapal.com, SubmitOrderRequest" },
    Limit { name: "descriptionLength", value: 100, source: "developer.pesapal.com, SubmitOrderRequest" },
];

const FACTS: Facts = Facts {
    places: PLACES,
    currencies: CURRENCIES,
    reference: REFERENCE,
    webhooks: &["IPNCHANGE", "RECURRING"],
    // Nobody has the page of an order whose answer got lost, so that nobody can pay it.
    recovery: Recovery {
        payment: Remedy {
            asked_by: Some("transactionId"),
            resend: Resend::New,
            after: Duration::ZERO,
        },
        payout: None,
    },
    extras: &["ipnId"],
    // Those in which the code of a refused token was met.
    token_statuses: &[200, 401, 500],
    // Business errors say `"status": "500"`, whatever the HTTP status.
    own_refusal: Some(wire::REFUSED),
    refuses_token: wire::refuses_token,
    ..Facts::usual(PROVIDER, &ASKED, "id", wire::words)
};

/// What it can be asked.
const CAN: Table<Pesapal> = &[
    (Operation::Pay, Pesapal::pay),
    (Operation::Charge, Pesapal::charge),
    (Operation::RegisterIpn, Pesapal::register_ipn),
    (Operation::GetPaymentStatus, Pesapal::status),
];
const ASKED: [Operation; CAN.len()] = table::operations(CAN);

impl Pesapal {
    fn pay(&self, input: &Input) -> Result<Call<Output>, Error> {
        let payment = input.text("paymentData");
        let mut order = payment_object(payment)?;
        match input.get("ipnId").filter(|id| !id.trim().is_empty()) {
            Some(ipn_id) => order.set_string(NOTIFICATION_ID, ipn_id),
            None if order.filled(NOTIFICATION_ID).is_some() => {}
            None => {
                return Err(Error::invalid_request(
                    "PesaPal needs an IPN id: pass the one from registerIpn() as the second argument \
                     of pay(), or as notification_id in paymentData. Nothing was sent.",
                ));
            }
        }
        Ok(Call::new(
            Request::post(
                self.base.join("/api/Transactions/SubmitOrderRequest"),
                order.text(),
            ),
            Effect::MovesMoney,
            |text| {
                let as_it_is = |_: &str, _: &str| text.to_owned();
                wire::submitted_order(text, None, as_it_is).map(Output::Answer)
            },
        ))
    }

    fn register_ipn(&self, input: &Input) -> Result<Call<Output>, Error> {
        let url = input.text("url");
        let is_web = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            return Err(Error::invalid_request(
                "url must be an absolute http or https URL. Nothing was sent.",
            ));
        }
        let kind = input.get("type").unwrap_or("GET").to_ascii_uppercase();
        if !matches!(kind.as_str(), "GET" | "POST") {
            return Err(Error::invalid_request(
                "the IPN notification type must be 'GET' or 'POST'. Nothing was sent.",
            ));
        }
        let mut body = Object::default();
        body.set_string("url", url);
        body.set_string("ipn_notification_type", &kind);
        Ok(Call::new(
            Request::post(self.base.join("/api/URLSetup/RegisterIPN"), body.text()),
            Effect::Registers,
            |text| wire::registered_ipn(text).map(Output::Text),
        ))
    }

    /// `reference` is PesaPal's order_tracking_id: there is no look-up by the merchant's own.
    fn status(&self, input: &Input) -> Result<Call<Output>, Error> {
        let asked = reference_of(input.text("reference"))?.to_owned();
        let id = encoded(&asked);
        let path = format!("/api/Transactions/GetTransactionStatus?orderTrackingId={id}");
        Ok(Call::new(
            Request::get(self.base.join(&path)),
            Effect::Reads,
            move |text| wire::status(text, &asked).map(Output::from),
        )
        .when_missing(Missing::usual))
    }
}

impl Gateway for Pesapal {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![self.consumer_key.clone(), self.consumer_secret.clone()]
    }

    fn make(&self, operation: Operation, input: &Input) -> Result<Call<Output>, Error> {
        table::make(CAN, self, operation, input)
    }

    fn access(&self) -> Access {
        let mut body = Object::default();
        body.set_string("consumer_key", self.consumer_key.reveal());
        body.set_string("consumer_secret", self.consumer_secret.reveal());
        Access::Token {
            login: Call::new(
                Request::post(self.base.join("/api/Auth/RequestToken"), body.text()),
                Effect::Reads,
                wire::login,
            )
            .when_missing(Missing::usual),
            may_hold_token: wire::may_hold_token,
        }
    }

    fn callback(&self, incoming: &Incoming<'_>) -> Callback {
        callback::read(incoming.body())
    }
}
