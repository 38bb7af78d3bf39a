//! Cards that a buyer has kept at Selcom. Source: developers.selcommobile.com alone; no traffic is known.
#![forbid(unsafe_code)]

use crate::http::Method;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::writer::array;
use crate::provider::form::Form;
use crate::provider::told;
use crate::provider::{Call, Reading};

use super::Selcom;
use super::identity::PROVIDER;
use super::wire::{self, Told};

/// `card_type` of a card, by whose it is.
const BRANDS: &[(&str, &str)] = &[("001", "visa"), ("002", "mastercard")];

const BUYER: &str = "Selcom's id of the buyer, gateway_buyer_uuid in the answer to checkout()";

impl Selcom {
    pub fn list_cards(&self, input: &Input) -> Result<Call<Output>, Error> {
        let known = ["id", "gatewayId"];
        let mut form = Form::read("buyer", input.text("buyer"), &known, &self.limits)?;
        let fields = [
            ("gateway_buyer_uuid", form.need("gatewayId", BUYER)),
            (
                "buyer_userid",
                form.need("id", "your own id of the buyer, customer.id of checkout()"),
            ),
        ];
        form.accept(())?;
        Ok(self.asks("/checkout/stored-cards", &fields, listed))
    }

    pub fn delete_card(&self, input: &Input) -> Result<Call<Output>, Error> {
        let known = ["id", "gatewayId"];
        let mut form = Form::read("card", input.text("card"), &known, &self.limits)?;
        let id = form.need("id", "the card's id, as listCards() tells it");
        let fields = [
            ("id", id.clone()),
            ("gateway_buyer_uuid", form.need("gatewayId", BUYER)),
        ];
        form.accept(())?;
        let place = (Method::Delete, "/checkout/delete-card");
        Ok(self.query(place, &fields, Effect::Registers, move |text| {
            wire::answered(text, |told, answer| match told {
                Told::Done => Reading::Success(Output::Answer(
                    told::by(PROVIDER)
                        .text("id", &id)
                        .or_null("message", answer.filled("message").as_deref())
                        .json("raw", text)
                        .done(),
                )),
                _ => Reading::Unreadable("a deletion that is under way"),
            })
        }))
    }
}

fn listed(text: &str) -> Reading<Output> {
    wire::answered(text, |told, answer| {
        let rows = wire::rows(answer).and_then(|rows| {
            let row = |text: &str| {
                let row = Object::parse(text)?;
                let kind = row.scalar("card_type").unwrap_or_default();
                let brand = BRANDS.iter().find(|(code, _)| *code == kind);
                Some(
                    told::by(PROVIDER)
                        .text("id", &row.scalar("id")?)
                        .or_null("token", row.scalar("card_token").as_deref())
                        .or_null("masked", row.filled("masked_card").as_deref())
                        .or_null("name", row.filled("name").as_deref())
                        .or_null("brand", brand.map(|(_, brand)| *brand))
                        .json("raw", text)
                        .done(),
                )
            };
            rows.into_iter().map(row).collect::<Option<Vec<_>>>()
        });
        match (told, rows) {
            (Told::Done, Some(rows)) => Reading::Success(Output::Answer(array(rows))),
            _ => Reading::Unreadable("an answer that is no list of cards"),
        }
    })
}
