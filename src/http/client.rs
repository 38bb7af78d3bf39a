//! The HTTP client: HTTP/2 by streams, HTTP/1.1 by a pool, deadlines, and an exact word on whether a request left.
#![forbid(unsafe_code)]

use std::error::Error as StdError;
use std::pin::pin;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use hyper::Uri;
use hyper::header::{
    self, ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap,
    HeaderName, HeaderValue,
};
use hyper::rt::Executor;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::TokioTimer;
use tokio::sync::Semaphore;

use super::connect::{CannotConnect, Connector, innermost};
use super::deadline::Deadline;
use super::departure::{Departure, Outgoing};
use super::life::Life;
use super::limits::{IDLE_TIMEOUT, MAX_HEAD, MAX_IDLE};
use super::origin::Origins;
use super::proxy::Proxies;
use super::socks::Socks;
use super::{
    Authorization, Failure, Lane, Method, NoAnswer, Request, Response, USER_AGENT, Why, answer,
    header_value, tls,
};
use crate::model::error::Error;

/// Payment requests under way at one time; more wait, within their deadline.
const MAX_PAYMENTS: usize = 256;
/// Registrations and questions of the caller's under way.
const MAX_REST: usize = 64;
/// The most lines of a head.
const MAX_HEAD_LINES: usize = 2048;
/// Lines that a request's head has room for from the start.
const HEAD_LINES: usize = 10;

/// The connections of one SDK object.
pub struct Client {
    origins: Origins,
    /// By HTTP/1.1.
    pool: Pool<Connector, Outgoing>,
    socks: Option<Socks>,
    proxies: Arc<Proxies>,
    life: Life,
    /// Where the first payment went, parsed: most go to the same.
    payments_url: OnceLock<(String, Uri)>,
    payments: Semaphore,
    rest: Semaphore,
}

/// Runs what the pool does beside its requests, for as long as the environment lives.
#[derive(Clone)]
struct Tasks(Life);

impl<F> Executor<F> for Tasks
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}

impl Client {
    /// `base`: where most requests go. `ca`: PEM texts of further certificate authorities to trust. What
    /// is under way ends with `life`.
    pub fn new(base: &str, ca: &[String], life: Life) -> Result<Self, Error> {
        let base: Uri = base.parse().map_err(|_| Error::internal())?;
        let proxies = Arc::new(Proxies::read(|name| std::env::var(name).ok()));
        if let Err(rule) = proxies.of(&base) {
            return Err(Error::invalid_config(format!("{rule}.")));
        }
        let tls = tls::client_config(ca)?;
        let socks = Socks::new(Arc::clone(&proxies), tls.clone()).map_err(|_| Error::internal())?;
        let connector = Connector::new(tls, Arc::clone(&proxies), life.clone());
        let pool = Pool::builder(Tasks(life.clone()))
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE)
            // Node reads such heads, and a payment must not lose its answer by them.
            .http1_max_headers(MAX_HEAD_LINES)
            .http1_max_buf_size(MAX_HEAD)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .build(connector.clone());
        Ok(Self {
            origins: Origins::new(connector, life.clone()),
            pool,
            socks,
            proxies,
            life,
            payments_url: OnceLock::new(),
            payments: Semaphore::new(MAX_PAYMENTS),
            rest: Semaphore::new(MAX_REST),
        })
    }

    /// Sends `request` once and reads the answer, unless `deadline` ends it first. Redirects are answers.
    pub async fn send(
        &self,
        request: &Request,
        lane: Lane,
        deadline: &Deadline,
    ) -> Result<Response, NoAnswer> {
        let departure = Departure::within(&self.life);
        let exchange = self.exchange(request, lane, departure.clone());
        let (why, connected) = match deadline.bound(pin!(exchange)).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(Failure { how, connected })) => (Why::Failed(how), connected),
            Err(ended) => (ended.into(), true),
        };
        let left = !departure.hold_back();
        Err(NoAnswer {
            why,
            sent: left && connected,
        })
    }

    async fn exchange(
        &self,
        request: &Request,
        lane: Lane,
        departure: Departure,
    ) -> Result<Response, Failure> {
        let slots = match lane {
            Lane::Payments => Some(&self.payments),
            Lane::Rest => Some(&self.rest),
            Lane::Logins | Lane::Callbacks => None,
        };
        let _slot = match slots {
            Some(slots) => slots.acquire().await.ok(),
            None => None,
        };
        let uri = self.uri(&request.url, lane)?;
        // The text itself goes out, not a copy that nobody would wipe.
        let body = request.body.clone().map(Bytes::from_owner);
        let socks = self.socks.as_ref().filter(|socks| socks.takes(&uri));
        if socks.is_none() && uri.scheme_str() == Some("https") {
            let head = || head(request, uri.clone());
            let by_h2 = self.origins.exchange(&uri, head, body.clone(), &departure);
            match by_h2.await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(Failure { how, connected }) if connected => {
                    return Err(format!("{}: {how}", self.proxies.way(&uri)).into());
                }
                Err(failure) => return Err(failure),
            }
        }
        let outgoing = head(request, uri.clone())?.map(|()| Outgoing::new(body, departure));
        if let Some(socks) = socks {
            return socks.exchange(outgoing).await;
        }
        match self.pool.request(outgoing).await {
            Ok(answer) => Ok(answer::read(answer).await),
            Err(error) => Err(match cause::<CannotConnect>(&error) {
                Some(cannot) => Failure::to_connect(cannot.to_string()),
                None => format!("{}: {}", self.proxies.way(&uri), innermost(&error)).into(),
            }),
        }
    }

    fn uri(&self, text: &str, lane: Lane) -> Result<Uri, String> {
        if let Some((_, uri)) = self.payments_url.get().filter(|(known, _)| known == text) {
            return Ok(uri.clone());
        }
        let uri: Uri = text.parse().map_err(|_| "a URL that none can ask for")?;
        if lane == Lane::Payments {
            let _ = self.payments_url.set((text.to_owned(), uri.clone()));
        }
        Ok(uri)
    }
}

/// The head of `request` as it goes out.
fn head(request: &Request, uri: Uri) -> Result<hyper::Request<()>, String> {
    let mut outgoing = hyper::Request::new(());
    *outgoing.headers_mut() = HeaderMap::with_capacity(HEAD_LINES);
    *outgoing.uri_mut() = uri;
    *outgoing.method_mut() = match request.method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
        Method::Put => hyper::Method::PUT,
        Method::Patch => hyper::Method::PATCH,
        Method::Delete => hyper::Method::DELETE,
    };
    let headers = outgoing.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    for (name, value) in &request.headers {
        let value = header_value(value.clone()).ok_or("a header that none can carry")?;
        headers.insert(HeaderName::from_static(name), value);
    }
    if let Some(Authorization(value)) = &request.authorization {
        headers.insert(AUTHORIZATION, value.clone());
    }
    if let Some(body) = &request.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.reveal().len()));
    }
    Ok(outgoing)
}

/// The first `T` in a chain of causes.
fn cause<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}
