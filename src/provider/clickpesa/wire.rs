//! Reading ClickPesa's answers. There is no machine-readable error code; texts are all there is.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::http::Response;
use crate::json::{self, Object};
use crate::payment::{Payment, Status};
use crate::phone;
use crate::provider::words::short_text;

use super::subject::{self, Subject};
use crate::provider::{Answer, Lifetime, Login, Provider, Reading, Words, logged_in, with_object};

/// A token lives one hour from its issue; the answer does not say so.
const LIFETIME: Duration = Duration::from_secs(3600);

pub fn login(text: &str) -> Reading<Login> {
    with_object(text, |body| {
        let token = match body.filled("token") {
            Some(token) if body.get("success") != Some("false") => token,
            _ => return Reading::Refusal(Some("the answer holds no token")),
        };
        logged_in(&authorization(token.trim()), Lifetime::For(LIFETIME))
    })
}

/// The token comes with its scheme; doubling it makes every call fail.
fn authorization(token: &str) -> String {
    match token.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => token.to_owned(),
        _ => format!("Bearer {token}"),
    }
}

/// A push that failed at once is a normal answer: `status: "FAILED"`. An error in place of a push is not.
pub fn initiated_push(text: &str) -> Reading<Answer> {
    with_object(text, |body| {
        let is_push = body
            .filled("id")
            .or_else(|| body.filled("status"))
            .is_some();
        let is_error = ["message", "error", "statusCode"]
            .iter()
            .any(|name| body.get(name).is_some());
        if !is_push && (is_error || body.get("success") == Some("false")) {
            return Reading::Unreadable("an error in place of a payment");
        }
        Reading::Success(text.to_owned())
    })
}

/// An array of one or more rows: one that was paid, else the newest.
pub fn status(text: &str) -> Reading<Payment> {
    let Some(rows) = json::elements(text) else {
        return match Object::parse(text) {
            Some(row) => Reading::Success(payment(&row, text)),
            None => Reading::Unreadable("an answer that is not the expected JSON"),
        };
    };
    let mut read: Vec<(String, Payment)> = rows
        .iter()
        .filter_map(|row| {
            let object = Object::parse(row)?;
            let changed = object
                .filled("updatedAt")
                .or_else(|| object.filled("createdAt"));
            Some((changed.unwrap_or_default(), payment(&object, row)))
        })
        .collect();
    // ISO 8601 in UTC sorts as text.
    read.sort_by(|(one, _), (two, _)| one.cmp(two));
    let paid = read
        .iter()
        .rposition(|(_, payment)| payment.status == Status::Succeeded);
    let chosen = match paid {
        Some(at) => Some(read.swap_remove(at)),
        None => read.pop(),
    };
    chosen.map_or(
        Reading::Unreadable("an answer without a payment"),
        |(_, payment)| Reading::Success(payment),
    )
}

/// An array with the row of a payout, or the newest of several; or the row itself.
pub fn payout(text: &str) -> Reading<Payment> {
    let rows = json::elements(text).unwrap_or_else(|| vec![text]);
    let rows = rows
        .iter()
        .filter_map(|row| Some((Object::parse(row)?, *row)));
    let newest =
        rows.max_by_key(|(row, _)| row.filled("updatedAt").or_else(|| row.filled("createdAt")));
    newest.map_or(
        Reading::Unreadable("an answer without a payout"),
        |(row, raw)| Reading::Success(subject::read(Subject::Payout, &row, raw)),
    )
}

/// A payment as a row of a query or the `data` of a webhook tells it, in today's names and the older ones.
pub fn payment(row: &Object<'_>, raw: &str) -> Payment {
    let filled = |name: &str| row.scalar(name).filter(|text| !text.trim().is_empty());
    let either = |one: &str, two: &str| filled(one).or_else(|| filled(two));
    let customer = row.object("customer").unwrap_or_default();
    let payer = filled("paymentPhoneNumber")
        .or_else(|| customer.filled("customerPhoneNumber"))
        .or_else(|| customer.filled("phone"));
    Payment {
        amount: either("collectedAmount", "amount"),
        currency: either("collectedCurrency", "currency"),
        reference: filled("orderReference"),
        transaction_id: either("id", "paymentId"),
        receipt: filled("paymentReference"),
        payer: payer.map(|payer| phone::mask(&payer)),
        message: filled("message"),
        raw: raw.to_owned(),
        ..Payment::of(
            Provider::Clickpesa,
            status_of(&filled("status").unwrap_or_default()),
        )
    }
}

fn status_of(text: &str) -> Status {
    match text.trim().to_ascii_uppercase().as_str() {
        "PENDING" => Status::Pending,
        // ON-HOLD waits for the merchant, with the money on its way.
        "PROCESSING" | "ON-HOLD" => Status::Processing,
        "SUCCESS" | "SETTLED" => Status::Succeeded,
        "FAILED" => Status::Failed,
        "REFUNDED" => Status::Refunded,
        "REVERSED" => Status::Reversed,
        _ => Status::Unknown,
    }
}

pub fn words(response: &Response) -> Words {
    let Some(body) = Object::parse(&response.text) else {
        return Words {
            code: None,
            message: short_text(response),
        };
    };
    let message = body.filled("message").or_else(|| {
        // A comma, as JavaScript joins an array into a text.
        json::strings(body.get("message")?)
            .map(|texts| texts.join(","))
            .filter(|t| !t.is_empty())
    });
    Words {
        code: None,
        message: message.or_else(|| body.filled("error")),
    }
}
