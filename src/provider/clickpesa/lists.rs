//! Lists of payments and payouts, a page at a time.
#![forbid(unsafe_code)]

use crate::model::error::Error;
use crate::model::json::{Object, elements};
use crate::model::operation::{Input, Output};
use crate::model::payment::Raw;
use crate::model::writer::array;
use crate::provider::dates::Dates;
use crate::provider::form::Form;
use crate::provider::read::{query_of, with_object};
use crate::provider::told;
use crate::provider::{Call, Reading};

use super::identity::PROVIDER;
use super::{Clickpesa, REFERENCE, payout, row};

/// What a list may be narrowed to, with the names by which ClickPesa calls it.
const BOTH: &[(&str, &str)] = &[
    ("status", "status"),
    ("channel", "channel"),
    ("reference", "orderReference"),
];

/// The rows of a page, unless the filter says otherwise.
const PAGE: u64 = 100;

impl Clickpesa {
    pub fn payments(&self, input: &Input) -> Result<Call<Output>, Error> {
        self.list(
            input,
            "/payments/all",
            "collectedCurrency",
            &[],
            |row, text| told::payment(&row::payment(row, Raw::Told(text.to_owned()))),
        )
    }

    pub fn payouts(&self, input: &Input) -> Result<Call<Output>, Error> {
        let more = &[("transferType", "transferType")];
        self.list(input, "/payouts/all", "currency", more, |row, text| {
            told::payout(&payout::payout(row, text))
        })
    }

    /// One page. `skip` rows come before it: `lib/lists.js` asks for one after the other.
    fn list(
        &self,
        input: &Input,
        path: &str,
        currency: &'static str,
        more: &[(&'static str, &'static str)],
        made: fn(&Object<'_>, &str) -> String,
    ) -> Result<Call<Output>, Error> {
        let names = BOTH.iter().chain(more);
        let mut known: Vec<_> = names.clone().map(|(name, _)| *name).collect();
        known.extend(["currency", "startDate", "endDate", "pageSize", "skip"]);
        let filter = match input.text("filter") {
            "" => "{}",
            filter => filter,
        };
        let mut form = Form::read("filter", filter, &known, &self.limits)?;
        let mut query = Vec::new();
        for (name, theirs) in names {
            let value = form.text(name);
            query.extend(value.map(|value| match *name {
                "reference" => (*theirs, REFERENCE.carried(&value)),
                _ => (*theirs, value),
            }));
        }
        if form.has("currency") {
            query.push((currency, form.currency(&["TZS", "USD"])));
        }
        query.extend(Dates::read(&mut form).named());
        let most = self.limits.get("pageSize");
        let size = form
            .count("pageSize", 1, most)
            .unwrap_or(PAGE.min(most.unwrap_or(PAGE)));
        let skip = form.count("skip", 0, None).unwrap_or(0);
        form.accept(())?;
        // The oldest first, so that what comes in meanwhile moves no page.
        query.extend([
            ("sortBy", "createdAt".to_owned()),
            ("orderBy", "ASC".to_owned()),
            ("skip", skip.to_string()),
            ("limit", size.to_string()),
        ]);
        let path = format!("{path}{}", query_of(&query));
        Ok(self.reads(&path, move |text| page(text, made)))
    }
}

/// `{data, totalCount}`, with each row made into what it tells.
fn page(text: &str, made: fn(&Object<'_>, &str) -> String) -> Reading<String> {
    with_object(text, |answer| {
        let Some(rows) = answer.get("data").and_then(elements) else {
            return Reading::Unreadable("an answer that is no list");
        };
        let rows = rows.into_iter().map(|text| {
            let row = Object::parse(text)?;
            Some(made(&row, text))
        });
        let Some(rows) = rows.collect::<Option<Vec<_>>>() else {
            return Reading::Unreadable("a list that holds more than rows");
        };
        let count = answer.scalar("totalCount");
        let count = count.filter(|count| count.parse::<u64>().is_ok());
        Reading::Success(
            told::by(PROVIDER)
                .json("rows", &array(rows))
                .json("total", count.as_deref().unwrap_or("null"))
                .done(),
        )
    })
}
