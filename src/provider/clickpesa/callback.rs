//! ClickPesa's webhook. Its checksum is optional, and sources disagree on where it stands: each known
//! place is tried, in the order of how well it is documented. What is told is read from what is signed,
//! in the same way in each place: nothing beside it decides on a kind, a state or an amount.
#![forbid(unsafe_code)]

use crate::model::callback::{Callback, Proof};
use crate::model::expectation::Reason;
use crate::model::json::Object;
use crate::model::payment::{Kind, Payment, Raw, Status};

use super::checksum::{self, ChecksumMethod, Signing};
use super::row;
use super::subject::{self, Shape, Subject};

/// Headers that integrators name; ClickPesa documents none.
const HEADERS: [&str; 2] = ["x-clickpesa-signature", "x-clickpesa-checksum"];

pub fn read(body: &str, headers: &[(String, String)], signing: Option<&Signing>) -> Callback {
    let webhook = Object::parse(body).unwrap_or_default();
    let data = webhook.object("data").unwrap_or_default();
    let whole = Notice::by(&webhook, Raw::Callback, &data);
    let given = [
        webhook.filled("checksum"),
        data.filled("checksum"),
        header(headers),
    ];
    let signing = signing.filter(|_| given.iter().any(Option::is_some));
    let Some(signing) = signing else {
        let (proof, claim) = whole.asked(whole.subject(), Reason::MissingSignature);
        return callback(proof, claim, String::new());
    };
    let Some(signed) = checked(&webhook, &data, &given, signing) else {
        return callback(
            Proof::Broken(Reason::BadSignature),
            whole.claim(Subject::Other),
            String::new(),
        );
    };
    let inner = data.object("data").unwrap_or_default();
    let told = match signed.over {
        Over::Body | Over::EventAndData => whole.clone(),
        Over::Data => {
            let text = webhook.get("data").unwrap_or_default();
            Notice::by(&data, Raw::Told(text.to_owned()), &inner)
        }
    };
    let subject = match (told.subject(), signed.over) {
        // Nothing stands beside it that could say otherwise.
        (None, Over::Body) if told.shape == Shape::Plain => Some(Subject::Payment),
        (subject, _) => subject,
    };
    let (proof, claim) = match (signed.method, subject) {
        (ChecksumMethod::Canonical, Some(subject)) => (Proof::Checked, told.claim(subject)),
        // What is signed can be cut into other members, or does not say what it is about.
        (_, subject) => told.asked(subject.or(whole.subject()), Reason::Unconfirmed),
    };
    callback(proof, claim, signed.tag)
}

fn callback(proof: Proof, claim: Payment, checksum: String) -> Callback {
    let (identity, signature) = match claim.kind {
        // Its events are not known: each text is one of its own.
        Kind::Bill | Kind::Other => (checksum.into_bytes(), String::new()),
        // What it is and where it stands is the identity: to that, SUCCESS and SETTLED are one success.
        Kind::Payment | Kind::Payout(_) | Kind::Deposit => (Vec::new(), checksum),
    };
    Callback {
        claim,
        proof,
        identity,
        signature,
        acknowledgement: None,
    }
}

fn header(headers: &[(String, String)]) -> Option<String> {
    let named = |name: &str| headers.iter().find(|(header, _)| header == name);
    HEADERS
        .iter()
        .find_map(|name| named(name))
        .map(|(_, value)| value.clone())
}

/// What an object tells: by its `data`, beside an `event`, or by its own members.
#[derive(Clone)]
struct Notice<'a> {
    event: Option<String>,
    row: &'a Object<'a>,
    raw: Raw,
    shape: Shape,
    /// A `status` beside `data`.
    beside: Option<String>,
}

impl<'a> Notice<'a> {
    /// `whole` is the object itself, `data` its member of that name.
    fn by(object: &'a Object<'a>, whole: Raw, data: &'a Object<'a>) -> Self {
        let (row, raw) = match object.get("data") {
            Some(text) if !data.is_empty() => (data, Raw::Told(text.to_owned())),
            _ if object.is_empty() => (object, Raw::Untold),
            _ => (object, whole),
        };
        Self {
            event: event(object, "event").or_else(|| event(object, "eventType")),
            shape: subject::by_shape(row),
            beside: object.filled("status"),
            row,
            raw,
        }
    }

    /// What it is about, where it says so.
    fn subject(&self) -> Option<Subject> {
        match (&self.event, self.shape) {
            (Some(event), _) => Some(subject::by_event(event)),
            (None, Shape::Of(subject)) => Some(subject),
            (None, Shape::Plain | Shape::Mixed) => None,
        }
    }

    fn claim(&self, subject: Subject) -> Payment {
        let mut claim = subject::read(subject, self.row, self.raw.clone());
        let beside = row::status_of(self.beside.as_deref().unwrap_or_default());
        if claim.status == Status::Succeeded && ![claim.status, Status::Unknown].contains(&beside) {
            claim.status = Status::Unknown;
        }
        match &self.event {
            Some(event) => subject::unless_contradicted(claim, event),
            None => claim,
        }
    }

    /// A claim that ClickPesa is to be asked about: of a payout or, where nothing says otherwise, a payment.
    /// ClickPesa looks up nothing else by its reference.
    fn asked(&self, subject: Option<Subject>, otherwise: Reason) -> (Proof, Payment) {
        let subject = subject.unwrap_or(Subject::Payment);
        let claim = self.claim(subject);
        let proof = match (subject, claim.reference.clone()) {
            (Subject::Payment | Subject::Payout, Some(reference)) => Proof::Ask(reference),
            (Subject::Payment | Subject::Payout, None) => Proof::Broken(Reason::Unconfirmed),
            _ => Proof::Broken(otherwise),
        };
        (proof, claim)
    }
}

/// An event by its name; one that is no text is none that is known.
fn event(object: &Object<'_>, member: &str) -> Option<String> {
    match object.get(member) {
        Some(value) if value != "null" && !value.starts_with('"') => Some(String::new()),
        _ => object.filled(member),
    }
}

/// What a checksum is made over.
#[derive(Clone, Copy)]
enum Over {
    Body,
    Data,
    EventAndData,
}

/// A checksum that is right, in lower case.
struct Signed {
    over: Over,
    method: ChecksumMethod,
    tag: String,
}

/// The first place and method whose checksum is right.
fn checked(
    webhook: &Object<'_>,
    data: &Object<'_>,
    given: &[Option<String>; 3],
    signing: &Signing,
) -> Option<Signed> {
    let [in_body, in_data, in_header] = given.each_ref().map(|tag| tag.as_deref().map(str::trim));
    let places = [
        (Over::Body, [in_body, in_header]),
        (Over::Data, [in_data, in_header]),
        (Over::EventAndData, [in_data, None]),
    ];
    let tries = signing
        .methods()
        .iter()
        .flat_map(|method| places.map(|place| (*method, place)));
    tries.into_iter().find_map(|(method, (over, given))| {
        let mut given = given
            .into_iter()
            .flatten()
            .filter(|tag| checksum::is_one(tag))
            .peekable();
        given.peek()?;
        let message = message(webhook, data, over, method)?;
        let tag = given
            .find(|tag| checksum::is(&signing.key, &message, tag))?
            .to_ascii_lowercase();
        Some(Signed { over, method, tag })
    })
}

fn message(
    webhook: &Object<'_>,
    data: &Object<'_>,
    over: Over,
    method: ChecksumMethod,
) -> Option<String> {
    match over {
        Over::Body => checksum::message(webhook, method),
        Over::Data | Over::EventAndData if data.is_empty() => None,
        Over::Data => checksum::message(data, method),
        Over::EventAndData => {
            let mut data = data.clone();
            checksum::UNSIGNED.iter().for_each(|name| data.remove(name));
            let mut whole = webhook.clone();
            whole.set("data", data.text());
            checksum::message(&whole, method)
        }
    }
}
