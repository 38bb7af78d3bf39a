//! Requests and responses as plain values. Only `client`, `origin`, `streams`, `connect`, `socks` and
//! `answer` below do I/O.
#![forbid(unsafe_code)]

mod answer;
pub mod base_url;
pub mod client;
mod connect;
pub mod deadline;
mod decode;
mod departure;
pub mod life;
mod limits;
mod origin;
mod proxy;
mod socks;
mod streams;
mod tls;
mod usage;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::header::HeaderValue;

use crate::http::deadline::Ended;
use crate::model::secret::Secret;

pub const USER_AGENT: &str = concat!("finconnect/", env!("CARGO_PKG_VERSION"));

/// The value of a `Retry-After` header: seconds, or an HTTP date in any of its three forms, counted from
/// `now`.
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than can be counted is for ever.
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

impl From<Ended> for Why {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::TimedOut => Self::TimedOut,
            Ended::Cancelled => Self::Cancelled,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The value of an `Authorization` header, made once for all requests that carry it. Masked where it
/// is shown, wiped when dropped.
#[derive(Clone, Debug)]
pub struct Authorization(HeaderValue);

impl Authorization {
    /// `None` when no header can carry `text`.
    pub fn new(text: Secret) -> Option<Self> {
        header_value(text).map(Self)
    }

    pub fn reveal(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Without its scheme, such as `Bearer`.
    pub fn bare(&self) -> &str {
        let text = self.reveal();
        text.split_once(' ').map_or(text, |(_, bare)| bare)
    }
}

/// `text` itself as a header's value, not a copy of it.
fn header_value(text: Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// One API request. The client adds `Accept`, `User-Agent` and, where there is a body, `Content-Type:
/// application/json` when it sends it.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: String,
    /// Lower-case names and values.
    pub headers: Vec<(&'static str, Secret)>,
    pub authorization: Option<Authorization>,
    /// JSON text.
    pub body: Option<Secret>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            authorization: None,
            body: None,
        }
    }

    pub fn get(url: String) -> Self {
        Self::new(Method::Get, url)
    }

    pub fn post(url: String, json: impl Into<String>) -> Self {
        Self::new(Method::Post, url).json(json)
    }

    pub fn json(mut self, json: impl Into<String>) -> Self {
        self.body = Some(Secret::new(json));
        self
    }

    /// The host, an IPv6 address without its brackets, and the port.
    pub fn server(&self) -> (&str, u16) {
        let (scheme, after) = self.parts();
        let place = after.split(['/', '?', '#']).next().unwrap_or(after);
        let usual = if scheme == "http" { 80 } else { 443 };
        let (host, port) = place
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host, port.parse().ok()?)))
            .unwrap_or((place, usual));
        (host.trim_matches(['[', ']']), port)
    }

    /// The path of the URL, without its query.
    pub fn path(&self) -> &str {
        let (_, after) = self.parts();
        let path = after
            .find('/')
            .and_then(|at| after.get(at..))
            .unwrap_or("/");
        path.split(['?', '#']).next().unwrap_or(path)
    }

    /// The scheme, and what follows it.
    fn parts(&self) -> (&str, &str) {
        self.url.split_once("://").unwrap_or(("", &self.url))
    }

    pub fn header(mut self, name: &'static str, value: Secret) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// What nobody leaves half changed, so that a panic of another's changes nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why a request failed, inside this folder.
struct Failure {
    how: String,
    /// Whether there was a connection that could have taken it.
    connected: bool,
}

impl Failure {
    fn to_connect(how: String) -> Self {
        Self {
            how,
            connected: false,
        }
    }
}

impl<T: Into<String>> From<T> for Failure {
    fn from(how: T) -> Self {
        Self {
            how: how.into(),
            connected: true,
        }
    }
}

/// Which limit a request counts towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Payments,
    /// One at a time, which nothing else can hold up.
    Logins,
    /// Requests that callbacks cause, whose number `flow` and `callback` bound.
    Callbacks,
    Rest,
}

/// An answer, read to its end or until it broke.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    /// The body as UTF-8 without a byte order mark; invalid bytes become U+FFFD.
    pub text: String,
    /// Why the body is not whole, when it is not.
    pub broken: Option<String>,
    /// `Retry-After`, in seconds or as a date.
    pub retry_after: Option<Duration>,
    /// `Date`: the sender's clock.
    pub date: Option<SystemTime>,
}

/// An exchange that brought no answer.
#[derive(Clone, Debug)]
pub struct NoAnswer {
    pub why: Why,
    /// Whether any byte of the request can have left this machine.
    pub sent: bool,
}

#[derive(Clone, Debug)]
pub enum Why {
    /// The deadline passed.
    TimedOut,
    /// The caller gave up.
    Cancelled,
    /// The connection failed; the text says how.
    Failed(String),
    /// The caller's own fetch answered what is no response; the text says what.
    Misused(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authorization_is_masked_and_is_what_a_header_can_carry() {
        let made = |text: &str| Authorization::new(Secret::new(text));
        let token = made("Bearer eyJhbGciOiJub25lIn0").unwrap();
        assert_eq!(token.reveal(), "Bearer eyJhbGciOiJub25lIn0");
        assert!(!format!("{token:?}").contains("eyJ"));
        for text in ["Bearer a\nX-Other: b", "Bearer \0", "Bearer \u{7f}"] {
            assert!(made(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_in_any_of_three_forms() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_470);
        let table = [
            ("120", Some(Duration::from_secs(120))),
            (" 0 ", Some(Duration::ZERO)),
            ("99999999999999999999999", Some(Duration::MAX)),
            (
                "Wed, 21 Oct 2015 07:28:00 GMT",
                Some(Duration::from_secs(10)),
            ),
            (
                "Wednesday, 21-Oct-15 07:28:00 GMT",
                Some(Duration::from_secs(10)),
            ),
            ("Wed Oct 21 07:28:00 2015", Some(Duration::from_secs(10))),
            (
                "Sun Nov  1 07:27:50 2015",
                Some(Duration::from_secs(11 * 86_400)),
            ),
            ("Wed, 21 Oct 2015 07:00:00 GMT", Some(Duration::ZERO)),
            ("Wednesday, 21-Oct-70 07:28:00 GMT", Some(Duration::ZERO)),
        ];
        for (text, asked) in table {
            assert_eq!(retry_after(text, now), asked, "{text}");
        }
        for text in [
            "",
            "soon",
            "-5",
            "+5",
            "1.5",
            "Wed, 32 Oct 2015 07:28:00 GMT",
            "1 2",
        ] {
            assert_eq!(retry_after(text, now), None, "{text}");
        }
    }

    #[test]
    fn a_server_is_a_host_and_a_port() {
        for (url, host, port) in [
            ("https://a.example/b:1?c=d:2", "a.example", 443),
            ("https://a.example", "a.example", 443),
            ("https://a.example:8443?b", "a.example", 8443),
            ("http://127.0.0.1/b", "127.0.0.1", 80),
            ("http://[::1]:3000/b", "::1", 3000),
            ("https://[::1]/b", "::1", 443),
        ] {
            let request = Request::get(url.to_owned());
            assert_eq!(request.server(), (host, port), "{url}");
        }
    }

    #[test]
    fn a_path_is_shown_without_host_and_query() {
        let path = |url: &str| Request::get(url.to_owned()).path().to_owned();
        assert_eq!(path("https://a.example/b/c?d=e"), "/b/c");
        assert_eq!(path("https://a.example"), "/");
    }
}
