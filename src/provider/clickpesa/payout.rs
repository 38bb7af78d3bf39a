//! Money that the merchant sends: to a phone, a bank account, a till, or whomever a link is given to.
#![forbid(unsafe_code)]

use crate::http::Request;
use crate::model::error::Error;
use crate::model::json::{self, Object};
use crate::model::money::Amount;
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Kind, Payment, PayoutStatus, Raw};
use crate::model::payout::Payout;
use crate::model::writer::Writer;
use crate::provider::form::{Form, PAYOUT, Reference, TO};
use crate::provider::read::{encoded, id_of, with_object};
use crate::provider::told::{self, Preview, decimal};
use crate::provider::{Call, Missing, Reading};

use super::identity::PROVIDER;
use super::subject::{self, Subject};
use super::{COUNTRY, Clickpesa, REFERENCE, wire};

/// The account that is debited; the recipient gets TZS.
const DEBITED: &[&str] = &["TZS", "USD"];
/// The whole text of a TanQR code holds it.
const TANQR: &str = "tz.go.bot.tips";

/// A payout as it is asked for.
struct Order {
    rail: Rail,
    reference: Reference,
    amount: String,
    currency: String,
    /// Members that the rail needs.
    target: Writer,
}

#[derive(Clone, Copy)]
enum Rail {
    Mobile,
    Bank,
    LipaNamba,
    Link,
}

impl Rail {
    /// The limits of the amount.
    fn purpose(self, currency: &str) -> &'static str {
        match (self, currency) {
            (Self::Bank, "USD") => "bankPayoutUsd",
            (Self::Bank, _) => "bankPayout",
            // The bounds of phones and tills are told in shillings.
            (_, "USD") => "payoutUsd",
            _ => "payout",
        }
    }

    fn paths(self) -> (&'static str, &'static str) {
        match self {
            Self::Mobile => (
                "/payouts/preview-mobile-money-payout",
                "/payouts/create-mobile-money-payout",
            ),
            Self::Bank => (
                "/payouts/preview-bank-payout",
                "/payouts/create-bank-payout",
            ),
            Self::LipaNamba => (
                "/payouts/preview-lipa-namba-payout",
                "/payouts/create-lipa-namba-payout",
            ),
            Self::Link => ("", "/payout-link/generate-payout-url"),
        }
    }
}

impl Order {
    fn read(form: &mut Form<'_>) -> Self {
        let currency = form.currency(DEBITED);
        let reference = form.reference(&REFERENCE);
        let (rail, target) = target(form);
        if matches!(rail, Rail::Link) && currency == "USD" {
            form.wrong("currency", "must be TZS for a link, which carries none");
        }
        Self {
            amount: form.amount("amount", &currency, rail.purpose(&currency)),
            rail,
            reference,
            currency,
            target,
        }
    }

    fn body(self) -> String {
        let Self {
            amount,
            currency,
            reference,
            target,
            ..
        } = self;
        match self.rail {
            Rail::Link => target.text("amount", &amount),
            // Numbers here, and texts elsewhere.
            _ => target.json("amount", &amount).text("currency", &currency),
        }
        .text("orderReference", &reference.carried)
        .done()
    }
}

/// To whom: exactly one of a phone, a bank account, a till, its QR code, and a link.
fn target(form: &mut Form<'_>) -> (Rail, Writer) {
    let none = (Rail::Mobile, Writer::default());
    let Some(mut to) = form.part("to", "to.", TO) else {
        form.wrong(
            "to",
            "is missing: { phone }, { bank, accountNumber, accountName }, { lipaNamba, providerCode }, { qrCode } \
             or { link: true }",
        );
        return none;
    };
    let chosen: Vec<_> = ["phone", "bank", "lipaNamba", "qrCode", "link"]
        .into_iter()
        .filter(|name| to.has(name))
        .collect();
    let target = match *chosen.as_slice() {
        ["phone"] => {
            let phone = to.phone("phone", COUNTRY).unwrap_or_default();
            (Rail::Mobile, Writer::default().text("phoneNumber", &phone))
        }
        ["bank"] => {
            let bic = to.text("bank").unwrap_or_default();
            let is_bic =
                matches!(bic.len(), 8 | 11) && bic.bytes().all(|b| b.is_ascii_alphanumeric());
            if !bic.is_empty() && !is_bic {
                to.wrong(
                    "bank",
                    "must be the bank's BIC, as listBanks() tells it: 'CORUTZTZ'",
                );
            }
            let number = to.need("accountNumber", "the account at the bank");
            let name = to.need("accountName", "whose account it is");
            (
                Rail::Bank,
                Writer::default()
                    .text("accountNumber", &number)
                    .text("accountName", &name)
                    .text("bic", &bic.to_ascii_uppercase())
                    .text("accountCurrency", "TZS"),
            )
        }
        ["lipaNamba"] => {
            let number = to.need("lipaNamba", "the till's number");
            let code = to.need("providerCode", "as listLipaNambaProviders() tells it");
            (
                Rail::LipaNamba,
                Writer::default()
                    .text("lipaNamba", &number)
                    .text("providerCode", &code),
            )
        }
        ["qrCode"] => {
            let code = to.text("qrCode").unwrap_or_default();
            if !code.is_empty() && !code.contains(TANQR) {
                to.wrong(
                    "qrCode",
                    format!("must be the whole text of a TanQR code, which holds {TANQR}"),
                );
            }
            (Rail::LipaNamba, Writer::default().text("qrCode", &code))
        }
        ["link"] => {
            if to.get("link") != Some("true") {
                to.wrong("link", "must be true");
            }
            (Rail::Link, Writer::default())
        }
        _ => {
            to.wrong(
                "phone",
                "must stand alone: give exactly one of phone, bank, lipaNamba, qrCode and link",
            );
            none
        }
    };
    let problems = to.problems();
    form.add(problems);
    target
}

impl Clickpesa {
    pub fn payout(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("payout", input.text("payout"), PAYOUT, &self.limits)?;
        let order = Order::read(&mut form);
        let order = form.accept(order)?;
        let (_, path) = order.rail.paths();
        let (reference, amount, currency) = (
            order.reference.clone(),
            order.amount.clone(),
            order.currency.clone(),
        );
        let is_link = matches!(order.rail, Rail::Link);
        let body = self.signed(&order.body())?;
        let request = Request::post(self.url(path), body);
        let call = Call::new(request, Effect::MovesMoney, move |text| {
            if let Some(other) = wire::is_of_another(text, &reference.carried) {
                return Reading::Another(other);
            }
            let made = match is_link {
                true => linked(text),
                false => created(text),
            };
            let asked = (amount.clone(), currency.clone(), reference.clone());
            match made {
                Reading::Success(payout) if differs(&payout, &asked) => {
                    Reading::Unreadable("another amount or currency than was asked for")
                }
                made => made.map(move |payout| Output::from(with_asked(payout, asked.clone()))),
            }
        });
        Ok(call.when_missing(wire::not_found))
    }

    pub fn preview_payout(&self, mut form: Form<'_>) -> Result<Call<Output>, Error> {
        let order = Order::read(&mut form);
        if matches!(order.rail, Rail::Link) {
            form.wrong("to.link", "has no preview");
        }
        let order = form.accept(order)?;
        let (path, _) = order.rail.paths();
        self.asks(path, &order.body(), previewed)
    }

    /// `reference` is the merchant's own.
    pub fn payout_status(&self, input: &Input) -> Result<Call<Output>, Error> {
        self.by_reference(input, Self::asks_payout)
    }

    /// Asks for the payout that ClickPesa knows as `asked` and the merchant as `own`.
    fn asks_payout(&self, asked: &str, own: &str) -> Call<Output> {
        let url = self.url(&format!("/payouts/{}", encoded(asked)));
        let (asked, own) = (asked.to_owned(), own.to_owned());
        let none = own.clone();
        let call = Call::new(Request::get(url), Effect::Reads, move |text| {
            let reference = Some(own.clone());
            rows(text, &asked).map(move |payout| {
                let told = Payment {
                    reference: reference.clone(),
                    ..payout.told
                };
                Output::from(Payout { told, ..payout })
            })
        });
        call.when_missing(move |text| missing(text, &none))
    }
}

/// A payout that ClickPesa does not know, yet or ever: never a failure.
fn missing(text: &str, reference: &str) -> Missing<Output> {
    if !wire::is_missing(text) {
        return wire::not_found(text);
    }
    let told = Payment {
        reference: Some(reference.to_owned()),
        ..Payment::other(PROVIDER, Kind::Payout(PayoutStatus::Unknown))
    };
    Missing::Answer(Output::from(Payout::from(told)))
}

/// Whether a payout that was made is another one than was asked for.
fn differs(payout: &Payout, (amount, currency, _): &(String, String, Reference)) -> bool {
    let told = &payout.told;
    let other_currency =
        (told.currency.as_ref()).is_some_and(|told| !told.eq_ignore_ascii_case(currency));
    // Without the order apart, what is debited is told, fee included.
    let other_amount = payout.tells_order
        && (told.amount.as_ref()).is_some_and(|told| Amount::parse(told) != Amount::parse(amount));
    other_currency || other_amount
}

fn with_asked(payout: Payout, asked: (String, String, Reference)) -> Payout {
    let (amount, currency, reference) = asked;
    Payout {
        gateway_reference: Some(reference.carried),
        told: Payment {
            amount: Some(amount),
            currency: payout.told.currency.clone().or(Some(currency)),
            reference: Some(reference.own),
            ..payout.told
        },
        ..payout
    }
}

/// What a row of a payout tells.
pub fn payout(row: &Object<'_>, raw: &str) -> Payout {
    let told = subject::read(Subject::Payout, row, Raw::Told(raw.to_owned()));
    let to = row.object("beneficiary").unwrap_or_default();
    let order = row.object("order").unwrap_or_default();
    let sent = order.scalar("amount").or_else(|| to.scalar("amount"));
    let has = |name: &str| row.get(name).is_some_and(|value| value != "null");
    let kind = match told.kind.payout() {
        Some(PayoutStatus::Succeeded) if has("refund") || has("reverse") || wire::denies(raw) => {
            Kind::Payout(PayoutStatus::Unknown)
        }
        _ => told.kind,
    };
    Payout {
        tells_order: sent.is_some(),
        fee: decimal(row.scalar("fee")),
        recipient_name: to.filled("accountName"),
        gateway_reference: told.reference.clone(),
        redirect_url: None,
        told: Payment {
            // `amount` is what the account is debited with, where the row tells the order apart.
            amount: decimal(sent).or(told.amount),
            kind,
            ..told
        },
    }
}

/// An accepted payout has an id and a state.
fn created(text: &str) -> Reading<Payout> {
    with_object(text, |answer| {
        let payout = payout(answer, text);
        let named = id_of(answer, "id").is_some();
        match payout.told.kind.payout() {
            Some(PayoutStatus::Failed) if named => Reading::Failed("the payout failed at once"),
            Some(PayoutStatus::Unknown) | None => {
                Reading::Unreadable("neither a payout nor a refusal")
            }
            Some(_) if named => Reading::Success(payout),
            Some(_) => Reading::Unreadable("a payout without an id"),
        }
    })
}

/// A link by which the recipient says where the money is to go.
fn linked(text: &str) -> Reading<Payout> {
    with_object(text, |answer| match id_of(answer, "payoutLink") {
        Some(url) => Reading::Success(Payout {
            redirect_url: Some(url),
            ..Payout::from(Payment {
                raw: Raw::Told(text.to_owned()),
                ..Payment::other(PROVIDER, Kind::Payout(PayoutStatus::Authorized))
            })
        }),
        None => Reading::Unreadable("no refusal, and without payoutLink"),
    })
}

/// Rows of the payout that was `asked` for, one or more: one that succeeded, else the newest.
pub fn rows(text: &str, asked: &str) -> Reading<Payout> {
    let object = Object::parse(text);
    let within = object.as_ref().and_then(|object| object.get("data"));
    if within.is_some() && wire::tells_error(text) {
        return Reading::Unreadable("an error beside a payout");
    }
    let rows = json::elements(within.unwrap_or(text)).unwrap_or_else(|| vec![text]);
    let read = rows
        .iter()
        .filter_map(|row| Some((Object::parse(row)?, *row)))
        .filter(|(row, _)| row.filled("orderReference").as_deref() == Some(asked))
        .map(|(row, raw)| {
            let changed = row.filled("updatedAt").or_else(|| row.filled("createdAt"));
            let payout = payout(&row, raw);
            let succeeded = payout.told.kind.payout() == Some(PayoutStatus::Succeeded);
            (succeeded, changed, payout)
        });
    // ISO 8601 in UTC sorts as text.
    let chosen = read.max_by(|one, two| (one.0, &one.1).cmp(&(two.0, &two.1)));
    chosen.map_or(
        Reading::Another("no payout of this reference"),
        |(_, _, payout)| Reading::Success(payout),
    )
}

/// What a payout would cost, and who would get it.
fn previewed(text: &str) -> Reading<String> {
    with_object(text, |answer| {
        let Some(total) = decimal(answer.scalar("amount")) else {
            return Reading::Unreadable("an answer without an amount");
        };
        let receiver = answer.object("receiver").unwrap_or_default();
        let fee = decimal(answer.scalar("fee"));
        let preview = Preview {
            channels: vec![told::channel(
                answer.filled("channelProvider").as_deref(),
                true,
                fee.as_deref(),
                answer.filled("estimatedArrival").as_deref(),
            )],
            fee,
            total: Some(total),
            account_name: receiver.filled("accountName"),
            balance: decimal(answer.scalar("balance")),
        };
        Reading::Success(told::preview(PROVIDER, preview, text))
    })
}
