//! Control numbers, by which customers pay bills at a bank, an agent or by phone; and standing orders of one bank.
#![forbid(unsafe_code)]

use crate::http::{Method, Request};
use crate::model::error::Error;
use crate::model::json::{self, Object, elements};
use crate::model::money::Amount;
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::writer::{Writer, array};
use crate::provider::form::Form;
use crate::provider::read::{encoded, id_of, payment_object, segment_of, with_object};
use crate::provider::told::{self, decimal};
use crate::provider::{Call, Reading};

use super::identity::PROVIDER;
use super::{COUNTRY, Clickpesa, wire};

const CURRENCY: &str = "TZS";
const BILL: &[&str] = &[
    "amount",
    "maximum",
    "description",
    "mode",
    "reference",
    "customer",
];
const CHANGES: &[&str] = &["amount", "maximum", "description", "mode", "active"];
/// What may be paid: the whole amount only, or any part of it and more.
const MODES: [(&str, &str); 2] = [
    ("exact", "EXACT"),
    ("any", "ALLOW_PARTIAL_AND_OVER_PAYMENT"),
];

/// The members that bills and their changes have in common.
fn terms(form: &mut Form<'_>) -> Writer {
    let mut bill = Writer::default();
    if form.has("amount") {
        bill = bill.json("billAmount", &form.amount("amount", CURRENCY, "bill"));
    }
    if form.has("maximum") {
        let most = form.amount("maximum", CURRENCY, "bill");
        bill = bill.json("billMaxCollectionAmount", &most);
    }
    let mode = form.one_of("mode", &MODES.map(|(ours, _)| ours));
    if mode == Some("exact") && form.has("maximum") {
        form.wrong("maximum", "is for the mode 'any' only");
    }
    let decimal = |name: &str| Amount::parse(&json::scalar(form.get(name)?)?);
    if let (Some(amount), Some(most)) = (decimal("amount"), decimal("maximum"))
        && amount.exceeds(&most)
    {
        form.wrong("maximum", "must be at least the amount");
    }
    let description = form.short("description", "billDescription");
    let bill = bill.maybe("billDescription", description.as_deref());
    let theirs = MODES.iter().find(|(ours, _)| Some(*ours) == mode);
    bill.maybe("billPaymentMode", theirs.map(|(_, theirs)| *theirs))
}

/// A bill as ClickPesa takes it, and whether it is a customer's, whose number stays open.
fn bill(form: &mut Form<'_>) -> (Writer, bool) {
    let bill = terms(form);
    let is_exact = form
        .get("mode")
        .is_some_and(|mode| mode.eq_ignore_ascii_case("\"exact\""));
    if is_exact && !form.has("amount") {
        form.wrong("amount", "is missing: the mode 'exact' needs it");
    }
    let reference = form.text("reference");
    let is_plain = |text: &String| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if reference.as_ref().is_some_and(|text| !is_plain(text)) {
        form.wrong(
            "reference",
            "must be letters and digits: it becomes the control number",
        );
    }
    let bill = bill.maybe("billReference", reference.as_deref());
    let customer = form.part("customer", "customer.", &["name", "phone", "email"]);
    let Some(mut customer) = customer else {
        return (bill, false);
    };
    let name = customer.need("name", "whose control number it is");
    let (phone, email) = (customer.phone("phone", COUNTRY), customer.text("email"));
    if !customer.has("phone") && !customer.has("email") {
        customer.wrong("phone", "or customer.email is missing");
    }
    let problems = customer.problems();
    form.add(problems);
    let bill = bill
        .text("customerName", &name)
        .maybe("customerPhone", phone.as_deref())
        .maybe("customerEmail", email.as_deref());
    (bill, true)
}

impl Clickpesa {
    pub fn create_bill(&self, input: &Input) -> Result<Call<Output>, Error> {
        let text = match input.text("bill") {
            "" => "{}",
            text => text,
        };
        let mut form = Form::read("bill", text, BILL, &self.limits)?;
        let made = bill(&mut form);
        let (bill, is_customers) = form.accept(made)?;
        let path = match is_customers {
            true => "/billpay/create-customer-control-number",
            false => "/billpay/create-order-control-number",
        };
        self.registers(
            Effect::MovesMoney,
            Method::Post,
            path,
            &bill.done(),
            |text| told_bill(text, None),
        )
    }

    /// Up to 50, all of customers or none of them.
    pub fn create_bills(&self, input: &Input) -> Result<Call<Output>, Error> {
        let rule = |rule: &str| {
            let message = format!("bills must be {rule}. Nothing was sent.");
            Err(Error::invalid_request(message))
        };
        let Some(rows) = elements(input.text("bills")).filter(|rows| !rows.is_empty()) else {
            return rule("a list of bills");
        };
        let most = self.limits.get("billsAtOnce");
        if most.is_some_and(|most| u64::try_from(rows.len()).unwrap_or(u64::MAX) > most) {
            let most = most.unwrap_or_default();
            return rule(&format!(
                "at most {most} at one time, and there are {}",
                rows.len()
            ));
        }
        let whole = Form::read("bills", "{}", &[], &self.limits)?;
        let mut problems = Vec::new();
        let mut bills = Vec::new();
        let mut customers = 0;
        for (at, row) in rows.iter().enumerate() {
            let Ok(mut form) = Form::read("bill", row, BILL, &self.limits) else {
                problems.push(format!("bills[{at}] must be an object"));
                continue;
            };
            let (bill, is_customers) = bill(&mut form);
            customers += usize::from(is_customers);
            bills.push(bill.done());
            let named = form.problems().into_iter();
            problems.extend(named.map(|problem| format!("bills[{at}]: {problem}")));
        }
        if customers != 0 && customers != bills.len() {
            problems.push("bills must all have a customer, or none of them".to_owned());
        }
        let mut whole = whole;
        whole.add(problems);
        whole.accept(())?;
        let path = match customers {
            0 => "/billpay/bulk-create-order-control-numbers",
            _ => "/billpay/bulk-create-customer-control-numbers",
        };
        let count = bills.len();
        let body = Writer::default()
            .json("controlNumbers", &array(bills))
            .done();
        let call = self.registers(Effect::MovesMoney, Method::Post, path, &body, move |text| {
            told_bills(text, count)
        })?;
        // Some of them may have failed.
        Ok(call.with_last_word())
    }

    pub fn bill(&self, input: &Input) -> Result<Call<Output>, Error> {
        let number = number_of(input)?;
        let path = format!("/billpay/{}", encoded(&number));
        Ok(self.reads(&path, move |text| told_bill(text, Some(&number))))
    }

    pub fn update_bill(&self, input: &Input) -> Result<Call<Output>, Error> {
        let number = number_of(input)?;
        let text = input.text("changes");
        let mut form = Form::read("changes", text, CHANGES, &self.limits)?;
        let mut changes = terms(&mut form);
        match form.get("active") {
            None => {}
            Some("true") => changes = changes.text("billStatus", "ACTIVE"),
            Some("false") => changes = changes.text("billStatus", "INACTIVE"),
            Some(_) => form.wrong("active", "must be true or false"),
        }
        let changes = form.accept(changes.done())?;
        if changes == "{}" {
            let rule = "changes must hold at least one change. Nothing was sent.";
            return Err(Error::invalid_request(rule));
        }
        let path = format!("/billpay/{}", encoded(&number));
        let call = self.registers(
            Effect::Registers,
            Method::Patch,
            &path,
            &changes,
            move |text| told_bill(text, Some(&number)),
        )?;
        // A bill that is closed says so.
        Ok(call.with_last_word())
    }

    /// The payload goes out as it is: no source tells its fields.
    pub fn request_mandate(&self, input: &Input) -> Result<Call<Output>, Error> {
        let path = "/crdb-direct-debit/request-mandate";
        self.mandate_by(Effect::MovesMoney, path, input.text("mandate"))
    }

    pub fn mandate(&self, input: &Input) -> Result<Call<Output>, Error> {
        let id = segment_of(input.text("id"))?;
        let path = format!("/crdb-direct-debit/get-mandate/{}", encoded(id));
        Ok(self.reads(&path, told_mandate))
    }

    pub fn cancel_mandate(&self, input: &Input) -> Result<Call<Output>, Error> {
        let path = "/crdb-direct-debit/cancel-mandate";
        let call = self.mandate_by(Effect::Registers, path, input.text("mandate"))?;
        // One that is cancelled says so.
        Ok(call.with_last_word())
    }

    fn mandate_by(&self, effect: Effect, path: &str, payload: &str) -> Result<Call<Output>, Error> {
        payment_object(payload)
            .map_err(|_| Error::invalid_request("mandate must be an object. Nothing was sent."))?;
        let request = Request::post(self.url(path), self.signed(payload)?);
        Ok(Call::new(request, effect, |text| {
            told_mandate(text).map(Output::Answer)
        }))
    }

    fn registers(
        &self,
        effect: Effect,
        method: Method,
        path: &str,
        body: &str,
        read: impl Fn(&str) -> Reading<String> + Send + Sync + 'static,
    ) -> Result<Call<Output>, Error> {
        let body = match self.signs_bills {
            true => self.signed(body)?,
            false => body.to_owned(),
        };
        let request = Request::new(method, self.url(path)).json(body);
        let call = Call::new(request, effect, move |text| read(text).map(Output::Answer));
        Ok(call.when_missing(wire::not_found))
    }
}

fn number_of(input: &Input) -> Result<String, Error> {
    segment_of(input.text("number"))
        .map(str::to_owned)
        .map_err(|error| {
            let message = error.message.replace("reference must", "number must");
            Error { message, ..error }
        })
}

/// A control number with its terms. `asked` is the one that was asked about.
fn told_bill(text: &str, asked: Option<&str>) -> Reading<String> {
    with_object(text, |bill| {
        let Some(number) = id_of(bill, "billPayNumber") else {
            return Reading::Unreadable("no refusal, and without billPayNumber");
        };
        if asked.is_some_and(|asked| asked != number) {
            return Reading::Another("another control number");
        }
        let mode = bill.filled("billPaymentMode");
        let mode = MODES
            .iter()
            .find(|(_, theirs)| Some(*theirs) == mode.as_deref());
        let active = bill.filled("billStatus");
        let active = active.map(|status| status.eq_ignore_ascii_case("ACTIVE"));
        Reading::Success(
            told::by(PROVIDER)
                .text("number", &number)
                .or_null("description", bill.filled("billDescription").as_deref())
                .or_null("customerName", bill.filled("billCustomerName").as_deref())
                .or_null("amount", decimal(bill.scalar("billAmount")).as_deref())
                .or_null("mode", mode.map(|(ours, _)| *ours))
                .flag("active", active)
                .json("raw", text)
                .done(),
        )
    })
}

/// The control numbers that were made, and why the others of `count` bills have none.
fn told_bills(text: &str, count: usize) -> Reading<String> {
    with_object(text, |answer| {
        let number = |name: &str| answer.scalar(name)?.parse::<usize>().ok();
        let numbers = answer.get("billPayNumbers").and_then(json::strings);
        let (Some(numbers), Some(created), Some(failed)) =
            (numbers, number("created"), number("failed"))
        else {
            return Reading::Unreadable(
                "no refusal, and without billPayNumbers, created or failed",
            );
        };
        if created + failed != count || numbers.len() != created {
            return Reading::Unreadable("counts that do not agree with each other");
        }
        let errors = answer.get("errors").and_then(elements).unwrap_or_default();
        let errors = errors.into_iter().filter_map(|text| {
            let error = Object::parse(text)?;
            let reason = error.filled("reason").or_else(|| error.filled("message"));
            let index = error
                .scalar("index")
                .filter(|at| at.parse::<usize>().is_ok());
            let told = Writer::default().json("index", index.as_deref().unwrap_or("null"));
            Some(told.or_null("reason", reason.as_deref()).done())
        });
        let numbers = numbers.iter().map(|number| json::quote(number));
        Reading::Success(
            told::by(PROVIDER)
                .json("numbers", &array(numbers))
                .json("created", &created.to_string())
                .json("failed", &failed.to_string())
                .json("errors", &array(errors))
                .json("raw", text)
                .done(),
        )
    })
}

fn told_mandate(text: &str) -> Reading<String> {
    with_object(text, |mandate| {
        let id = id_of(mandate, "mandateRequestId").or_else(|| id_of(mandate, "id"));
        let status = mandate.filled("status");
        if id.is_none() && status.is_none() {
            return Reading::Unreadable("no refusal, and neither an id nor a status");
        }
        let told = told::by(PROVIDER)
            .or_null("id", id.as_deref())
            .or_null("status", status.as_deref());
        Reading::Success(told.json("raw", text).done())
    })
}
