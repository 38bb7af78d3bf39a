//! AzamPay: USSD push in Tanzania with RSA-signed callbacks. Source: developerdocs.azampay.co.tz and
//! captured traffic.
#![forbid(unsafe_code)]

pub mod callback;
#[cfg(test)]
mod callback_tests;
mod checksum;
mod collect;
#[cfg(test)]
mod collect_tests;
mod identity;
mod key;
mod lookup;
#[cfg(test)]
mod lookup_tests;
mod payout;
#[cfg(test)]
mod payout_tests;
mod reading;
#[cfg(test)]
mod status_tests;
#[cfg(test)]
mod tests;
mod wallet;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use crate::config::{BASE_URL, Options};
use crate::http::Request;
use crate::http::base_url::BaseUrl;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::secret::Secret;

use crate::model::signature::{PublicKey, PublicKeys};

use super::read::{encoded, header_safe, payment_object, reference_of};
use super::reference::Carries;
use super::table::{self, Table};
use super::{
    Access, Call, DAY, Entry, Facts, Gateway, KeySource, Limit, Limits, Missing, Place, Reading,
    Recovery, Remedy, Resend, World,
};
use crate::model::callback::{Callback, Incoming};
use crate::model::operation::{Input, Operation, Output};
use crate::model::operator::Operator;
use crate::model::outcome::Effect;
use identity::{AUTH_BASE_URL, DISBURSEMENT_BASE_URL, KEYS, PROVIDER};
use wallet::{BankNames, PAYERS, Source, setting};

pub const ENTRY: Entry = Entry {
    provider: PROVIDER,
    keys: KEYS,
    make: |options| Ok(Box::new(Azampay::new(options)?)),
};

struct Azampay {
    base: BaseUrl,
    auth_base: BaseUrl,
    disbursement: BaseUrl,
    app_name: Secret,
    client_id: Secret,
    client_secret: Secret,
    /// Who sells, on the page where customers pay.
    vendor_id: Option<String>,
    vendor_name: Option<String>,
    /// The portal's "token"; optional, sent as `X-API-KEY` when configured.
    api_key: Option<Secret>,
    public_keys: Option<PublicKeys>,
    source: Source,
    bank_names: BankNames,
    /// Whether a payout can be asked for by the merchant's own reference, which some accounts can.
    asks_by_reference: bool,
    limits: Limits,
}

const PLACES: &[Place] = &[
    place(World::Sandbox, BASE_URL, "sandbox.azampay.co.tz"),
    place(
        World::Sandbox,
        AUTH_BASE_URL,
        "authenticator-sandbox.azampay.co.tz",
    ),
    place(
        World::Sandbox,
        DISBURSEMENT_BASE_URL,
        "api-disbursement-sandbox.azampay.co.tz",
    ),
    place(World::Live, BASE_URL, "checkout.azampay.co.tz"),
    place(World::Live, AUTH_BASE_URL, "authenticator.azampay.co.tz"),
    place(
        World::Live,
        DISBURSEMENT_BASE_URL,
        "api-disbursement.azampay.co.tz",
    ),
];

const fn place(world: World, key: &'static str, host: &'static str) -> Place {
    Place {
        world,
        key,
        host,
        path: "",
    }
}

impl Azampay {
    fn new(options: &Options) -> Result<Self, Error> {
        let base = options.base_url(BASE_URL)?;
        let beside = |key| match options.get(key) {
            Some(_) => options.base_url(key),
            None => Ok(place_beside(&base, key)),
        };
        let api_key = match options.get("AZAMPAY_API_KEY") {
            Some(_) => Some(header_safe(
                "AZAMPAY_API_KEY",
                options.credential("AZAMPAY_API_KEY")?,
            )?),
            None => None,
        };
        let public_keys = match options.get("AZAMPAY_PUBLIC_KEY") {
            Some(text) => Some(key::parse(text.reveal()).map_err(|why| {
                Error::invalid_config(format!("AZAMPAY_PUBLIC_KEY is not usable: {why}."))
            })?),
            None => None,
        };
        Ok(Self {
            auth_base: beside(AUTH_BASE_URL)?,
            disbursement: beside(DISBURSEMENT_BASE_URL)?,
            base,
            app_name: options.credential("AZAMPAY_APP_NAME")?,
            client_id: options.credential("AZAMPAY_CONSUMER_KEY")?,
            client_secret: options.credential("AZAMPAY_CONSUMER_SECRET")?,
            vendor_id: setting(options, "AZAMPAY_VENDOR_ID")?,
            vendor_name: setting(options, "AZAMPAY_VENDOR_NAME")?,
            api_key,
            public_keys,
            source: Source::configured(options)?,
            bank_names: BankNames::configured(options)?,
            asks_by_reference: options
                .flag("AZAMPAY_STATUS_BY_REFERENCE")?
                .unwrap_or(false),
            limits: Limits::new(LIMITS, options.limits.as_deref())?,
        })
    }

    /// Where AzamPay may tell its public keys, in order.
    fn key_requests(&self) -> [Request; 2] {
        [
            self.base.join("/azampay/v1/public-key?format=Pem"),
            self.auth_base.join("/api/Token/PublicKey"),
        ]
        .map(|url| self.with_api_key(Request::get(url)))
    }

    /// The call that `made` makes of AzamPay's public key, which is asked for where none is configured.
    fn with_key(
        &self,
        made: impl Fn(PublicKey) -> Call<Output> + Send + Sync + 'static,
    ) -> Call<Output> {
        if let Some(key) = self.public_keys.as_ref().and_then(|keys| keys.first()) {
            return made(key.clone());
        }
        let made: Arc<dyn Fn(PublicKey) -> Call<Output> + Send + Sync> = Arc::new(made);
        let [first, second] = self.key_requests();
        let last = asks_key(second, Arc::clone(&made), None);
        asks_key(first, made, Some(last))
    }

    fn with_api_key(&self, request: Request) -> Request {
        match &self.api_key {
            Some(api_key) => request.header("x-api-key", api_key.clone()),
            None => request,
        }
    }
}

const NO_KEY: &str =
    "AzamPay does not tell this account its public key: configure AZAMPAY_PUBLIC_KEY";

/// Asks for the public key; where there is nothing, `other` asks at another place.
fn asks_key(
    request: Request,
    made: Arc<dyn Fn(PublicKey) -> Call<Output> + Send + Sync>,
    other: Option<Call<Output>>,
) -> Call<Output> {
    let elsewhere = other.clone();
    let call = Call::new(request, Effect::Reads, move |text| match &other {
        Some(other) if text.trim().is_empty() => Reading::Then(other.clone()),
        _ => match wire::public_keys(text) {
            Reading::Success(keys) => match keys.first() {
                Some(key) => Reading::Then(made(key.clone())),
                None => Reading::Unreadable(wire::EMPTY_KEY),
            },
            Reading::Unreadable(why) => Reading::Unreadable(why),
            _ => Reading::Unreadable(wire::EMPTY_KEY),
        },
    });
    call.when_missing(move |_| match &elsewhere {
        Some(other) => Missing::Then(other.clone()),
        None => Missing::Unsupported(NO_KEY),
    })
}

/// The address of that key in the world of `base`, or the same place where that world is not known.
fn place_beside(base: &BaseUrl, key: &str) -> BaseUrl {
    let mut places = PLACES.iter();
    let own = places.find(|place| place.key == BASE_URL && place.host == base.host());
    let other = own.and_then(|own| PLACES.iter().find(|p| p.key == key && p.world == own.world));
    other.map_or_else(|| base.clone(), |place| BaseUrl::https(place.host))
}

/// Which references it carries. A firewall before the API takes two dashes for the beginning of an SQL comment.
const REFERENCE: Carries = Carries {
    longest: 128,
    signs: "._:-",
    never: Some("--"),
};

/// Its bounds.
#[rustfmt::skip]
const LIMITS: &[Limit] = &[
    Limit { name: "currencies", value: 1, source: "AzamPay's platform: Tanzania, Rwanda, Malawi" },
    Limit { name: "wholeAmounts", value: 1, source: "custom: nobody pays cents of a shilling" },
    Limit { name: "phones", value: 1, source: "numbering plans of the countries, by the crate rlibphonenumber" },
    Limit { name: "referenceCharacters", value: 1, source: "AzamPay's security filter, seen in 2026" },
    Limit { name: "referenceLength", value: 128, source: "AzamPay's API specification, 2026: externalId" },
    Limit { name: "checkoutReferenceLength", value: 30, source: "AzamPay's API specification, 2026: PostCheckout" },
    Limit { name: "bankTextLength", value: 100, source: "AzamPay's API specification, 2026: bank/checkout" },
    Limit { name: "payoutReferenceLength", value: 30, source: "AzamPay's API specification, 2026: externalReferenceId" },
    Limit { name: "payoutDescription", value: 500, source: "AzamPay's guide for Rwanda: remarks" },
    Limit { name: "chargeMaximum", value: 5_000_000, source: "AzamPay's API specification, 2026" },
];

/// What is paid in Tanzania, Rwanda and Malawi, where it works.
const CURRENCIES: &[&str] = &["TZS", "RWF", "MWK"];

const FACTS: Facts = Facts {
    places: PLACES,
    currencies: CURRENCIES,
    reference: REFERENCE,
    webhooks: &["checkout callback", "disbursement callback"],
    // A push cannot be asked for by our own reference. A payout that is sent again is known again by it.
    recovery: Recovery {
        payment: Remedy {
            asked_by: Some("transactionId"),
            resend: Resend::Never,
            after: Duration::from_secs(600),
        },
        payout: Some(Remedy {
            asked_by: Some("transactionId"),
            resend: Resend::Same,
            after: Duration::ZERO,
        }),
        late_after: Duration::from_secs(600),
        expected_for: DAY.saturating_mul(7),
        tells_amount: false,
    },
    callback_members: &callback::MEMBERS,
    // What a payout is asked for by, and nobody knows.
    missing_statuses: &[402, 404],
    ..Facts::usual(
        PROVIDER,
        &ASKED,
        &["externalId", "referenceId", "externalReferenceId"],
        wire::words,
    )
};

/// What it can be asked.
const CAN: Table<Azampay> = &[
    (Operation::Pay, Azampay::pay),
    (Operation::Charge, Azampay::charge),
    (Operation::Preview, Azampay::preview),
    (Operation::Checkout, Azampay::checkout),
    (Operation::PayBank, Azampay::pay_bank),
    (Operation::GetPaymentStatus, Azampay::status),
    (Operation::Payout, Azampay::payout),
    (Operation::GetPayoutStatus, Azampay::payout_status),
    (Operation::ListPartners, Azampay::partners),
];
const ASKED: [Operation; CAN.len()] = table::operations(CAN);

impl Azampay {
    fn pay(&self, input: &Input) -> Result<Call<Output>, Error> {
        let payment = input.text("paymentData");
        payment_object(payment)?;
        Ok(self.push(payment, Output::Answer))
    }

    /// A push to a phone, whose answer `made` makes into what the caller gets.
    fn push(
        &self,
        payment: &str,
        made: impl Fn(String) -> Output + Clone + Send + Sync + 'static,
    ) -> Call<Output> {
        let url = self.base.join("/azampay/mno/checkout");
        let request = self.with_api_key(Request::post(url, payment));
        Call::new(request, Effect::MovesMoney, move |text| {
            wire::checkout(text).map(made.clone())
        })
    }

    /// `reference` is AzamPay's transactionId. Not every account has this call.
    fn status(&self, input: &Input) -> Result<Call<Output>, Error> {
        let asked = reference_of(input.text("reference"))?.to_owned();
        let mut query = format!("transactionId={}", encoded(&asked));
        if let Some(own) = input.get("operator") {
            let operator = Operator::from_name(own);
            let name = PAYERS.iter().find(|(known, _)| Some(*known) == operator);
            let name = name.map_or(own, |(_, name)| name);
            query.push_str(&format!("&provider={}", encoded(name)));
        }
        let url = self
            .base
            .join(&format!("/api/v1/partner/gettransactionstatus?{query}"));
        Ok(Call::new(
            self.with_api_key(Request::get(url)),
            Effect::Reads,
            move |text| wire::status(text, &asked).map(Output::from),
        )
        .when_missing(|text| wire::missing(text).map(Output::from)))
    }
}

impl Gateway for Azampay {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn addresses(&self) -> Vec<(&'static str, &BaseUrl)> {
        let beside = [
            (AUTH_BASE_URL, &self.auth_base),
            (DISBURSEMENT_BASE_URL, &self.disbursement),
        ];
        let others = beside.into_iter().filter(|(_, url)| **url != self.base);
        [(BASE_URL, &self.base)].into_iter().chain(others).collect()
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn secrets(&self) -> Vec<Secret> {
        let mut secrets = vec![self.client_id.clone(), self.client_secret.clone()];
        secrets.extend(self.api_key.clone());
        secrets
    }

    fn make(&self, operation: Operation, input: &Input) -> Result<Call<Output>, Error> {
        table::make(CAN, self, operation, input)
    }

    fn access(&self) -> Access {
        let mut body = Object::default();
        body.set_string("appName", self.app_name.reveal());
        body.set_string("clientId", self.client_id.reveal());
        body.set_string("clientSecret", self.client_secret.reveal());
        let url = self.auth_base.join("/AppRegistration/GenerateToken");
        Access::Token {
            login: Call::new(
                self.with_api_key(Request::post(url, body.text())),
                Effect::Reads,
                wire::login,
            )
            .when_missing(Missing::usual),
            may_hold_token: wire::may_hold_token,
        }
    }

    fn callback(&self, incoming: &Incoming<'_>) -> Callback {
        match incoming {
            Incoming::Whole { body, .. } => callback::read(body),
            Incoming::Members(members) => {
                let mut members = members.iter();
                callback::of(callback::MEMBERS.map(|_| members.next().copied().unwrap_or_default()))
            }
        }
    }

    fn key_source(&self) -> KeySource {
        if let Some(keys) = &self.public_keys {
            return KeySource::Configured(keys.clone());
        }
        let call = |request| Call::new(request, Effect::Reads, wire::public_keys);
        KeySource::Fetched(self.key_requests().map(call).into())
    }
}
