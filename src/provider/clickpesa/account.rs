//! What ClickPesa tells of the merchant's account and of currencies.
#![forbid(unsafe_code)]

use crate::model::error::Error;
use crate::model::json::{Object, elements};
use crate::model::money::{is_currency, meant};
use crate::model::operation::{Input, Output};
use crate::model::writer::{Writer, array};
use crate::provider::dates::Dates;
use crate::provider::form::Form;
use crate::provider::read::{query_of, with_object};
use crate::provider::told::{self, decimal};
use crate::provider::{Call, Missing, Reading};

use super::identity::PROVIDER;
use super::{Clickpesa, wire};

const NAMES: [&str; 2] = ["source", "target"];

/// The source and the target that rates are asked for. One that is not named stands for all.
pub struct Currencies([Option<String>; 2]);

impl Currencies {
    pub fn new(input: &Input) -> Result<Self, Error> {
        let asked = NAMES.map(|name| input.get(name).map(str::to_owned));
        let named = NAMES.iter().zip(&asked);
        let wrong = named.filter(|(_, one)| one.as_ref().is_some_and(|text| !is_currency(text)));
        let wrong: Vec<_> = wrong.map(|(name, _)| *name).collect();
        let mut named = NAMES.iter().zip(&asked);
        let misspelt = named.find_map(|(name, one)| Some((name, meant(one.as_deref()?)?)));
        if let Some((name, code)) = misspelt {
            let rule = format!("{name} must be written {code}. Nothing was sent.");
            return Err(Error::invalid_request(rule));
        }
        if !wrong.is_empty() {
            return Err(Error::invalid_request(format!(
                "{} must be three capital letters (ISO 4217), such as TZS. Nothing was sent.",
                wrong.join(" and ")
            )));
        }
        Ok(Self(asked))
    }

    /// The query that asks for them; empty for all.
    pub fn query(&self) -> String {
        let named = NAMES.iter().zip(&self.0);
        let pairs = named.filter_map(|(name, one)| Some(format!("{name}={}", one.as_ref()?)));
        let pairs: Vec<_> = pairs.collect();
        match pairs.is_empty() {
            true => String::new(),
            false => format!("?{}", pairs.join("&")),
        }
    }

    fn is_of(&self, pair: &[String; 2]) -> bool {
        let fits = |(asked, told): (&Option<String>, &String)| {
            asked
                .as_ref()
                .is_none_or(|asked| asked.eq_ignore_ascii_case(told))
        };
        self.0.iter().zip(pair).all(fits)
    }
}

impl Clickpesa {
    pub fn exchange_rates(&self, input: &Input) -> Result<Call<Output>, Error> {
        let asked = Currencies::new(input)?;
        let path = format!("/exchange-rates/all{}", asked.query());
        Ok(self.reads(&path, move |text| rates(text, &asked)))
    }

    /// A merchant without an account for money yet has no balances, which ClickPesa tells by HTTP 404.
    pub fn balance(&self, _: &Input) -> Result<Call<Output>, Error> {
        let call = self.reads("/account/balance", balances);
        Ok(call.when_missing(|text| match is_new(text) {
            true => Missing::Answer(Output::Answer(balance_of(&[], "null"))),
            false => wire::not_found(text),
        }))
    }

    pub fn statement(&self, input: &Input) -> Result<Call<Output>, Error> {
        let known = ["currency", "startDate", "endDate"];
        let mut form = Form::read("filter", input.text("filter"), &known, &self.limits)?;
        let currency = form.currency(&["TZS", "USD"]);
        let dates = Dates::read(&mut form);
        let dates = form.accept(dates)?;
        let mut query = vec![("currency", currency.clone())];
        query.extend(dates.named());
        let path = format!("/account/statement{}", query_of(&query));
        Ok(self.reads(&path, move |text| statement(text, &currency)))
    }

    pub fn banks(&self, _: &Input) -> Result<Call<Output>, Error> {
        Ok(self.reads("/list/banks", |text| {
            named(text, "bic", "an answer that is no list of banks")
        }))
    }

    pub fn lipa_namba_providers(&self, _: &Input) -> Result<Call<Output>, Error> {
        Ok(self.reads("/payouts/lipa-namba-providers", |text| {
            named(
                text,
                "providerCode",
                "an answer that is no list of providers",
            )
        }))
    }
}

/// Rows with a name and a code, which stands in the member `code`.
fn named(text: &str, code: &str, none: &'static str) -> Reading<String> {
    let rows = elements(text).and_then(|rows| {
        let row = |text: &str| {
            let row = Object::parse(text)?;
            Some(
                told::by(PROVIDER)
                    .text("name", &row.filled("name")?)
                    .text(code, &row.scalar(code)?)
                    .json("raw", text)
                    .done(),
            )
        };
        rows.into_iter().map(row).collect::<Option<Vec<_>>>()
    });
    rows.map_or(Reading::Unreadable(none), |rows| {
        Reading::Success(array(rows))
    })
}

/// Whether an HTTP 404 says that there is no account for money yet.
fn is_new(text: &str) -> bool {
    let words = Object::parse(text).and_then(|body| body.filled("message"));
    words.is_some_and(|words| words.to_ascii_lowercase().starts_with("no balance"))
}

/// A list of currencies and balances, or an object that holds it as `balances`.
fn balances(text: &str) -> Reading<String> {
    let object = Object::parse(text);
    let within = object.as_ref().and_then(|object| object.get("balances"));
    let rows = elements(within.unwrap_or(text)).and_then(|rows| {
        let row = |text: &str| {
            let row = Object::parse(text)?;
            Some((row.filled("currency")?, decimal(row.scalar("balance"))?))
        };
        rows.into_iter().map(row).collect::<Option<Vec<_>>>()
    });
    match rows {
        Some(rows) => Reading::Success(balance_of(&rows, text)),
        None => Reading::Unreadable("an answer that is no list of balances"),
    }
}

fn balance_of(rows: &[(String, String)], raw: &str) -> String {
    let rows = rows.iter().map(|(currency, amount)| {
        Writer::default()
            .text("currency", currency)
            .text("amount", amount)
            .done()
    });
    told::by(PROVIDER)
        .json("balances", &array(rows))
        .json("raw", raw)
        .done()
}

/// The account's movements, of the currency that was `asked` for.
fn statement(text: &str, asked: &str) -> Reading<String> {
    with_object(text, |answer| {
        let account = answer.object("accountDetails").unwrap_or_default();
        let rows = answer.get("transactions").and_then(elements);
        let (Some(rows), Some(currency)) = (rows, account.filled("currency")) else {
            return Reading::Unreadable("an answer without accountDetails or transactions");
        };
        if !currency.eq_ignore_ascii_case(asked) {
            return Reading::Another("the statement of another currency");
        }
        let rows = rows.into_iter().filter_map(|text| {
            let row = Object::parse(text)?;
            let filled = |name: &str| row.filled(name);
            Some(
                Writer::default()
                    .or_null("id", filled("id").as_deref())
                    .or_null("date", filled("date").as_deref())
                    .or_null("description", filled("description").as_deref())
                    .or_null(
                        "entry",
                        filled("entry").map(|one| one.to_lowercase()).as_deref(),
                    )
                    .or_null("type", filled("type").as_deref())
                    .or_null("amount", decimal(row.scalar("amount")).as_deref())
                    .or_null("currency", filled("currency").as_deref().or(Some(asked)))
                    .or_null("balance", decimal(row.scalar("balance")).as_deref())
                    .or_null("reference", row.scalar("orderReference").as_deref())
                    .json("raw", text)
                    .done(),
            )
        });
        let sums = [
            "openingBalance",
            "closingBalance",
            "totalCredits",
            "totalDebits",
        ];
        let told = told::by(PROVIDER).text("currency", &currency);
        let told = sums.into_iter().fold(told, |told, name| {
            told.or_null(name, decimal(account.scalar(name)).as_deref())
        });
        Reading::Success(
            told.json("transactions", &array(rows))
                .json("raw", text)
                .done(),
        )
    })
}

/// A list of rates, which may be empty, of the currencies that were `asked` for.
pub fn rates(text: &str, asked: &Currencies) -> Reading<String> {
    let Some(rows) = elements(text) else {
        return Reading::Unreadable("an answer that is no list of exchange rates");
    };
    let rows: Option<Vec<_>> = rows.into_iter().map(rate_of).collect();
    match rows {
        Some(rows) if rows.iter().all(|pair| asked.is_of(pair)) => {
            Reading::Success(text.to_owned())
        }
        Some(_) => Reading::Unreadable("exchange rates of other currencies than were asked for"),
        None => Reading::Unreadable("a list that holds more than exchange rates"),
    }
}

/// The currencies of a rate: `None` for what is none, such as one that is not a number above 0.
fn rate_of(row: &str) -> Option<[String; 2]> {
    let row = Object::parse(row)?;
    let rate: f64 = row.get("rate")?.parse().ok()?;
    let is_rate = rate.is_finite() && rate > 0.0;
    is_rate.then_some([row.filled("source")?, row.filled("target")?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::operation::{Operation, Output};
    use crate::provider::Call;
    use crate::provider::clickpesa::ENTRY;
    use crate::testing::gateway;

    fn asked(source: Option<&str>, target: Option<&str>) -> Result<Call<Output>, Error> {
        let input = Input::default()
            .with("source", source.map(str::to_owned))
            .with("target", target.map(str::to_owned));
        gateway(&ENTRY, &[])
            .unwrap()
            .make(Operation::ExchangeRates, &input)
    }

    #[test]
    fn only_the_currencies_that_are_named_are_asked_for() {
        for (source, target, query) in [
            (None, None, ""),
            (Some("USD"), None, "?source=USD"),
            (None, Some("TZS"), "?target=TZS"),
            (Some("USD"), Some("TZS"), "?source=USD&target=TZS"),
        ] {
            let url = asked(source, target).unwrap().request.url;
            let path = "https://gateway.example/third-parties/exchange-rates/all";
            assert_eq!(url, format!("{path}{query}"));
        }
    }

    #[test]
    fn what_is_no_currency_is_refused_by_name() {
        for (source, target, names) in [
            (Some("usd"), None, "source"),
            (None, Some("TZS&x=1"), "target"),
            (Some(""), Some("SHILLING"), "source and target"),
        ] {
            let message = asked(source, target).err().unwrap().message;
            assert!(
                message.starts_with(&format!("{names} must be ")),
                "{message}"
            );
        }
    }

    #[test]
    fn a_list_of_rates_is_given_as_it_came() {
        let read = asked(None, None).unwrap().read;
        let rates = r#"[{"source":"USD","target":"TZS","rate":2510,"date":"2026-02-28"}]"#;
        for text in ["[]", rates] {
            match read(text) {
                Reading::Success(answer) => assert_eq!(answer, Output::Answer(text.to_owned())),
                other => panic!("{other:?}"),
            }
        }
        for text in [
            "",
            "null",
            "{}",
            r#"{"message":"Unauthorized"}"#,
            "[1]",
            r#"[{"source":"USD","target":"TZS"}]"#,
            r#"[{"source":"USD","target":"TZS","rate":"many"}]"#,
            r#"[{"source":"USD","target":"TZS","rate":0}]"#,
            r#"[{"source":"USD","target":"TZS","rate":-1}]"#,
            r#"[{"source":"USD","target":"TZS","rate":1e400}]"#,
        ] {
            assert!(matches!(read(text), Reading::Unreadable(_)), "{text}");
        }
    }

    #[test]
    fn rates_of_other_currencies_are_no_answer() {
        let rate = r#"[{"source":"usd","target":"TZS","rate":2510}]"#;
        for (source, target, is_answer) in [
            (Some("USD"), Some("TZS"), true),
            (Some("USD"), None, true),
            (Some("TZS"), Some("USD"), false),
            (None, Some("KES"), false),
        ] {
            let read = asked(source, target).unwrap().read;
            let read = matches!(read(rate), Reading::Success(_));
            assert_eq!(read, is_answer, "{source:?} {target:?}");
        }
    }
}
