//! PesaPal API 3.0: a hosted checkout. Source: developer.pesapal.com, "API 3.0 JSON", and captured traffic.
#![forbid(unsafe_code)]

mod callback;
#[cfg(test)]
mod charge_tests;
mod identity;
mod ipn;
#[cfg(test)]
mod ipn_tests;
mod order;
#[cfg(test)]
mod order_tests;
mod refund;
#[cfg(test)]
mod refund_tests;
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
    Access, Call, DAY, Entry, Facts, Gateway, Limit, Limits, Missing, Place, Reading, Recovery,
    Remedy, Resend, World,
};
use crate::model::callback::{Callback, Incoming};
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use crate::model::payment::Payment;
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
    Limit { name: "phones", value: 1, source: "numbering plans of the countries, by the crate rlibphonenumber" },
    Limit { name: "referenceCharacters", value: 1, source: "developer.pesapal.com: letters, digits and - _ . :" },
    Limit { name: "referenceLength", value: 50, source: "developer.pesapal.com, SubmitOrderRequest" },
    Limit { name: "refundRules", value: 1, source: "developer.pesapal.com, RefundRequest: only what has succeeded, at most what was paid, mobile money whole" },
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
        late_after: DAY,
        expected_for: DAY.saturating_mul(7),
        tells_amount: true,
    },
    extras: &["ipnId"],
    // Those in which the code of a refused token was met.
    token_statuses: &[200, 401, 500],
    // Business errors say `"status": "500"`, whatever the HTTP status.
    own_refusal: Some(wire::REFUSED),
    refuses_token: wire::refuses_token,
    ..Facts::usual(PROVIDER, &ASKED, &["id"], wire::words)
};

/// What it can be asked.
const CAN: Table<Pesapal> = &[
    (Operation::Pay, Pesapal::pay),
    (Operation::Charge, Pesapal::charge),
    (Operation::Checkout, Pesapal::checkout),
    (Operation::RegisterIpn, Pesapal::register_ipn),
    (Operation::EnsureIpn, Pesapal::ensure_ipn),
    (Operation::ListIpns, Pesapal::list_ipns),
    (Operation::GetPaymentStatus, Pesapal::status),
    (Operation::Refund, Pesapal::refund),
    (Operation::Cancel, Pesapal::cancel),
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

    /// `reference` is PesaPal's order_tracking_id: there is no look-up by the merchant's own.
    fn status(&self, input: &Input) -> Result<Call<Output>, Error> {
        let asked = reference_of(input.text("reference"))?;
        Ok(self.asks_status(asked, |payment, _| Reading::Success(payment.into())))
    }

    /// Asks for the payment of that id; `read` goes on with it and the answer's text.
    fn asks_status(
        &self,
        asked: &str,
        read: impl Fn(Payment, &str) -> Reading<Output> + Send + Sync + 'static,
    ) -> Call<Output> {
        let id = encoded(asked);
        let asked = asked.to_owned();
        let path = format!("/api/Transactions/GetTransactionStatus?orderTrackingId={id}");
        Call::new(
            Request::get(self.base.join(&path)),
            Effect::Reads,
            move |text| wire::status(text, &asked, |payment| read(payment, text)),
        )
        .when_missing(Missing::usual)
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
