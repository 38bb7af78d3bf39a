//! ClickPesa: USSD push in Tanzania. Source: docs.clickpesa.com and captured traffic.
#![forbid(unsafe_code)]

mod account;
mod callback;
pub(crate) mod canonical;
mod checksum;
mod identity;
mod row;
#[cfg(test)]
mod status_tests;
mod subject;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod webhook_tests;
mod wire;

use std::time::Duration;

use crate::config::{BASE_URL, Options};
use crate::http::Request;
use crate::http::base_url::BaseUrl;
use crate::model::error::Error;
use crate::model::payment::Payment;
use crate::model::secret::Secret;

use checksum::Signing;

use super::read::{encoded, header_safe, payment_object, segment_of};
use super::table::{self, Table};
use super::{Access, Call, Entry, Facts, Gateway, Missing, Place, Rate, World};
use crate::model::callback::{Callback, Incoming};
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use identity::{KEYS, PROVIDER};

pub const ENTRY: Entry = Entry {
    provider: PROVIDER,
    keys: KEYS,
    make: |options| Ok(Box::new(Clickpesa::new(options)?)),
};

struct Clickpesa {
    base: BaseUrl,
    client_id: Secret,
    api_key: Secret,
    signing: Option<Signing>,
}

/// Every path starts with it; some configurations have it in `baseUrl` already.
const PREFIX: &str = "/third-parties";

impl Clickpesa {
    fn new(options: &Options) -> Result<Self, Error> {
        let credential = |key| header_safe(key, options.credential(key)?);
        Ok(Self {
            base: options.base_url(BASE_URL)?.without_suffix(PREFIX),
            client_id: credential("CLICKPESA_CLIENT_ID")?,
            api_key: credential("CLICKPESA_API_KEY")?,
            signing: Signing::configured(options)?,
        })
    }

    fn url(&self, path: &str) -> String {
        self.base.join(&format!("{PREFIX}{path}"))
    }
}

/// No document names a sandbox; integrators' names for one differ, and answer nobody.
const PLACES: &[Place] = &[Place {
    world: World::Live,
    key: BASE_URL,
    host: "api.clickpesa.com",
    path: "",
}];

const FACTS: Facts = Facts {
    places: PLACES,
    // ClickPesa allows 120 requests a minute from one address; this and the look-ups are 110 at the most,
    // and 60 when the bursts are over. The rest is left for payments.
    status_pace: Rate {
        every: Duration::from_millis(1500),
        burst: 10,
    },
    lookup_pace: Rate {
        every: Duration::from_secs(3),
        burst: 40,
    },
    // ClickPesa's own token has it.
    token_has_scheme: true,
    speaks_plainly: true,
    ..Facts::usual(PROVIDER, &ASKED, "orderReference", wire::words)
};

/// What it can be asked.
const CAN: Table<Clickpesa> = &[
    (Operation::Pay, Clickpesa::pay),
    (Operation::GetPaymentStatus, Clickpesa::status),
    (Operation::ExchangeRates, Clickpesa::exchange_rates),
];
const ASKED: [Operation; CAN.len()] = table::operations(CAN);

impl Clickpesa {
    /// The payload goes out as it is; with a checksum key configured it gains `checksum`.
    fn pay(&self, input: &Input) -> Result<Call<Output>, Error> {
        let payment = input.text("paymentData");
        let body = match &self.signing {
            Some(signing) => signing.signed(payment)?,
            None => payment_object(payment).map(|_| payment.to_owned())?,
        };
        Ok(Call::new(
            Request::post(self.url("/payments/initiate-ussd-push-request"), body),
            Effect::MovesMoney,
            |text| wire::initiated_push(text).map(Output::Answer),
        ))
    }

    /// `reference` is the merchant's own orderReference.
    fn status(&self, input: &Input) -> Result<Call<Output>, Error> {
        let asked = segment_of(input.text("reference"))?.to_owned();
        let url = self.url(&format!("/payments/{}", encoded(&asked)));
        Ok(Call::new(Request::get(url), Effect::Reads, {
            let asked = asked.clone();
            move |text: &str| wire::status(text, &asked).map(Output::from)
        })
        .when_missing(move |text| wire::missing(&asked, text).map(Output::from)))
    }

    fn exchange_rates(&self, input: &Input) -> Result<Call<Output>, Error> {
        let asked = account::Currencies::new(input)?;
        Ok(Call::new(
            Request::get(self.url(&format!("/exchange-rates/all{}", asked.query()))),
            Effect::Reads,
            move |text| account::rates(text, &asked).map(Output::Answer),
        )
        .when_missing(Missing::usual))
    }
}

impl Gateway for Clickpesa {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = vec![self.client_id.clone(), self.api_key.clone()];
        secrets.extend(self.signing.as_ref().map(|signing| signing.key.clone()));
        secrets
    }

    fn make(&self, operation: Operation, input: &Input) -> Result<Call<Output>, Error> {
        table::make(CAN, self, operation, input)
    }

    fn access(&self) -> Access {
        Access::Token {
            login: Call::new(
                Request::post(self.url("/generate-token"), "{}")
                    .header("client-id", self.client_id.clone())
                    .header("api-key", self.api_key.clone()),
                Effect::Reads,
                wire::login,
            )
            .when_missing(Missing::usual),
            may_hold_token: wire::may_hold_token,
        }
    }

    /// `reference` is the payout's own orderReference.
    fn payout_status(&self, reference: &str) -> Result<Call<Payment>, Error> {
        let asked = segment_of(reference)?.to_owned();
        let url = self.url(&format!("/payouts/{}", encoded(&asked)));
        Ok(Call::new(Request::get(url), Effect::Reads, move |text| {
            wire::payout(text, &asked)
        }))
    }

    fn callback(&self, incoming: &Incoming<'_>) -> Callback {
        callback::read(incoming.body(), incoming.headers(), self.signing.as_ref())
    }
}
