//! The HTTP client: one keep-alive pool, deadlines, and an exact word on whether a request left.
#![forbid(unsafe_code)]

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{self, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use tokio::sync::Semaphore;
use url::Url;

use super::{
    Authorization, Lane, Method, NoAnswer, Request, Response, Why, header_value, retry_after, tls,
};
use crate::context::Context;
use crate::error::Error;

/// Time for name look-up, TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection idle for longer is closed by us, before a gateway's front door does it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);
/// Idle connections kept for each host.
const MAX_IDLE: usize = 64;
/// Payment requests under way at one time; more wait, within their deadline.
const MAX_PAYMENTS: usize = 256;
/// All other requests under way: payments that hang must not keep a callback from its key.
const MAX_REST: usize = 64;
/// The largest answer that is read.
const MAX_ANSWER: usize = 1 << 20;
/// HTTP/2 pings, also while idle, so that a dead connection is noticed before the next payment uses it.
const PING_EVERY: Duration = Duration::from_secs(15);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

pub const USER_AGENT: &str = concat!("finconnect/", env!("CARGO_PKG_VERSION"));

/// The connections of one SDK object.
pub struct Client {
    inner: reqwest::Client,
    /// Where payments go, parsed: it is the same for each.
    payments_url: OnceLock<Url>,
    payments: Semaphore,
    rest: Semaphore,
}

impl Client {
    /// `loopback`: the gateway is on this machine, where no proxy could reach it for us. `ca`: PEM texts
    /// of further certificate authorities to trust.
    pub fn new(loopback: bool, ca: &[String]) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut builder = reqwest::Client::builder()
            .use_preconfigured_tls(tls::client_config(ca)?)
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(PING_EVERY)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .http2_keep_alive_while_idle(true);
        if loopback {
            builder = builder.no_proxy();
        }
        let inner = builder.build().map_err(|_| Error::internal())?;
        Ok(Self {
            inner,
            payments_url: OnceLock::new(),
            payments: Semaphore::new(MAX_PAYMENTS),
            rest: Semaphore::new(MAX_REST),
        })
    }

    /// Sends `request` once and reads the answer, unless `context` ends first. Redirects are answers.
    pub async fn send(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
        lane: Lane,
        context: &Context,
    ) -> Result<Response, NoAnswer> {
        let departure = Departure::default();
        let exchange = self.exchange(request, authorization, lane, departure.clone());
        let why = match context.bound(exchange).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => Why::Failed(innermost(error.as_ref())),
            Err(ended) => ended.into(),
        };
        Err(NoAnswer {
            why,
            sent: !departure.hold_back(),
        })
    }

    async fn exchange(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
        lane: Lane,
        departure: Departure,
    ) -> Result<Response, Box<dyn StdError + Send + Sync>> {
        let slots = match lane {
            Lane::Payments => &self.payments,
            Lane::Rest => &self.rest,
        };
        let _slot = slots.acquire().await?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut outgoing = reqwest::Request::new(method, self.url(&request.url, lane)?);
        let headers = outgoing.headers_mut();
        for (name, value) in &request.headers {
            let value = header_value(value.clone()).ok_or("a header that none can carry")?;
            headers.insert(HeaderName::from_static(name), value);
        }
        if let Some(Authorization(value)) = authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        if let Some(json) = &request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            // The text itself goes out, not a copy that nobody would wipe.
            let bytes = Some(Bytes::from_owner(json.clone()));
            *outgoing.body_mut() = Some(reqwest::Body::wrap(Outgoing { bytes, departure }));
        } else {
            // Without a body to watch, assume the worst; such requests move no money.
            departure.depart();
        }
        let answer = self.inner.execute(outgoing).await;
        Ok(read(answer.map_err(reqwest::Error::without_url)?).await)
    }

    fn url(&self, text: &str, lane: Lane) -> Result<Url, url::ParseError> {
        if let Some(url) = self.payments_url.get().filter(|url| url.as_str() == text) {
            return Ok(url.clone());
        }
        let url = Url::parse(text)?;
        if lane == Lane::Payments {
            let _ = self.payments_url.set(url.clone());
        }
        Ok(url)
    }
}

async fn read(mut answer: reqwest::Response) -> Response {
    let status = answer.status().as_u16();
    let asked = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let retry_after = asked.and_then(|value| retry_after(value, SystemTime::now()));
    let mut bytes = Vec::new();
    let broken = loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MAX_ANSWER => {
                break Some(format!("larger than {MAX_ANSWER} bytes"));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break None,
            Err(_) => break Some("cut off".to_owned()),
        }
    };
    let mut text = String::from_utf8(bytes)
        .unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned());
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Response {
        status,
        text,
        broken,
        retry_after,
    }
}

/// The cause at the bottom of an error chain: "Connection refused", not "error sending request".
fn innermost(error: &(dyn StdError + Send + Sync + 'static)) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Whether a request leaves, decided once: by the connection that takes its body, or by whoever gives
/// up before that. An HTTP/2 connection may take a body long after its caller has been told the
/// outcome, so it has to ask.
#[derive(Clone, Default)]
struct Departure(Arc<AtomicU8>);

const WAITING: u8 = 0;
const LEFT: u8 = 1;
const HELD_BACK: u8 = 2;

impl Departure {
    /// Lets the request go, unless it was held back.
    fn depart(&self) -> bool {
        self.decide(LEFT)
    }

    /// Keeps the request from ever leaving; `false` when it has left.
    fn hold_back(&self) -> bool {
        self.decide(HELD_BACK)
    }

    fn decide(&self, fate: u8) -> bool {
        match self
            .0
            .compare_exchange(WAITING, fate, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => true,
            Err(decided) => decided == fate,
        }
    }
}

/// A request body that leaves only by its `Departure`. Without its body a request asks for nothing: an
/// HTTP/1.1 head is written in the same turn that takes the body, an HTTP/2 stream is reset. It cannot
/// be cloned, so nothing below can send it a second time.
struct Outgoing {
    bytes: Option<Bytes>,
    departure: Departure,
}

#[derive(Debug, thiserror::Error)]
#[error("its caller was told that it was not sent")]
struct HeldBack;

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = HeldBack;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, HeldBack>>> {
        if !self.departure.depart() {
            return Poll::Ready(Some(Err(HeldBack)));
        }
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
