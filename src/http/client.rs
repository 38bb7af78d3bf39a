//! The HTTP client: one keep-alive pool, deadlines, and an exact word on whether a request left.
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::{Method, NoAnswer, Request, Response, Why, tls};
use crate::error::Error;

/// Time for name look-up, TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection idle for longer is closed by us, before a gateway's front door does it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);
/// Idle connections kept for each host.
const MAX_IDLE: usize = 64;
/// Requests under way at one time; the rest wait, within their deadline.
const MAX_IN_FLIGHT: usize = 256;
/// The largest answer that is read.
const MAX_ANSWER: usize = 1 << 20;
/// HTTP/2 pings while requests wait, so that a dead connection is noticed before the next payment uses it.
const PING_EVERY: Duration = Duration::from_secs(15);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

const USER_AGENT: &str = concat!("finconnect/", env!("CARGO_PKG_VERSION"));

/// The connections of one SDK object.
pub struct Client {
    inner: reqwest::Client,
    in_flight: Semaphore,
}

impl Client {
    /// `loopback`: the gateway is on this machine, where no proxy could reach it for us.
    pub fn new(loopback: bool) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut builder = reqwest::Client::builder()
            .use_preconfigured_tls(tls::client_config()?)
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
            .http2_keep_alive_timeout(PING_TIMEOUT);
        if loopback {
            builder = builder.no_proxy();
        }
        let inner = builder.build().map_err(|_| Error::internal())?;
        Ok(Self {
            inner,
            in_flight: Semaphore::new(MAX_IN_FLIGHT),
        })
    }

    /// Sends `request` once and reads the answer, all before `deadline`. Redirects are answers.
    pub async fn send(&self, request: Request, deadline: Instant) -> Result<Response, NoAnswer> {
        let sent = Arc::new(AtomicBool::new(false));
        let exchange = self.exchange(request, Arc::clone(&sent));
        let why = match timeout_at(deadline, exchange).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => Why::Failed(innermost(error.as_ref())),
            Err(_) => Why::TimedOut,
        };
        Err(NoAnswer {
            why,
            sent: sent.load(Ordering::Relaxed),
        })
    }

    async fn exchange(
        &self,
        request: Request,
        sent: Arc<AtomicBool>,
    ) -> Result<Response, Box<dyn StdError + Send + Sync>> {
        let _slot = self.in_flight.acquire().await?;
        let mut builder = match request.method {
            Method::Get => self.inner.get(&request.url),
            Method::Post => self.inner.post(&request.url),
        };
        for (name, value) in &request.headers {
            let mut value = HeaderValue::from_str(value.reveal())?;
            value.set_sensitive(true);
            builder = builder.header(HeaderName::from_static(name), value);
        }
        if let Some(json) = &request.body {
            let bytes = Bytes::copy_from_slice(json.reveal().as_bytes());
            let body = Outgoing {
                bytes: Some(bytes),
                sent,
            };
            builder = builder
                .header(CONTENT_TYPE, "application/json")
                .body(reqwest::Body::wrap(body));
        } else {
            // Without a body to watch, assume the worst; such requests move no money.
            sent.store(true, Ordering::Relaxed);
        }
        let answer = builder.send().await.map_err(reqwest::Error::without_url)?;
        Ok(read(answer).await)
    }
}

async fn read(mut answer: reqwest::Response) -> Response {
    let status = answer.status().as_u16();
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
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    Response {
        status,
        text,
        broken,
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

/// A request body that notes when it is taken. hyper takes the body in the same turn that it writes
/// the head, and before it flushes: a body never taken proves that nothing was written. It cannot be
/// cloned, so nothing below can send it a second time.
struct Outgoing {
    bytes: Option<Bytes>,
    sent: Arc<AtomicBool>,
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.sent.store(true, Ordering::Relaxed);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
