//! The URLs that PesaPal notifies: registered, listed, and registered only where the list does not have them.
#![forbid(unsafe_code)]

use crate::http::Request;
use crate::model::error::Error;
use crate::model::json::{Object, elements};
use crate::model::operation::{Input, Output};
use crate::model::outcome::Effect;
use crate::model::writer::array;
use crate::provider::form::is_web;
use crate::provider::{Call, Missing, Reading, told};

use super::identity::PROVIDER;
use super::{Pesapal, wire};

/// How PesaPal calls a URL. It numbers them so.
const TYPES: [&str; 2] = ["GET", "POST"];

/// A URL of the list, as far as an answer tells of it.
struct Registered {
    id: String,
    url: String,
    kind: Option<&'static str>,
    active: Option<bool>,
}

impl Registered {
    fn read(row: &Object<'_>) -> Option<Self> {
        let number = row.scalar("notification_type");
        let name = row.filled("ipn_notification_type_description");
        let kinds = TYPES.iter().enumerate();
        let kind = kinds.filter(|(at, kind)| match &name {
            Some(name) => name.trim().eq_ignore_ascii_case(kind),
            None => number
                .as_ref()
                .is_some_and(|number| *number == at.to_string()),
        });
        Some(Self {
            id: wire::ipn_id(row)?,
            url: row.filled("url")?.trim().to_owned(),
            kind: { kind }.map(|(_, kind)| *kind).next(),
            active: match row.scalar("ipn_status").as_deref() {
                Some("1") => Some(true),
                Some("0") => Some(false),
                _ => None,
            },
        })
    }

    /// Whether it is the one that is looked for. What the list does not tell is not compared.
    fn is(&self, url: &str, kind: Option<&str>) -> bool {
        let same_kind = self
            .kind
            .is_none_or(|own| kind.is_none_or(|kind| kind == own));
        self.url == url.trim() && same_kind && self.active != Some(false)
    }

    fn told(&self, raw: &str) -> String {
        told::by(PROVIDER)
            .text("ipnId", &self.id)
            .text("url", &self.url)
            .or_null("type", self.kind)
            .flag("active", self.active)
            .json("raw", raw)
            .done()
    }
}

/// Reads the list, which is an array; a refusal is an object. A row without an id or a URL is none.
fn listed<T>(text: &str, read: impl FnOnce(&[(Registered, &str)]) -> Reading<T>) -> Reading<T> {
    let Some(rows) = elements(text) else {
        return wire::unless_error(text, |_| Reading::Unreadable("no list of IPN URLs"));
    };
    let rows = rows.into_iter();
    let rows = rows.filter_map(|row| Some((Registered::read(&Object::parse(row)?)?, row)));
    read(&rows.collect::<Vec<_>>())
}

/// The URL that is to be notified, and how.
fn wanted(input: &Input) -> Result<(&str, &'static str), Error> {
    let (url, kind) = (input.text("url"), input.get("type").unwrap_or("GET"));
    let known = TYPES.into_iter().find(|one| one.eq_ignore_ascii_case(kind));
    let mut wrong = Vec::new();
    if !is_web(url) {
        wrong.push("url must be an absolute http or https URL");
    }
    match known {
        Some(kind) if wrong.is_empty() => return Ok((url, kind)),
        Some(_) => {}
        None => wrong.push("the IPN notification type must be 'GET' or 'POST'"),
    }
    let wrong = wrong.join("; ");
    Err(Error::invalid_request(format!(
        "{wrong}. Nothing was sent."
    )))
}

impl Pesapal {
    pub fn register_ipn(&self, input: &Input) -> Result<Call<Output>, Error> {
        let (url, kind) = wanted(input)?;
        Ok(self.registers(url, kind, gives_id))
    }

    pub fn ensure_ipn(&self, input: &Input) -> Result<Call<Output>, Error> {
        let (url, kind) = wanted(input)?;
        Ok(self.finds_ipn(url, Some(kind), gives_id))
    }

    pub fn list_ipns(&self, _: &Input) -> Result<Call<Output>, Error> {
        Ok(self.lists(|rows| {
            let told = rows.iter().map(|(row, raw)| row.told(raw));
            Reading::Success(Output::Answer(array(told)))
        }))
    }

    /// `then` goes on with the id.
    fn registers(
        &self,
        url: &str,
        kind: &str,
        then: impl Fn(&str) -> Reading<Output> + Send + Sync + 'static,
    ) -> Call<Output> {
        let wanted = (url.to_owned(), kind.to_owned());
        let mut body = Object::default();
        body.set_string("url", url);
        body.set_string("ipn_notification_type", kind);
        Call::new(
            Request::post(self.base.join("/api/URLSetup/RegisterIPN"), body.text()),
            Effect::Registers,
            move |text| match is_of(text, &wanted) {
                true => wire::registered_ipn(text, &then),
                false => Reading::Another("the registration of another URL or type"),
            },
        )
    }

    fn lists(
        &self,
        read: impl Fn(&[(Registered, &str)]) -> Reading<Output> + Send + Sync + 'static,
    ) -> Call<Output> {
        Call::new(
            Request::get(self.base.join("/api/URLSetup/GetIpnList")),
            Effect::Reads,
            move |text| listed(text, &read),
        )
        .when_missing(Missing::usual)
    }

    /// Looks for `url` in the list, and registers it when it is not there; `then` goes on with the id. Without a
    /// `kind` either will do.
    pub fn finds_ipn(
        &self,
        url: &str,
        kind: Option<&'static str>,
        then: impl Fn(&str) -> Reading<Output> + Clone + Send + Sync + 'static,
    ) -> Call<Output> {
        let url = url.trim().to_owned();
        let register = self.registers(&url, kind.unwrap_or("GET"), then.clone());
        self.lists(
            move |rows| match rows.iter().find(|(row, _)| row.is(&url, kind)) {
                Some((row, _)) => then(&row.id),
                None => Reading::Then(register.clone()),
            },
        )
    }
}

/// Whether an answer tells of the URL and the type that were to be registered. What it does not tell is not compared.
fn is_of(text: &str, (url, kind): &(String, String)) -> bool {
    let told = Object::parse(text).as_ref().and_then(Registered::read);
    let same = |told: &str| match (url::Url::parse(told), url::Url::parse(url)) {
        (Ok(told), Ok(url)) => told == url,
        _ => told == url,
    };
    told.is_none_or(|told| same(&told.url) && told.kind.is_none_or(|own| own == kind))
}

fn gives_id(id: &str) -> Reading<Output> {
    Reading::Success(Output::Text(id.to_owned()))
}
