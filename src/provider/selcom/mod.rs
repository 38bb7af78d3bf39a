//! Selcom: orders, USSD pushes and payouts in Tanzania. There is no login: each request is signed. Source:
//! developers.selcommobile.com, Selcom's own clients, and captured traffic.
#![forbid(unsafe_code)]

mod callback;
#[cfg(test)]
mod callback_tests;
mod cards;
mod collect;
mod float;
mod identity;
mod order;
#[cfg(test)]
mod order_tests;
mod payout;
#[cfg(test)]
mod payout_tests;
mod rail;
mod row;
mod signing;
#[cfg(test)]
mod tests;
mod wire;

use std::time::{Duration, SystemTime};

use crate::config::{BASE_URL, Options};
use crate::http::base_url::BaseUrl;
use crate::http::{Authorization, Method, Request};
use crate::model::callback::{Callback, Incoming};
use crate::model::country::Country;
use crate::model::error::Error;
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use crate::model::secret::Secret;

use super::form::{WEB_RULE, is_web};
use super::read::query_of;
use super::reference::Carries;
use super::table::{self, Table};
use super::{
    Access, Call, DAY, Entry, Facts, Gateway, Limit, Limits, Missing, Place, Rate, Reading,
    Recovery, Remedy, Resend, World,
};
use float::{Float, setting};
use identity::{KEYS, PROVIDER, WEBHOOK_URL};
use signing::Signing;

pub const ENTRY: Entry = Entry {
    provider: PROVIDER,
    keys: KEYS,
    make: |options| Ok(Box::new(Selcom::new(options)?)),
};

struct Selcom {
    base: BaseUrl,
    /// The merchant's id, or till.
    vendor: String,
    signing: Signing,
    float: Float,
    /// Where the outcome of an order goes that names no place of its own.
    webhook: Option<String>,
    limits: Limits,
}

/// Every path starts with it; some configurations have it in `baseUrl` already.
const PREFIX: &str = "/v1";

impl Selcom {
    fn new(options: &Options) -> Result<Self, Error> {
        let webhook = setting(options, WEBHOOK_URL)?;
        if webhook.as_deref().is_some_and(|url| !is_web(url)) {
            return Err(Error::invalid_config(format!("{WEBHOOK_URL} {WEB_RULE}.")));
        }
        let limits = Limits::new(LIMITS, options.limits.as_deref())?;
        Ok(Self {
            base: options.base_url(BASE_URL)?.without_suffix(PREFIX),
            vendor: options.credential("SELCOM_VENDOR")?.reveal().to_owned(),
            signing: Signing::configured(options)?,
            float: Float::configured(options, &limits)?,
            webhook,
            limits,
        })
    }

    fn url(&self, path: &str) -> String {
        self.base.join(&format!("{PREFIX}{path}"))
    }

    /// A request whose fields stand in its query, and are signed there.
    fn query<T: 'static>(
        &self,
        (method, path): (Method, &str),
        fields: &[(&str, String)],
        effect: Effect,
        read: impl Fn(&str) -> Reading<T> + Send + Sync + 'static,
    ) -> Call<T> {
        let url = self.url(&format!("{path}{}", query_of(fields)));
        let call = Call::new(Request::new(method, url), effect, read);
        call.with_last_word().when_missing(Missing::usual)
    }

    /// A question.
    fn asks(
        &self,
        path: &str,
        fields: &[(&str, String)],
        read: impl Fn(&str) -> Reading<Output> + Send + Sync + 'static,
    ) -> Call<Output> {
        self.query((Method::Get, path), fields, Effect::Reads, read)
    }

    /// A request with a body that its reader alone judges: what is accepted may say "in progress".
    fn posts(
        &self,
        path: &str,
        body: &str,
        effect: Effect,
        read: impl Fn(&str) -> Reading<Output> + Send + Sync + 'static,
    ) -> Call<Output> {
        Call::new(Request::post(self.url(path), body), effect, read).with_last_word()
    }
}

const PLACES: &[Place] = &[
    place(World::Live, "apigw.selcommobile.com"),
    place(World::Sandbox, "apigwtest.selcommobile.com"),
];

const fn place(world: World, host: &'static str) -> Place {
    Place {
        world,
        key: BASE_URL,
        host,
        path: "",
    }
}

/// Selcom's documents name US dollars too, of which no traffic is known.
const CURRENCIES: &[&str] = &["TZS"];

/// Whose numbers Selcom calls and pays.
const COUNTRY: Option<Country> = Some(Country::Tanzania);

/// Which references it carries, as seen in 2026; its documents tell no bound.
const REFERENCE: Carries = Carries {
    longest: 36,
    signs: "-_",
    never: None,
};

/// Its bounds.
#[rustfmt::skip]
const LIMITS: &[Limit] = &[
    Limit { name: "currencies", value: 1, source: "Selcom's documents name USD too, which nobody is known to use" },
    Limit { name: "wholeAmounts", value: 1, source: "custom: nobody pays cents of a shilling" },
    Limit { name: "phones", value: 1, source: "numbering plans of the countries, by the crate rlibphonenumber" },
    Limit { name: "referenceCharacters", value: 1, source: "integrators, 2026: order_id" },
    Limit { name: "referenceLength", value: 36, source: "integrators, 2026: order_id" },
    Limit { name: "payoutReferenceLength", value: 34, source: "integrators, 2026: transid of 36, less the mark of its rail" },
    Limit { name: "chargeMinimum", value: 100, source: "an integrator, 2026; more on Mixx by Yas" },
    Limit { name: "mixxChargeMinimum", value: 1_000, source: "an integrator, 2026; Mixx by Yas, by the number's first digits" },
    Limit { name: "payoutMinimum", value: 1_000, source: "a refusal of 2026, code 013" },
];

/// How long Selcom's documents tell to wait before it is asked for something undecided.
const UNDECIDED: Duration = Duration::from_secs(180);

const FACTS: Facts = Facts {
    places: PLACES,
    currencies: CURRENCIES,
    reference: REFERENCE,
    webhooks: &["checkout webhook"],
    recovery: Recovery {
        // A push is only asked about: how Selcom takes a repeated order or push is not known.
        payment: Remedy {
            asked_by: Some("reference"),
            resend: Resend::Never,
            after: UNDECIDED,
        },
        // It says the same of a payout that was never sent.
        payout: Some(Remedy {
            asked_by: Some("reference"),
            resend: Resend::Never,
            after: UNDECIDED,
        }),
        // As integrators do it: a success may come after long silence.
        late_after: Duration::from_secs(30 * 60),
        expected_for: DAY,
        tells_amount: true,
    },
    // One integrator's pace; none is told.
    status_pace: Rate {
        every: Duration::from_secs(1),
        burst: 10,
    },
    refusal_statuses: &[406, 412],
    echoes: &[
        "transid",
        "order_id",
        "reference",
        "resultcode",
        "resulcode",
    ],
    is_no_refusal: wire::is_no_refusal,
    advice: wire::advice,
    doubts_clock: wire::doubts_clock,
    ..Facts::usual(PROVIDER, &ASKED, &["transid", "order_id"], wire::words)
};

/// What it can be asked.
const CAN: Table<Selcom> = &[
    (Operation::Pay, Selcom::pay),
    (Operation::Charge, Selcom::charge),
    (Operation::Preview, Selcom::preview),
    (Operation::Checkout, Selcom::checkout),
    (Operation::GetPaymentStatus, Selcom::status),
    (Operation::ListPayments, Selcom::payments),
    (Operation::Cancel, Selcom::cancel),
    (Operation::Payout, Selcom::payout),
    (Operation::GetPayoutStatus, Selcom::payout_status),
    (Operation::GetBalance, Selcom::balance),
    (Operation::ListCards, Selcom::list_cards),
    (Operation::DeleteCard, Selcom::delete_card),
];
const ASKED: [Operation; CAN.len()] = table::operations(CAN);

impl Gateway for Selcom {
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
        self.signing
            .secrets()
            .chain(self.float.pin.clone())
            .collect()
    }

    fn access(&self) -> Access {
        Access::Signed(self.is_known())
    }

    fn dress(&self, request: &mut Request, at: SystemTime, _: Option<&Authorization>) {
        self.signing.dress(request, at);
    }

    fn make(&self, operation: Operation, input: &Input) -> Result<Call<Output>, Error> {
        table::make(CAN, self, operation, input)
    }

    fn callback(&self, incoming: &Incoming<'_>) -> Callback {
        callback::read(incoming.body(), incoming.headers(), &self.signing)
    }
}
