//! The gateways: what to ask and how to read the answer. Pure: no I/O, no clock, no JavaScript.
#![forbid(unsafe_code)]

mod azampay;
pub mod capabilities;
pub(crate) mod clickpesa;
mod dates;
mod expiry;
mod facts;
mod form;
mod letters;
mod limits;
mod pesapal;
mod read;
pub mod reference;
pub mod registry;
mod scalar;
mod selcom;
mod table;
pub mod testimony;
pub mod told;
mod vocabulary;
mod words;
pub mod world;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rsa::rand_core::CryptoRngCore;

use crate::config::{BASE_URL, Keys, Options};
use crate::http::base_url::BaseUrl;
use crate::http::{Authorization, Request};
use crate::model::callback::{Callback, Incoming};
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use crate::model::provider::Provider;
use crate::model::secret::Secret;
use crate::model::signature::PublicKeys;

pub use facts::{DAY, Facts, Place, Rate, Recovery, Remedy, Resend, World};
pub use limits::{Limit, Limits};
pub use words::Words;

/// One gateway: what it can be asked, and how its answers and callbacks are read.
pub trait Gateway: Send + Sync {
    fn facts(&self) -> &'static Facts;

    /// Where the gateway's API is.
    fn base(&self) -> &BaseUrl;

    /// Each address that is configured, or that follows from one, with its config key.
    fn addresses(&self) -> Vec<(&'static str, &BaseUrl)> {
        vec![(BASE_URL, self.base())]
    }

    /// The bounds within which it is asked.
    fn limits(&self) -> &Limits;

    /// The credentials, which no error may show.
    fn secrets(&self) -> Vec<Secret>;

    /// How its requests are let in.
    fn access(&self) -> Access;

    /// Puts on a request what lets it in: the access token or, where each request is signed, its signature. Flow
    /// calls it for each attempt, with the time of that attempt.
    fn dress(&self, request: &mut Request, _at: SystemTime, token: Option<&Authorization>) {
        request.authorization = token.cloned();
    }

    /// The request of an operation; of one that it does not have, the refusal that says so.
    fn make(&self, operation: Operation, input: &Input) -> Result<Call<Output>, Error>;

    /// Reads a callback: what it claims and what proves it.
    fn callback(&self, incoming: &Incoming<'_>) -> Callback;

    /// Where the keys come from that verify callbacks.
    fn key_source(&self) -> KeySource {
        KeySource::Fetched(Vec::new())
    }
}

impl dyn Gateway + '_ {
    pub fn provider(&self) -> Provider {
        self.facts().provider
    }
}

/// Where the keys come from that verify a gateway's callbacks.
pub enum KeySource {
    Configured(PublicKeys),
    /// From the gateway: the requests for them, in order. The next one is made when one is answered with 404 or
    /// nothing. A gateway without requests signs no callback with a key.
    Fetched(Vec<Call<PublicKeys>>),
}

/// How a gateway lets requests in.
pub enum Access {
    /// A login brings a token, and later requests carry it.
    Token {
        login: Call<Login>,
        /// Whether a login's answer may hold a token, so that no error shows it.
        may_hold_token: fn(&str) -> bool,
    },
    /// Each request carries a signature; there is no login. The question costs nothing, and only whom the gateway
    /// knows is answered.
    Signed(Call<()>),
}

impl Access {
    pub fn login(self) -> Option<Call<Login>> {
        match self {
            Self::Token { login, .. } => Some(login),
            Self::Signed(_) => None,
        }
    }
}

/// What the registry holds of a gateway.
pub struct Entry {
    pub provider: Provider,
    pub keys: Keys,
    pub make: fn(&Options) -> Result<Box<dyn Gateway>, Error>,
}

impl Entry {
    /// The gateway that `options` configure.
    pub fn gateway(&self, options: &Options) -> Result<Box<dyn Gateway>, Error> {
        options.check_required(self.provider, &self.keys)?;
        (self.make)(options)
    }
}

/// One API call, or a step of one: what to send, what that can change, and how to read a 2xx answer.
pub struct Call<T> {
    pub request: Request,
    pub effect: Effect,
    /// Reads the text of a whole 2xx answer.
    pub read: Read<T>,
    /// Reads the text of a whole HTTP 404; without it, a 404 is a refusal like any other.
    pub missing: Option<ReadMissing<T>>,
    /// Whether its reader alone decides what a 2xx answer means: one about several things may say yes and no.
    pub has_last_word: bool,
    /// Whether a flag of success counts for nothing in an answer whose HTTP status refuses.
    pub status_decides: bool,
    /// Writes the body when the call is made. Further attempts send the same bytes.
    pub seal: Option<Seal>,
    /// Whether it opens what a later step asks the money for: one that was opened before may have been paid.
    pub opens_payment: bool,
}

/// A function, or one that knows what was asked.
pub type Read<T> = Arc<dyn Fn(&str) -> Reading<T> + Send + Sync>;
pub type ReadMissing<T> = Arc<dyn Fn(&str) -> Missing<T> + Send + Sync>;
/// A body that holds the time and needs randomness, which are handed in; `None` if it cannot be made.
pub type Seal = Arc<dyn Fn(SystemTime, &mut dyn CryptoRngCore) -> Option<String> + Send + Sync>;

impl<T: 'static> Call<T> {
    pub fn new(
        request: Request,
        effect: Effect,
        read: impl Fn(&str) -> Reading<T> + Send + Sync + 'static,
    ) -> Self {
        Self {
            request,
            effect,
            read: Arc::new(read),
            missing: None,
            has_last_word: false,
            status_decides: false,
            seal: None,
            opens_payment: false,
        }
    }

    /// The same, which opens what a later step asks the money for.
    pub fn opening_payment(self) -> Self {
        Self {
            opens_payment: true,
            ..self
        }
    }

    /// The same, whose body `seal` writes when the call is made.
    pub fn sealed_by(
        self,
        seal: impl Fn(SystemTime, &mut dyn CryptoRngCore) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            seal: Some(Arc::new(seal)),
            ..self
        }
    }

    /// The same with its body, which has been written.
    pub fn with_body(mut self, body: String) -> Self {
        self.request.body = Some(Secret::new(body));
        self.seal = None;
        self
    }

    /// The same, of which the HTTP status decides whether it refuses, whatever flag stands in the answer.
    pub fn judged_by_status(self) -> Self {
        Self {
            status_decides: true,
            ..self
        }
    }

    /// The same, of which the reader alone decides what a 2xx answer means.
    pub fn with_last_word(self) -> Self {
        Self {
            has_last_word: true,
            ..self
        }
    }

    /// The same, of which an HTTP 404 is read by `missing`.
    pub fn when_missing(
        self,
        missing: impl Fn(&str) -> Missing<T> + Send + Sync + 'static,
    ) -> Self {
        Self {
            missing: Some(Arc::new(missing)),
            ..self
        }
    }

    /// The same, with what it brings made into another thing.
    pub fn map<U: 'static>(self, made: impl Fn(T) -> U + Clone + Send + Sync + 'static) -> Call<U> {
        let also = made.clone();
        Call {
            request: self.request,
            effect: self.effect,
            read: Arc::new(move |text| (self.read)(text).map(made.clone())),
            missing: self.missing.map(|missing| -> ReadMissing<U> {
                Arc::new(move |text| missing(text).map(also.clone()))
            }),
            has_last_word: self.has_last_word,
            status_decides: self.status_decides,
            seal: self.seal,
            opens_payment: self.opens_payment,
        }
    }
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self {
            request: self.request.clone(),
            effect: self.effect,
            read: Arc::clone(&self.read),
            missing: self.missing.clone(),
            has_last_word: self.has_last_word,
            status_decides: self.status_decides,
            seal: self.seal.clone(),
            opens_payment: self.opens_payment,
        }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("request", &self.request)
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}

/// A 2xx answer, read.
#[derive(Debug)]
pub enum Reading<T> {
    Success(T),
    /// A step succeeded, and this is the next.
    Then(Call<T>),
    /// The gateway says no inside a 2xx. `Some`: the library's own words when the gateway has none.
    Refusal(Option<&'static str>),
    /// The payment was made, and has failed at once; the library's own words as above.
    Failed(&'static str),
    /// Readable, and about another payment than the one that was asked for.
    Another(&'static str),
    /// The gateway says that it does not know yet; the text says in which words.
    Undecided(&'static str),
    /// The answer shows that what is asked for breaks a rule, so that the next step is not made; the text says which.
    Unfit(String),
    /// Not an answer to this call; the text says why.
    Unreadable(&'static str),
}

impl<T: 'static> Reading<T> {
    /// Makes what this reading brings into another thing with `made`, and so what the steps after it bring.
    pub fn map<U: 'static>(
        self,
        made: impl Fn(T) -> U + Clone + Send + Sync + 'static,
    ) -> Reading<U> {
        match self {
            Self::Success(answer) => Reading::Success(made(answer)),
            Self::Then(next) => Reading::Then(next.map(made)),
            Self::Refusal(own) => Reading::Refusal(own),
            Self::Failed(own) => Reading::Failed(own),
            Self::Another(what) => Reading::Another(what),
            Self::Undecided(what) => Reading::Undecided(what),
            Self::Unfit(rule) => Reading::Unfit(rule),
            Self::Unreadable(why) => Reading::Unreadable(why),
        }
    }
}

/// An HTTP 404, read.
#[derive(Debug)]
pub enum Missing<T> {
    /// The gateway has nothing under that name yet, if ever: this is the answer.
    Answer(T),
    /// It may be known under another name: this asks for that.
    Then(Call<T>),
    /// The account cannot ask; the text says what to do instead.
    Unsupported(&'static str),
    /// No, in the gateway's own words.
    Refused,
    /// This is not the gateway's API.
    Elsewhere,
}

impl<T: 'static> Missing<T> {
    pub fn map<U: 'static>(
        self,
        made: impl Fn(T) -> U + Clone + Send + Sync + 'static,
    ) -> Missing<U> {
        match self {
            Self::Answer(answer) => Missing::Answer(made(answer)),
            Self::Then(next) => Missing::Then(next.map(made)),
            Self::Unsupported(instead) => Missing::Unsupported(instead),
            Self::Refused => Missing::Refused,
            Self::Elsewhere => Missing::Elsewhere,
        }
    }

    /// What most of them mean: a gateway refuses in JSON.
    pub fn usual(body: &str) -> Self {
        match Object::parse(body) {
            Some(_) => Self::Refused,
            None => Self::Elsewhere,
        }
    }
}

/// A fresh access token.
#[derive(Debug)]
pub struct Login {
    /// The whole value of the `Authorization` header.
    pub authorization: Secret,
    pub lifetime: Lifetime,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Lifetime {
    Until(SystemTime),
    For(Duration),
}
