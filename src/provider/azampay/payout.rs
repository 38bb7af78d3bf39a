//! Money that the merchant sends to a wallet.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::SystemTime;

use rsa::rand_core::CryptoRngCore;

use crate::http::Request;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Kind, Payment, PayoutStatus, Raw};
use crate::model::payout::Payout;
use crate::model::signature::PublicKey;
use crate::model::writer::Writer;
use crate::provider::form::{Form, PAYOUT, Reference, TO};
use crate::provider::read::id_of;
use crate::provider::reference::Carries;
use crate::provider::{Call, Missing, Reading};

use super::checksum::checksum;
use super::identity::PROVIDER;
use super::wallet::wallet;
use super::{Azampay, country_of, wire};

/// Rwanda's payouts have another path and other members, which no merchant's code shows yet.
const PAID: &[&str] = &["TZS"];

/// Which references a payout carries. Source: AzamPay's guide for Rwanda, whose platform is the same.
const REFERENCE: Carries = Carries {
    longest: 30,
    signs: "._-",
    never: Some("--"),
};

/// One of the two ends of a payout.
#[derive(Clone, Debug, Default)]
struct Side {
    name: String,
    bank: String,
    account: String,
}

impl Side {
    fn body(&self, country: &str, currency: &str) -> String {
        Writer::default()
            .text("countryCode", country)
            .text("fullName", &self.name)
            .text("bankName", &self.bank)
            .text("accountNumber", &self.account)
            .text("currency", currency)
            .done()
    }
}

/// A payout as it is asked for.
#[derive(Debug)]
struct Order {
    from: Side,
    to: Side,
    amount: String,
    currency: String,
    reference: Reference,
    transfer: String,
    remarks: Option<String>,
}

impl Order {
    /// The body as it goes out, made at this time: AzamPay refuses one that it gets too late.
    fn body(
        &self,
        key: &PublicKey,
        at: SystemTime,
        random: &mut dyn CryptoRngCore,
    ) -> Option<String> {
        let Self {
            from,
            to,
            amount,
            currency,
            reference,
            ..
        } = self;
        let since = at
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let epoch = since.as_secs().to_string();
        let (from_account, to_account, own) = (&from.account, &to.account, &reference.carried);
        let signed = format!("{from_account}{to_account}{currency}{amount}{epoch}{own}");
        let transfer = Writer::default()
            .text("type", &self.transfer)
            .json("amount", amount)
            .json("dateInEpoch", &epoch)
            .done();
        let country = country_of(currency).map_or("", |country| country.code());
        let body = Writer::default()
            .json("source", &from.body(country, currency))
            .json("destination", &to.body(country, currency))
            .json("transferDetails", &transfer)
            .text("externalReferenceId", own)
            .maybe("remarks", self.remarks.as_deref())
            .text("checksum", &checksum(key, &signed, random)?);
        Some(body.done())
    }

    /// The payout that AzamPay accepted with `text`.
    fn accepted(&self, text: &str) -> Payout {
        let answer = Object::parse(text).unwrap_or_default();
        let told = Payment {
            amount: Some(self.amount.clone()),
            currency: Some(self.currency.clone()),
            reference: Some(self.reference.own.clone()),
            transaction_id: payout_id(&answer),
            message: answer.filled("message"),
            raw: Raw::Told(text.to_owned()),
            ..Payment::other(PROVIDER, Kind::Payout(PayoutStatus::Processing))
        };
        Payout {
            gateway_reference: Some(self.reference.carried.clone()),
            ..Payout::from(told)
        }
    }
}

impl Azampay {
    pub fn payout(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("payout", input.text("payout"), PAYOUT, &self.limits)?;
        let currency = form.currency(PAID);
        let order = Order {
            from: self.source(&mut form),
            to: self.recipient(&mut form, &currency),
            amount: form.amount("amount", &currency, "payout"),
            reference: form.reference_within(&REFERENCE, "payoutReferenceLength"),
            transfer: self.source.transfer.clone(),
            remarks: form.short("description", "payoutDescription"),
            currency,
        };
        if order.to.name.is_empty() && !form.has("name") {
            form.wrong(
                "name",
                "is missing: the recipient's full name, as preview() tells it",
            );
        }
        let order = Arc::new(form.accept(order)?);
        let request = Request::post(self.disbursement.join("/api/v1/azampay/disburse"), "");
        let request = self.with_api_key(request);
        Ok(self.with_key(move |key| {
            let (sealed, accepted) = (Arc::clone(&order), Arc::clone(&order));
            let call = Call::new(request.clone(), Effect::MovesMoney, move |text| {
                let order = Arc::clone(&accepted);
                wire::accepted(text, payout_id).map(move |text| Output::from(order.accepted(&text)))
            });
            call.judged_by_status()
                .sealed_by(move |at, random| sealed.body(&key, at, random))
        }))
    }

    fn source(&self, form: &mut Form<'_>) -> Side {
        let mut needed = |key: &str, value: &Option<String>, what: &str| {
            if value.is_none() {
                form.wrong(&format!("config.{key}"), format!("is missing: {what}"));
            }
            value.clone().unwrap_or_default()
        };
        let source = &self.source;
        Side {
            account: needed(
                "AZAMPAY_SOURCE_ACCOUNT",
                &source.account,
                "your account, which pays",
            ),
            name: needed("AZAMPAY_SOURCE_NAME", &source.name, "whose account that is"),
            bank: source.bank.clone(),
        }
    }

    /// To whom: a wallet or, where the merchant has named one, a bank account.
    fn recipient(&self, form: &mut Form<'_>, currency: &str) -> Side {
        let name = form.text("name");
        let Some(mut to) = form.part("to", "to.", TO) else {
            form.wrong("to", "is missing: { phone, operator }");
            return Side::default();
        };
        let (bank, account) = match (to.has("phone"), to.text("bank")) {
            (true, None) => {
                let phone = to.phone("phone", country_of(currency));
                let wallets = self.bank_names.wallets();
                let found = wallet(&mut to, phone.as_deref(), &wallets);
                (found.map(|wallet| wallet.name.to_owned()), phone)
            }
            (false, Some(bank)) => {
                let found = self.bank_names.bank(&bank).map(str::to_owned);
                if found.is_none() {
                    to.wrong("bank", "is none that AZAMPAY_BANK_NAMES of config names; AzamPay documents wallets only");
                }
                (
                    found,
                    Some(to.need("accountNumber", "the account at the bank")),
                )
            }
            (has_phone, _) => {
                let rule = match has_phone {
                    true => "stands beside bank: give one of them",
                    false => "is missing: the recipient's mobile number",
                };
                to.wrong("phone", rule);
                (None, None)
            }
        };
        let own = to.text("accountName");
        let problems = to.problems();
        form.add(problems);
        Side {
            name: name.or(own).unwrap_or_default(),
            bank: bank.unwrap_or_default(),
            account: account.unwrap_or_default(),
        }
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
}

fn payout_id(answer: &Object<'_>) -> Option<String> {
    id_of(answer, "pgReferenceId")
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
