//! ClickPesa: USSD push in Tanzania. Source: docs.clickpesa.com and captured traffic.
#![forbid(unsafe_code)]

mod account;
mod bills;
mod callback;
pub(crate) mod canonical;
mod checksum;
mod collect;
mod identity;
mod lists;
#[cfg(test)]
mod operations_tests;
mod payout;
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

use super::read::{encoded, header_safe, name_of, payment_object};
use super::reference::Carries;
use super::table::{self, Table};
use super::{
    Access, Call, DAY, Entry, Facts, Gateway, Limit, Limits, Missing, Place, Rate, Reading,
    Recovery, Remedy, Resend, World,
};
use crate::model::callback::{Callback, Incoming};
use crate::model::country::Country;
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
    /// Whether bills carry the checksum too, of which ClickPesa's pages say nothing.
    signs_bills: bool,
    limits: Limits,
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
            signs_bills: options.flag("CLICKPESA_SIGN_BILLS")?.unwrap_or(true),
            limits: Limits::new(LIMITS, options.limits.as_deref())?,
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

const SAME_AFTER_A_MINUTE: Remedy = Remedy {
    asked_by: Some("reference"),
    resend: Resend::Same,
    after: Duration::from_secs(60),
};

const FACTS: Facts = Facts {
    places: PLACES,
    currencies: &["TZS", "USD"],
    reference: REFERENCE,
    webhooks: &[
        "PAYMENT RECEIVED",
        "PAYMENT FAILED",
        "PAYOUT INITIATED",
        "PAYOUT REFUNDED",
        "PAYOUT REVERSED",
        "DEPOSIT RECEIVED",
    ],
    // By our own reference, at 2 to 60 s; then the same reference once more, for 409 says that it existed.
    recovery: Recovery {
        payment: SAME_AFTER_A_MINUTE,
        payout: Some(SAME_AFTER_A_MINUTE),
        late_after: Duration::from_secs(600),
        expected_for: DAY,
        tells_amount: true,
    },
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
    too_soon: wire::too_soon,
    ..Facts::usual(PROVIDER, &ASKED, &["orderReference"], wire::words)
};

/// What it can be asked.
const CAN: Table<Clickpesa> = &[
    (Operation::Pay, Clickpesa::pay),
    (Operation::Charge, Clickpesa::charge),
    (Operation::Preview, Clickpesa::preview),
    (Operation::Checkout, Clickpesa::checkout),
    (Operation::GetPaymentStatus, Clickpesa::status),
    (Operation::ListPayments, Clickpesa::payments),
    (Operation::Payout, Clickpesa::payout),
    (Operation::GetPayoutStatus, Clickpesa::payout_status),
    (Operation::ListPayouts, Clickpesa::payouts),
    (Operation::GetBalance, Clickpesa::balance),
    (Operation::GetStatement, Clickpesa::statement),
    (Operation::ExchangeRates, Clickpesa::exchange_rates),
    (Operation::CreateBill, Clickpesa::create_bill),
    (Operation::CreateBills, Clickpesa::create_bills),
    (Operation::GetBill, Clickpesa::bill),
    (Operation::UpdateBill, Clickpesa::update_bill),
    (Operation::RequestMandate, Clickpesa::request_mandate),
    (Operation::GetMandate, Clickpesa::mandate),
    (Operation::CancelMandate, Clickpesa::cancel_mandate),
    (Operation::ListBanks, Clickpesa::banks),
    (
        Operation::ListLipaNambaProviders,
        Clickpesa::lipa_namba_providers,
    ),
];
const ASKED: [Operation; CAN.len()] = table::operations(CAN);

/// Whose numbers ClickPesa calls and pays.
const COUNTRY: Option<Country> = Some(Country::Tanzania);

/// Which references ClickPesa carries.
const REFERENCE: Carries = Carries {
    longest: 20,
    signs: "",
    never: None,
};

/// ClickPesa's bounds.
#[rustfmt::skip]
const LIMITS: &[Limit] = &[
    Limit { name: "currencies", value: 1, source: "docs.clickpesa.com: a push is in TZS, a card in USD" },
    Limit { name: "wholeAmounts", value: 1, source: "custom: nobody pays cents of a shilling" },
    Limit { name: "phones", value: 1, source: "numbering plans of the countries, by the crate rlibphonenumber" },
    Limit { name: "referenceCharacters", value: 1, source: "docs.clickpesa.com: alphanumeric" },
    Limit { name: "referenceLength", value: 20, source: "docs.clickpesa.com, both push endpoints" },
    Limit { name: "chargeMinimum", value: 500, source: "docs.clickpesa.com, preview of a push" },
    Limit { name: "chargeMaximum", value: 3_000_000, source: "docs.clickpesa.com, preview of a push" },
    Limit { name: "payoutMinimum", value: 100, source: "integrators, 2026: phones and tills" },
    Limit { name: "payoutMaximum", value: 5_000_000, source: "integrators, 2026: phones and tills" },
    Limit { name: "bankPayoutMaximum", value: 1_000_000_000, source: "docs.clickpesa.com: RTGS" },
    Limit { name: "bankPayoutUsdMaximum", value: 1_000_000, source: "docs.clickpesa.com: RTGS" },
    Limit { name: "billMinimum", value: 500, source: "docs.clickpesa.com: mobile payments of bills" },
    Limit { name: "billMaximum", value: 100_000_000, source: "docs.clickpesa.com: payments of bills at CRDB" },
    Limit { name: "billDescription", value: 500, source: "docs.clickpesa.com, update of a bill" },
    Limit { name: "billsAtOnce", value: 50, source: "docs.clickpesa.com, bulk creation" },
    Limit { name: "pageSize", value: 100, source: "none is told; 20 is the usual page" },
];

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
        self.by_reference(input, Self::asks_payment)
    }

    /// Asks for the payment that ClickPesa knows as `asked` and the merchant as `own`.
    fn asks_payment(&self, asked: &str, own: &str) -> Call<Output> {
        let url = self.url(&format!("/payments/{}", encoded(asked)));
        let (asked, own) = (asked.to_owned(), own.to_owned());
        let (none, none_own) = (asked.clone(), own.clone());
        let call = Call::new(Request::get(url), Effect::Reads, move |text| {
            let reference = Some(own.clone());
            wire::status(text, &asked).map(move |payment| {
                Output::from(Payment {
                    reference: reference.clone(),
                    ..payment
                })
            })
        });
        call.when_missing(move |text| wire::missing(&none, &none_own, text).map(Output::from))
    }

    /// Asks by the merchant's own reference. Where ClickPesa knows nothing under one that it cannot carry, it is asked
    /// for the one that went out in its place.
    fn by_reference(
        &self,
        input: &Input,
        asks: fn(&Self, &str, &str) -> Call<Output>,
    ) -> Result<Call<Output>, Error> {
        let own = name_of(input.text("reference"))?;
        let made = REFERENCE.carried(own);
        let last = asks(self, &made, own);
        if made == own || own.contains('/') {
            return Ok(last);
        }
        let first = asks(self, own, own);
        let missing = first.missing.clone();
        Ok(
            first.when_missing(move |text| match missing.as_ref().map(|read| read(text)) {
                Some(Missing::Answer(_)) => Missing::Then(last.clone()),
                _ if wire::refuses_reference(text) => Missing::Then(last.clone()),
                Some(other) => other,
                None => wire::not_found(text),
            }),
        )
    }

    /// `body` with its checksum, where a key is configured.
    fn signed(&self, body: &str) -> Result<String, Error> {
        match &self.signing {
            Some(signing) => signing.signed(body),
            None => Ok(body.to_owned()),
        }
    }

    /// A request that may move money.
    fn moves(
        &self,
        path: &str,
        body: &str,
        read: impl Fn(&str) -> Reading<String> + Send + Sync + 'static,
    ) -> Result<Call<Output>, Error> {
        let request = Request::post(self.url(path), self.signed(body)?);
        let call = Call::new(request, Effect::MovesMoney, move |text| {
            read(text).map(Output::Answer)
        });
        Ok(call.when_missing(wire::not_found))
    }

    /// A question that takes a body.
    fn asks(
        &self,
        path: &str,
        body: &str,
        read: fn(&str) -> Reading<String>,
    ) -> Result<Call<Output>, Error> {
        let request = Request::post(self.url(path), self.signed(body)?);
        Ok(question(request, read))
    }

    fn reads(
        &self,
        path: &str,
        read: impl Fn(&str) -> Reading<String> + Send + Sync + 'static,
    ) -> Call<Output> {
        question(Request::get(self.url(path)), read)
    }
}

fn question(
    request: Request,
    read: impl Fn(&str) -> Reading<String> + Send + Sync + 'static,
) -> Call<Output> {
    let call = Call::new(
        request,
        Effect::Reads,
        move |text| match wire::tells_error(text) {
            true => Reading::Unreadable("an error beside what was asked for"),
            false => read(text).map(Output::Answer),
        },
    );
    call.when_missing(wire::not_found)
}

impl Gateway for Clickpesa {
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

    fn callback(&self, incoming: &Incoming<'_>) -> Callback {
        callback::read(incoming.body(), incoming.headers(), self.signing.as_ref())
    }
}
