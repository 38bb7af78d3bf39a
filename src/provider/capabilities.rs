//! What a gateway can be asked and within which bounds, as the object that JavaScript gets.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::model::json::quote;
use crate::model::money;
use crate::model::operation::Operation;
use crate::model::writer::{Writer, array};

use super::{Gateway, Remedy};

const MINUTE: Duration = Duration::from_secs(60);
/// Status calls a minute to a gateway that sets no pace.
const USUAL_STATUSES: u128 = 60;

fn ms(duration: Duration) -> String {
    duration.as_millis().to_string()
}

/// Writes what is safe after an unknown outcome.
fn remedy(remedy: Option<&Remedy>, name: &str, all: Writer) -> Writer {
    let Some(remedy) = remedy else {
        return all.json(name, "null");
    };
    let told = Writer::default()
        .or_null("askedBy", remedy.asked_by)
        .text("resend", remedy.resend.name())
        .json("afterMs", &ms(remedy.after));
    all.json(name, &told.done())
}

/// The capabilities under the names of their type.
pub fn of(gateway: &dyn Gateway) -> String {
    let (facts, limits) = (gateway.facts(), gateway.limits());
    let quoted = |texts: &[&str]| array(texts.iter().map(|text| quote(text)));
    let bound = |name: &str| match limits.get(name) {
        Some(bound) => bound.to_string(),
        None => "null".to_owned(),
    };
    let names: Vec<_> = facts.operations().map(Operation::name).collect();
    let decimals = facts
        .currencies
        .iter()
        .fold(Writer::default(), |all, code| {
            all.json(code, &money::decimals(code).to_string())
        });
    let (now, sources) = limits.each().fold(
        (Writer::default(), Writer::default()),
        |(now, sources), (name, _, source)| {
            (now.json(name, &bound(name)), sources.text(name, source))
        },
    );
    let recovery = remedy(Some(&facts.recovery.payment), "payment", Writer::default());
    let recovery = remedy(facts.recovery.payout.as_ref(), "payout", recovery)
        .json("lateAfterMs", &ms(facts.recovery.late_after))
        .json("expectedForMs", &ms(facts.recovery.expected_for))
        .json("tellsAmount", &facts.recovery.tells_amount.to_string());
    let pace = facts.status_pace.every.as_millis();
    let a_minute = MINUTE
        .as_millis()
        .checked_div(pace)
        .unwrap_or(USUAL_STATUSES);
    let reference = Writer::default()
        .json("maxLength", &bound("referenceLength"))
        .text(
            "characters",
            format!("A-Z a-z 0-9 {}", facts.reference.signs).trim_end(),
        );
    Writer::default()
        .text("provider", facts.provider.name())
        .json("operations", &quoted(&names))
        .json("currencies", &quoted(facts.currencies))
        .json("decimals", &decimals.done())
        .json("minimum", &bound("chargeMinimum"))
        .json("maximum", &bound("chargeMaximum"))
        .json("reference", &reference.done())
        .json("webhooks", &quoted(facts.webhooks))
        .json("recovery", &recovery.done())
        .json("statusesPerMinute", &a_minute.to_string())
        .json("limits", &now.done())
        .json("sources", &sources.done())
        .done()
}
