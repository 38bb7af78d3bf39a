//! The gateways: what to ask and how to read the answer. Pure: no I/O, no clock, no JavaScript.
#![forbid(unsafe_code)]

mod azampay;
mod clickpesa;
mod expiry;
mod pesapal;
#[cfg(test)]
pub mod testing;
mod words;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::{BaseUrl, Options};
use crate::error::{Code, Error};
use crate::expect::Reason;
use crate::http::{Request, Response};
use crate::json::{Object, decode_string, elements};
use crate::payment::Payment;
use crate::secret::Secret;

pub use azampay::callback::{PublicKey, PublicKeys, SignedCallback};
pub use words::Words;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    Pesapal,
    Clickpesa,
    Azampay,
}

impl Provider {
    pub const ALL: [Self; 3] = [Self::Pesapal, Self::Clickpesa, Self::Azampay];

    /// Matched without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|provider| provider.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pesapal => "pesapal",
            Self::Clickpesa => "clickpesa",
            Self::Azampay => "azampay",
        }
    }

    /// As the documented constructor messages write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pesapal => "Pesapal",
            Self::Clickpesa => "Clickpesa",
            Self::Azampay => "Azampay",
        }
    }

    /// As the gateway writes its own name.
    pub fn brand(self) -> &'static str {
        match self {
            Self::Pesapal => "PesaPal",
            Self::Clickpesa => "ClickPesa",
            Self::Azampay => "AzamPay",
        }
    }

    /// The gateway that `options` configure.
    pub fn gateway(self, options: &Options) -> Result<Box<dyn Gateway>, Error> {
        options.check_required(self)?;
        Ok(match self {
            Self::Pesapal => Box::new(pesapal::Pesapal::new(options)?),
            Self::Clickpesa => Box::new(clickpesa::Clickpesa::new(options)?),
            Self::Azampay => Box::new(azampay::Azampay::new(options)?),
        })
    }
}

/// What a gateway can be asked. An operation it does not have answers "not supported".
pub trait Gateway: Send + Sync {
    fn provider(&self) -> Provider;

    /// The host that is called, for what depends on where it is.
    fn base(&self) -> &BaseUrl;

    /// Everything that must not appear in an error.
    fn secrets(&self) -> Vec<Secret>;

    fn login(&self) -> Call<Login>;

    /// `payment` is the caller's payload as JSON text.
    fn pay(&self, payment: &str, ipn_id: Option<&str>) -> Result<Call<Answer>, Error>;

    fn register_ipn(&self, _url: &str, _kind: &str) -> Result<Call<String>, Error> {
        Err(Error::not_supported("IPN registration"))
    }

    /// Where the payment stands that the gateway or the merchant knows as `reference`.
    fn status(&self, reference: &str, operator: Option<&str>) -> Result<Call<Payment>, Error>;

    /// Where the payout stands that the merchant knows as `reference`, for the callbacks about it.
    fn payout_status(&self, _reference: &str) -> Result<Call<Payment>, Error> {
        Err(Error::not_supported("Payout status"))
    }

    /// What an HTTP 404 to `status` says, by its whole body.
    fn missing(&self, reference: &str, body: &str) -> Missing;

    /// At most one status call per this long, beyond a short burst.
    fn status_pace(&self) -> Rate {
        Rate {
            every: Duration::ZERO,
            burst: 0,
        }
    }

    /// The same of what callbacks cause. Both together leave room for payments and logins.
    fn lookup_pace(&self) -> Rate {
        Rate {
            every: Duration::from_millis(100),
            burst: 64,
        }
    }

    /// What a callback claims and what proves it. `headers` are lower-case names and values, where the
    /// caller passed them on.
    fn callback(&self, body: &str, headers: &[(String, String)]) -> Callback;

    /// The members that a callback is read from, where they are all that counts and each is a text.
    fn callback_members(&self) -> &'static [&'static str] {
        &[]
    }

    /// The same callback from those members, in their order; one that is absent is empty.
    fn callback_of(&self, _members: &[&str]) -> Callback {
        self.callback("", &[])
    }

    /// The keys that verify callbacks, when they are configured.
    fn public_keys(&self) -> Option<PublicKeys> {
        None
    }

    /// Where to ask for them, in order; the next place is for when one answers 404 or nothing.
    fn public_key_calls(&self) -> Vec<Call<PublicKeys>> {
        Vec::new()
    }

    /// The gateway's own code and message in an answer that is not a success.
    fn words(&self, response: &Response) -> Words;

    /// Whether the answer refuses the access token, whatever else it says.
    fn refuses_token(&self, response: &Response) -> bool {
        response.status == 401
    }

    /// The HTTP statuses with which it does so before anything else is looked at.
    fn token_statuses(&self) -> &'static [u16] {
        &[401]
    }

    /// The HTTP status that its bodies tell of a refusal beside the usual ones.
    fn own_refusal(&self) -> Option<u16> {
        None
    }

    /// Whether its refusals may be plain words in place of JSON.
    fn speaks_plainly(&self) -> bool {
        false
    }

    /// The member of a payment that holds the merchant's own reference.
    fn reference_member(&self) -> &'static str;
}

/// What an HTTP 404 to a status call says.
#[derive(Debug, PartialEq)]
pub enum Missing {
    /// The gateway does not have the payment yet, if ever.
    NotYet(Box<Payment>),
    /// The account cannot ask.
    Unsupported,
    /// No, in the gateway's own words.
    Refused,
    /// This is not the gateway's API.
    Elsewhere,
}

/// One request per `every`, beyond a burst of so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub every: Duration,
    pub burst: u32,
}

/// One API call: what to send, what it can change, and how to read a 2xx answer.
pub struct Call<T> {
    pub request: Request,
    pub effect: Effect,
    /// Reads the text of a whole 2xx answer.
    pub read: Read<T>,
}

/// A function, or one that knows what was asked.
pub type Read<T> = Arc<dyn Fn(&str) -> Reading<T> + Send + Sync>;

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self {
            request: self.request.clone(),
            effect: self.effect,
            read: Arc::clone(&self.read),
        }
    }
}

/// What a call can change at the gateway, which decides what a missing answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A payment may be made.
    MovesMoney,
    /// Something may be created that costs nothing.
    Registers,
    /// Nothing changes.
    Reads,
}

/// A callback, read. Nothing in it is trusted before its proof holds.
#[derive(Debug)]
pub struct Callback {
    /// The payment as the callback tells it.
    pub claim: Payment,
    pub proof: Proof,
    /// What tells two callbacks apart and no forger can vary; empty where the proven payment does.
    pub identity: Vec<u8>,
    /// The checksum that was right, by which it is the same callback however it is cut; else empty.
    pub signature: String,
    /// The JSON that the gateway wants for an answer, when it wants one: with success, and without.
    pub acknowledgement: Option<(String, String)>,
}

/// What a callback has to show for itself.
#[derive(Debug)]
pub enum Proof {
    /// A signature to be verified with the gateway's public key.
    Signature(SignedCallback),
    /// A checksum that was right.
    Checked,
    /// None or a wrong one.
    Broken(Reason),
    /// None, and none is to be had: it tells what it is about, and nobody knows whether that is true.
    Absent,
    /// Nothing; the gateway itself is asked for the payment of this reference.
    Ask(String),
}

/// A 2xx answer, read.
#[derive(Debug)]
pub enum Reading<T> {
    Success(T),
    /// The gateway says no inside a 2xx. `Some`: the library's own words when the gateway has none.
    Refusal(Option<&'static str>),
    /// The payment was made, and has failed at once; the library's own words as above.
    Failed(&'static str),
    /// Readable, and about another payment than the one that was asked for.
    Another(&'static str),
    /// Not an answer to this call; the text says why.
    Unreadable(&'static str),
}

/// The gateway's answer as JSON text, for the caller to see as it is.
pub type Answer = String;

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

/// An answer must be a JSON object to be read further.
fn with_object<T>(text: &str, read: impl FnOnce(&Object<'_>) -> Reading<T>) -> Reading<T> {
    match Object::parse(text) {
        Some(object) => read(&object),
        None if text.trim().is_empty() => Reading::Unreadable("an empty answer"),
        None => Reading::Unreadable("an answer that is not the expected JSON"),
    }
}

/// A string, number or boolean member as text, or what its list says.
fn said(object: &Object<'_>, name: &str) -> Option<String> {
    object
        .scalar(name)
        .or_else(|| repeated(object.get(name)?, 1))
}

/// The one text that every element of a list is, `least` of them: frameworks give a repeated query parameter so.
fn repeated(list: &str, least: usize) -> Option<String> {
    let texts = elements(list)?;
    let first = decode_string(texts.first()?)?;
    let are_equal = texts
        .iter()
        .all(|text| decode_string(text).as_ref() == Some(&first));
    (are_equal && texts.len() >= least).then_some(first)
}

/// What stands in a path or a query.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

/// A reference that can be asked for.
fn reference_of(reference: &str) -> Result<&str, Error> {
    let reference = reference.trim();
    let rule = |rule: &str| {
        let message = format!("reference must be a string of {rule}. Nothing was sent.");
        Err(Error::invalid_request(message))
    };
    if reference.is_empty() || reference.len() > MAX_REFERENCE {
        return rule(&format!("1 to {MAX_REFERENCE} characters"));
    }
    // What JavaScript cannot write as UTF-8, a lone surrogate, has become this character.
    if reference.contains(|c: char| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return rule("characters that can be printed");
    }
    Ok(reference)
}

/// A reference that stands in a path. Servers and proxies decode it more than once and take dots for
/// steps, so that nothing but a plain name goes there.
fn segment_of(reference: &str) -> Result<&str, Error> {
    let reference = reference_of(reference)?;
    let is_step = !reference.contains(char::is_alphanumeric);
    if is_step || reference.contains(['/', '\\', '?', '#', '%', ';']) {
        return Err(Error::invalid_request(
            "reference must hold a letter or a digit, and none of / \\ ? # % ; because it becomes a part \
             of a URL's path. Nothing was sent.",
        ));
    }
    Ok(reference)
}

/// No gateway gives or takes a longer one.
const MAX_REFERENCE: usize = 128;

/// An id, or a link, that is one: gateways write "null" where they have none.
fn id_of(body: &Object<'_>, name: &str) -> Option<String> {
    body.scalar(name).filter(|text| {
        let text = text.trim();
        let nothings = ["null", "undefined", "none", "false", "true"];
        let is_nothing = nothings
            .iter()
            .any(|nothing| text.eq_ignore_ascii_case(nothing));
        !is_nothing && !text.chars().all(|c| matches!(c, '0' | '-'))
    })
}

/// A payment body must be a JSON object.
fn payment_object(payment: &str) -> Result<Object<'_>, Error> {
    Object::parse(payment)
        .ok_or_else(|| Error::invalid_request("paymentData must be an object. Nothing was sent."))
}

/// A token that a header can carry.
fn logged_in(authorization: &str, lifetime: Lifetime) -> Reading<Login> {
    if !is_visible(authorization) {
        return Reading::Unreadable("a token that no header can carry");
    }
    Reading::Success(Login {
        authorization: Secret::new(authorization),
        lifetime,
    })
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|b| (0x20..0x7f).contains(&b))
}

/// A credential that travels in a header must be visible ASCII.
fn header_safe(key: &str, secret: Secret) -> Result<Secret, Error> {
    if is_visible(secret.reveal()) {
        return Ok(secret);
    }
    Err(Error::new(
        Code::InvalidConfig,
        format!("Invalid configuration: {key} must hold visible ASCII characters only."),
    ))
}
