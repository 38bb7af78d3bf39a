//! Money that the merchant sends from a float of its own, which a PIN opens: to a wallet, or to a bank.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::SystemTime;

use rsa::rand_core::CryptoRngCore;

use crate::model::error::Error;
use crate::model::hex;
use crate::model::json::{Object, quote};
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Kind, Payment, PayoutStatus, Raw};
use crate::model::payout::Payout;
use crate::model::secret::Secret;
use crate::model::writer::{Writer, array};
use crate::provider::form::{Form, PAYOUT, PREVIEW, Reference, TO, shown};
use crate::provider::read::{reference_of, with_object};
use crate::provider::told::{self, Preview, decimal};
use crate::provider::{Call, Missing, Reading};

use super::float::{needed, without};
use super::identity::PROVIDER;
use super::rail::{ANY_WALLET, OWN, Rail, bank, utility};
use super::wire::{self, Told};
use super::{COUNTRY, CURRENCIES, Selcom};

/// To whom.
struct Recipient {
    rail: Rail,
    /// Selcom's code for the operator or the bank.
    code: &'static str,
    account: String,
    name: Option<String>,
}

impl Recipient {
    fn read(form: &mut Form<'_>) -> Self {
        let mut to = Self {
            rail: Rail::Wallet,
            code: ANY_WALLET,
            account: String::new(),
            name: form.text("name"),
        };
        let Some(mut part) = form.part("to", "to.", TO) else {
            if !form.has("to") {
                form.wrong(
                    "to",
                    "is missing: { phone } or { bank, accountNumber, accountName }",
                );
            }
            return to;
        };
        for name in ["lipaNamba", "qrCode", "link"] {
            if part.has(name) {
                part.wrong(name, "is no way that Selcom pays to: give phone or bank");
            }
        }
        match (part.has("phone"), part.text("bank")) {
            (true, None) => {
                to.account = part.phone("phone", COUNTRY).unwrap_or_default();
                if let Some(named) = part.text("operator") {
                    match utility(&named) {
                        Some(code) => to.code = code,
                        None => part.wrong(
                            "operator",
                            format!("is none that Selcom pays to: {}", shown(&named)),
                        ),
                    }
                }
            }
            (false, Some(named)) => {
                to.rail = Rail::Bank;
                match bank(&named) {
                    Some(code) => to.code = code,
                    None => part.wrong(
                        "bank",
                        format!(
                            "must be Selcom's code, such as 'CRDBBANK', not {}",
                            shown(&named)
                        ),
                    ),
                }
                to.account = part.need("accountNumber", "the account at the bank");
                let own = part.need("accountName", "whose account it is");
                to.name = to.name.or(Some(own));
            }
            (has_phone, _) => {
                let rule = match has_phone {
                    true => "stands beside bank: give one of them",
                    false => "is missing: the recipient's mobile number",
                };
                part.wrong("phone", rule);
            }
        }
        let problems = part.problems();
        form.add(problems);
        to
    }
}

/// The merchant's own reference, and the `transid` that it goes out as.
fn reference(form: &mut Form<'_>, rail: Rail) -> Reference {
    let reference = form.reference_within(&OWN, "payoutReferenceLength");
    if let Some(mark) = Rail::of_transid(&reference.own).map(Rail::mark) {
        let rule = format!("must not end in {mark}, by which payouts are told apart");
        form.wrong("reference", rule);
    }
    Reference {
        carried: format!("{}{}", reference.carried, rail.mark()),
        ..reference
    }
}

/// A payout as it is asked for.
struct Order {
    amount: String,
    currency: String,
    reference: Reference,
    name: Option<String>,
}

impl Order {
    /// The payout of which an answer tells.
    fn told(&self, status: PayoutStatus, text: &str) -> Payout {
        let answer = Object::parse(text).unwrap_or_default();
        let told = Payment {
            amount: Some(self.amount.clone()),
            currency: Some(self.currency.clone()),
            reference: Some(self.reference.own.clone()),
            // Selcom's number may stand on several.
            transaction_id: None,
            message: answer.filled("message"),
            raw: Raw::Told(text.to_owned()),
            ..Payment::other(PROVIDER, Kind::Payout(status))
        };
        Payout {
            gateway_reference: Some(self.reference.carried.clone()),
            recipient_name: self.name.clone(),
            ..Payout::from(told)
        }
    }
}

fn status(told: Told) -> PayoutStatus {
    match told {
        Told::Done => PayoutStatus::Succeeded,
        Told::UnderWay => PayoutStatus::Processing,
        Told::Undecided | Told::Refused => PayoutStatus::Unknown,
    }
}

impl Selcom {
    pub fn payout(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("payout", input.text("payout"), PAYOUT, &self.limits)?;
        let currency = form.currency(CURRENCIES);
        let to = Recipient::read(&mut form);
        let order = Order {
            amount: form.amount("amount", &currency, "payout"),
            reference: reference(&mut form, to.rail),
            name: to.name.clone(),
            currency,
        };
        let what = form.text("description");
        let pin = self.float.pin(&mut form);
        let transid = order.reference.carried.clone();
        let body = Writer::default().text("transid", &transid);
        let phone = self.float.phone.as_deref();
        let body = match to.rail {
            Rail::Wallet => body
                .text("utilitycode", to.code)
                .text("utilityref", &to.account)
                .text("amount", &order.amount)
                .text("vendor", &self.vendor)
                .text("pin", pin)
                .maybe("msisdn", phone),
            Rail::Bank => {
                let float = &self.float;
                let account = needed(&mut form, "SELCOM_SENDER_ACCOUNT", float.account.as_deref());
                let name = needed(&mut form, "SELCOM_SENDER_NAME", float.name.as_deref());
                let phone = needed(&mut form, "SELCOM_SENDER_PHONE", phone);
                if what.is_none() && !form.has("description") {
                    form.wrong(
                        "description",
                        "is missing: what a bank is told that it is for",
                    );
                }
                body.text("recipientFiCode", to.code)
                    .text("recipientAccount", &to.account)
                    .text("recipientName", to.name.as_deref().unwrap_or_default())
                    .text("senderAccount", account)
                    .text("senderName", name)
                    .text("amount", &order.amount)
                    .text("vendor", &self.vendor)
                    .text("pin", pin)
                    .text("msisdn", phone)
                    .text("purpose", what.as_deref().unwrap_or_default())
            }
        };
        let order = Arc::new(form.accept(order)?);
        let path = to.rail.process();
        let pin = self.float.pin.clone();
        Ok(
            self.posts(path, &body.done(), Effect::MovesMoney, move |text| {
                wire::answered_to(&transid, text, |told, _| {
                    let text = without(text, pin.as_ref());
                    Reading::Success(Output::from(order.told(status(told), &text)))
                })
            }),
        )
    }

    /// `reference` is the merchant's own, with the `operator` or bank that it went to, or the `transid` that it went
    /// out as. Only a success is proof: Selcom says of a payout that was never sent what it says of one that is lost.
    pub fn payout_status(&self, input: &Input) -> Result<Call<Output>, Error> {
        let own = reference_of(input.text("reference"))?.to_owned();
        let (rail, transid) = match (Rail::of_transid(&own), input.get("operator")) {
            (Some(rail), _) => (rail, own.clone()),
            (None, to) => {
                let rail = to.and_then(Rail::to).ok_or_else(|| {
                    let rule = match to {
                        Some(to) => format!("is no operator or bank of Selcom's: {}", shown(to)),
                        None => "is missing: the recipient's operator or bank, by which Selcom finds a payout; or pass \
                                 its gatewayReference"
                            .to_owned(),
                    };
                    Error::invalid_request(format!("operator {rule}. Nothing was sent."))
                })?;
                (rail, format!("{}{}", OWN.carried(&own), rail.mark()))
            }
        };
        let fields = [("transid", transid.clone())];
        let pin = self.float.pin.clone();
        Ok(self.asks(rail.query(), &fields, move |text| {
            with_object(text, |answer| {
                let Some(told) = wire::told(answer) else {
                    return Reading::Unreadable("neither an outcome nor a refusal to tell it");
                };
                if wire::is_of_another(answer, &transid) {
                    return Reading::Another("the status of another payout");
                }
                let row = wire::row(answer)
                    .and_then(Object::parse)
                    .unwrap_or_default();
                let payment = Payment {
                    reference: Some(own.clone()),
                    receipt: row.filled("receipt"),
                    message: answer
                        .filled("message")
                        .map(|message| without(&message, pin.as_ref())),
                    raw: Raw::Told(without(text, pin.as_ref())),
                    ..Payment::other(PROVIDER, Kind::Payout(status(told)))
                };
                Reading::Success(Output::from(Payout {
                    gateway_reference: Some(transid.clone()),
                    ..Payout::from(payment)
                }))
            })
        }))
    }

    /// Whose wallet or account it is. It is asked for by the reference of the payout that may follow.
    pub fn preview(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("preview", input.text("preview"), PREVIEW, &self.limits)?;
        for kind in ["charge", "card"] {
            if form.get("for") == Some(quote(kind).as_str()) {
                return Err(Error::not_supported(&format!("Preview of a {kind}")));
            }
        }
        if !form.has("for") {
            form.wrong("for", "is missing: 'payout'");
        }
        form.one_of("for", &["payout"]);
        let currency = form.currency(CURRENCIES);
        if form.has("amount") {
            form.amount("amount", &currency, "payout");
        }
        let to = Recipient::read(&mut form);
        let reference = reference(&mut form, to.rail);
        let transid = form.accept(reference)?.carried;
        let (code, account) = match to.rail {
            Rail::Wallet => ("utilitycode", "utilityref"),
            Rail::Bank => ("bank", "account"),
        };
        let fields = [
            (code, to.code.to_owned()),
            (account, to.account),
            ("transid", transid.clone()),
        ];
        Ok(self.asks(to.rail.look_up(), &fields, move |text| {
            wire::answered_to(&transid, text, |told, answer| {
                let row = wire::row(answer)
                    .and_then(Object::parse)
                    .unwrap_or_default();
                match (told, row.filled("name")) {
                    (Told::Done, Some(name)) => {
                        let preview = Preview {
                            channels: vec![told::channel(Some(to.code), true, None, None)],
                            account_name: Some(name),
                            ..Preview::default()
                        };
                        Reading::Success(Output::Answer(told::preview(PROVIDER, preview, text)))
                    }
                    _ => Reading::Unreadable("an answer without a name"),
                }
            })
        }))
    }

    /// The float's balance. Each question needs an id of its own.
    pub fn balance(&self, _: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("balance", "{}", &[], &self.limits)?;
        let pin = self.float.pin(&mut form).to_owned();
        form.accept(())?;
        let (vendor, pin) = (self.vendor.clone(), Secret::new(pin));
        let own = pin.clone();
        let read = move |text: &str| balance(text, &own);
        let call = self.posts("/vendor/balance", "", Effect::Reads, read);
        let sealed = call.sealed_by(move |_: SystemTime, random: &mut dyn CryptoRngCore| {
            let mut bytes = [0; 8];
            random.fill_bytes(&mut bytes);
            let body = Writer::default()
                .text("vendor", &vendor)
                .text("pin", pin.reveal())
                .text("transid", &hex::encode(&bytes));
            Some(body.done())
        });
        Ok(sealed.when_missing(Missing::usual))
    }
}

fn balance(text: &str, pin: &Secret) -> Reading<Output> {
    wire::answered(text, |told, answer| {
        let row = wire::row(answer)
            .and_then(Object::parse)
            .unwrap_or_default();
        match (told, decimal(row.scalar("balance"))) {
            (Told::Done, Some(amount)) => {
                let row = Writer::default()
                    .text("currency", "TZS")
                    .text("amount", &amount)
                    .done();
                let told = told::by(PROVIDER)
                    .json("balances", &array([row]))
                    .json("raw", &without(text, Some(pin)));
                Reading::Success(Output::Answer(told.done()))
            }
            _ => Reading::Unreadable("an answer without a balance"),
        }
    })
}
