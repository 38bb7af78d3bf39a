//! Where orders stand, which there are, and ending one.
#![forbid(unsafe_code)]

use crate::http::Method;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Payment, Status};
use crate::model::writer::array;
use crate::provider::dates::Dates;
use crate::provider::form::Form;
use crate::provider::read::{id_of, reference_of, with_object};
use crate::provider::told;
use crate::provider::{Call, Reading};

use super::identity::PROVIDER;
use super::row::payment;
use super::wire::{self, Told};
use super::{REFERENCE, Selcom};

const STATUS: &str = "/checkout/order-status";
/// An order that nobody has: to be told that there is none, a merchant must be known.
const NOBODYS: &str = "finconnect-verify-credentials";
/// The code of an order that is not there, which comes with HTTP 200.
const NO_ORDER: &str = "404";

impl Selcom {
    /// `reference` is the merchant's own, or the one that Selcom was given for it.
    pub fn status(&self, input: &Input) -> Result<Call<Output>, Error> {
        let own = reference_of(input.text("reference"))?;
        let made = REFERENCE.carried(own);
        let last = (made != own).then(|| self.asks_order(&made, own, None));
        Ok(self.asks_order(own, own, last))
    }

    /// Asks for the order that Selcom knows as `asked` and the merchant as `own`; where there is none, `other` asks for
    /// it under another name.
    fn asks_order(&self, asked: &str, own: &str, other: Option<Call<Output>>) -> Call<Output> {
        let fields = [("order_id", asked.to_owned())];
        let (asked, own) = (asked.to_owned(), own.to_owned());
        self.asks(STATUS, &fields, move |text| match found(text, &asked) {
            Reading::Success(None) if let Some(other) = &other => Reading::Then(other.clone()),
            found => {
                let own = own.clone();
                found.map(move |found| {
                    let payment = found.unwrap_or_else(|| Payment::of(PROVIDER, Status::Pending));
                    Output::from(Payment {
                        reference: Some(own.clone()),
                        ..payment
                    })
                })
            }
        })
    }

    /// A question that costs nothing and that only a known merchant is answered.
    pub fn is_known(&self) -> Call<()> {
        let fields = [("order_id", NOBODYS.to_owned())];
        self.query((Method::Get, STATUS), &fields, Effect::Reads, |text| {
            found(text, NOBODYS).map(|_| ())
        })
    }

    /// Ends an order that nobody has paid, by the merchant's own reference.
    pub fn cancel(&self, input: &Input) -> Result<Call<Output>, Error> {
        let own = reference_of(input.text("transactionId"))?.to_owned();
        let fields = [("order_id", REFERENCE.carried(&own))];
        let place = (Method::Delete, "/checkout/cancel-order");
        Ok(self.query(place, &fields, Effect::Registers, move |text| {
            wire::answered(text, |told, answer| match told {
                Told::Done => Reading::Success(Output::Answer(
                    told::by(PROVIDER)
                        .text("transactionId", &own)
                        .or_null("message", answer.filled("message").as_deref())
                        .json("raw", text)
                        .done(),
                )),
                _ => Reading::Unreadable("a cancellation that is under way"),
            })
        }))
    }

    /// The orders of some days. Selcom gives them all at once: `skip` of them were told before.
    pub fn payments(&self, input: &Input) -> Result<Call<Output>, Error> {
        let known = ["startDate", "endDate", "pageSize", "skip"];
        let filter = match input.text("filter") {
            "" => "{}",
            filter => filter,
        };
        let mut form = Form::read("filter", filter, &known, &self.limits)?;
        for name in ["startDate", "endDate"] {
            if !form.has(name) {
                form.wrong(name, "is missing: a day, such as '2026-11-27'");
            }
        }
        let dates = Dates::read(&mut form);
        form.count("pageSize", 1, None);
        let skip = form.count("skip", 0, None).unwrap_or(0);
        let dates = form.accept(dates)?;
        let names = ["fromdate", "todate"].into_iter();
        let days = dates.named().into_iter().map(|(_, day)| day);
        let fields: Vec<_> = names.zip(days).collect();
        Ok(self.asks("/checkout/list-orders", &fields, move |text| {
            listed(text, usize::try_from(skip).unwrap_or(usize::MAX))
        }))
    }
}

/// The order that was `asked` for; `None` where Selcom has none of that name.
fn found(text: &str, asked: &str) -> Reading<Option<Payment>> {
    with_object(text, |answer| {
        if wire::code(answer).as_deref() == Some(NO_ORDER) {
            return match is_of_none(answer, asked) {
                true => Reading::Success(None),
                false => {
                    Reading::Unreadable("a 404 that does not say that this order is not there")
                }
            };
        }
        wire::answered(text, |told, answer| {
            let rows = wire::rows(answer).unwrap_or_default();
            let mut rows: Vec<_> = rows
                .into_iter()
                .filter_map(|raw| Some((Object::parse(raw)?, raw)))
                .collect();
            if told != Told::Done || rows.is_empty() {
                return Reading::Unreadable("an answer without an order");
            }
            rows.retain(|(row, _)| id_of(row, "order_id").as_deref() == Some(asked));
            let rows: Vec<_> = rows.iter().map(|(row, raw)| payment(row, raw)).collect();
            // What was taken back is not paid, whatever another row says.
            let reversed = rows.iter().find(|row| row.status == Status::Reversed);
            match reversed.or(rows.first()) {
                Some(payment) => Reading::Success(Some(payment.clone())),
                None => Reading::Another("the status of another order"),
            }
        })
    })
}

/// Whether an answer says, in Selcom's one way, that it has no order of that name. Any other 404 may come from an
/// order that is there and paid.
fn is_of_none(answer: &Object<'_>, asked: &str) -> bool {
    let words = answer.filled("message").unwrap_or_default();
    let has_rows = wire::rows(answer).is_none_or(|rows| !rows.is_empty());
    wire::told(answer) == Some(Told::Refused)
        && words.trim() == format!("{asked} not found")
        && !has_rows
}

/// The orders of a list, after `skip` of them.
fn listed(text: &str, skip: usize) -> Reading<Output> {
    wire::answered(text, |told, answer| {
        let rows = wire::rows(answer).and_then(|rows| {
            let row = |raw: &str| {
                let row = Object::parse(raw)?;
                row.filled("order_id")?;
                Some(told::payment(&payment(&row, raw)))
            };
            rows.into_iter().map(row).collect::<Option<Vec<_>>>()
        });
        match (told, rows) {
            (Told::Done, Some(rows)) => {
                let total = rows.len().to_string();
                let rows = array(rows.into_iter().skip(skip));
                let page = told::by(PROVIDER).json("rows", &rows).json("total", &total);
                Reading::Success(Output::Answer(page.done()))
            }
            _ => Reading::Unreadable("an answer that is no list of orders"),
        }
    })
}
