//! Money that the merchant sends to a wallet.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::SystemTime;

use rsa::rand_core::CryptoRngCore;

use crate::http::Request;
use crate::model::country::Country;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Kind, Payment, PayoutStatus, Raw, Status};
use crate::model::payout::Payout;
use crate::model::signature::PublicKey;
use crate::model::writer::Writer;
use crate::provider::form::{Form, PAYOUT, Reference, TO, shown};
use crate::provider::read::{encoded, id_of, reference_of};
use crate::provider::reference::Carries;
use crate::provider::testimony::Testimony;
use crate::provider::told::decimal;
use crate::provider::{Call, Missing, Reading};

use super::checksum::checksum;
use super::identity::PROVIDER;
use super::wallet::wallet;
use super::{Azampay, callback, wire};

/// Rwanda's payouts have another path and other members, which no merchant's code shows yet.
pub const PAID: &[&str] = &["TZS"];

/// Which references a payout carries. Source: AzamPay's guide for Rwanda, whose platform is the same.
const REFERENCE: Carries = Carries {
    longest: 30,
    signs: "._-",
    never: Some("--"),
};

/// One of the two ends of a payout.
#[derive(Clone, Debug, Default)]
pub struct Side {
    name: String,
    /// AzamPay's name for the wallet or bank.
    pub bank: String,
    pub account: String,
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
        let country = Country::paying_in(currency).map_or("", |country| country.code());
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

    /// `reference` is AzamPay's id, with the recipient's operator; or the merchant's own, where the account can.
    pub fn payout_status(&self, input: &Input) -> Result<Call<Output>, Error> {
        let reference = reference_of(input.text("reference"))?.to_owned();
        let by_reference = self.asks_by_reference && !is_id(&reference);
        let bank = self.asked_bank(input.get("operator"), by_reference)?;
        let asked = match by_reference {
            true => Asked {
                by_reference,
                key: REFERENCE.carried(&reference),
                own: Some(reference),
            },
            false => Asked {
                by_reference,
                key: reference,
                own: None,
            },
        };
        let name = match by_reference {
            true => "externalReferenceId",
            false => "pgReferenceId",
        };
        let mut query = format!("{name}={}", encoded(&asked.key));
        if let Some(bank) = bank {
            query.push_str(&format!("&bankName={}", encoded(bank)));
        }
        let path = format!("/api/v1/azampay/transactionstatus?{query}");
        let request = self.with_api_key(Request::get(self.disbursement.join(&path)));
        let asked = Arc::new(asked);
        let missing = Arc::clone(&asked);
        let call = Call::new(request, Effect::Reads, move |text| {
            asked.status(text).map(Output::from)
        });
        Ok(call.when_missing(move |text| missing.missing(text).map(Output::from)))
    }

    /// AzamPay's name for the operator or bank that a payout went to, which it wants to know with its id.
    fn asked_bank(&self, operator: Option<&str>, may_lack: bool) -> Result<Option<&str>, Error> {
        let found = operator.and_then(|own| self.bank_names.find(own));
        let rule = match operator {
            None if may_lack => return Ok(None),
            Some(_) if found.is_some() => return Ok(found),
            None => "is missing: the recipient's, by which AzamPay finds a payout".to_owned(),
            Some(own) => format!("is none of AzamPay's: {}", shown(own)),
        };
        Err(Error::invalid_request(format!(
            "operator {rule}. Nothing was sent."
        )))
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
    pub fn recipient(&self, form: &mut Form<'_>, currency: &str) -> Side {
        let name = form.text("name");
        let Some(mut to) = form.part("to", "to.", TO) else {
            if !form.has("to") {
                form.wrong("to", "is missing: { phone, operator }");
            }
            return Side::default();
        };
        for name in ["lipaNamba", "qrCode", "link"] {
            if to.has(name) {
                to.wrong(name, "is no way that AzamPay pays to: give phone");
            }
        }
        let (bank, account) = match (to.has("phone"), to.text("bank")) {
            (true, None) => {
                let phone = to.phone("phone", Country::paying_in(currency));
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
}

/// A payout as it is asked for: by AzamPay's id or, where the account can, by the reference that it was given.
struct Asked {
    by_reference: bool,
    /// What AzamPay knows it by.
    key: String,
    /// The merchant's own reference, where it is asked for by that.
    own: Option<String>,
}

impl Asked {
    fn status(&self, text: &str) -> Reading<Payout> {
        let names = match self.by_reference {
            true => wire::OWN,
            false => wire::IDS,
        };
        let told = wire::told(text, (names, &self.key), &["status", "data"]);
        let answer = Object::parse(text).unwrap_or_default();
        // The specification shows the answer to the payout itself here, which says that it was accepted.
        let is_accepted = wire::success(&answer) == Some(true)
            && wire::is_of(&answer, names, &self.key) == Some(true)
            && ["status", "data"]
                .iter()
                .all(|name| answer.filled(name).is_none());
        let told = match told {
            Reading::Unreadable(_) if is_accepted => Reading::Success(Payment {
                raw: Raw::Told(text.to_owned()),
                ..Payment::of(PROVIDER, Status::Unknown)
            }),
            told => told,
        };
        let id = payout_id(&answer).or_else(|| (!self.by_reference).then(|| self.key.clone()));
        let given = id_of(&answer, "initiatorReferenceId");
        let (own, receipt, message) = (
            self.own.clone().or_else(|| given.clone()),
            id_of(&answer, "fspReferenceId"),
            answer.filled("message"),
        );
        told.map(move |told| Payout {
            gateway_reference: given.clone(),
            ..Payout::from(Payment {
                kind: Kind::Payout(callback::payout(told.status)),
                status: Status::Unknown,
                amount: decimal(told.amount),
                reference: own.clone(),
                transaction_id: id.clone(),
                receipt: receipt.clone(),
                message: message.clone(),
                ..told
            })
        })
    }

    /// A payout that AzamPay does not know, yet or ever: never a failure. It tells so with HTTP 402.
    fn missing(&self, text: &str) -> Missing<Payout> {
        let message = Object::parse(text).and_then(|answer| answer.filled("message"));
        let says_so = message.is_some_and(|text| text.to_ascii_lowercase().contains("not found"));
        let told = Testimony::of(text);
        let is_unknown = told.codes.iter().all(|code| matches!(code, 402 | 404))
            && !told.names_payment
            && (!told.says_yes || told.by_flag_alone);
        if !(says_so && is_unknown) {
            return Missing::usual(text);
        }
        Missing::Answer(Payout::from(Payment {
            reference: self.own.clone(),
            transaction_id: (!self.by_reference).then(|| self.key.clone()),
            ..Payment::other(PROVIDER, Kind::Payout(PayoutStatus::Unknown))
        }))
    }
}

/// Whether a text is an id of AzamPay's, which no reference of a payout is long enough to be.
fn is_id(text: &str) -> bool {
    text.len() > REFERENCE.longest && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub fn payout_id(answer: &Object<'_>) -> Option<String> {
    id_of(answer, "pgReferenceId")
}
