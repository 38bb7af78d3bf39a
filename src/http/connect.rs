//! Connections: directly or through a proxy's tunnel, over TCP or TLS, and why one could not be made.
#![forbid(unsafe_code)]

use std::error::Error as StdError;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::header::{HOST, PROXY_AUTHORIZATION};
use hyper::{Request, StatusCode, Uri};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use super::life::Life;
use super::proxy::{Proxies, Proxy, Speaks, is_loopback, place};
use super::{lock, tls};

/// Time for name look-up, TCP, a proxy's tunnel and TLS together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that has been silent for this long is asked for a sign of life.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A silent connection counts as lost after this many unanswered requests for a sign of life.
pub const KEEP_ALIVES: u32 = 3;
/// What was sent and not acknowledged for this long ends the connection.
#[cfg(any(target_os = "android", target_os = "linux"))]
pub const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// So long a connection waits for the pool, before the other end may have closed it.
const LEFT_FOR: Duration = Duration::from_secs(5);

struct Left {
    place: String,
    at: Instant,
    stream: Stream,
}

/// Why no connection was made, and to whom.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CannotConnect(String);

/// Makes the connections of one SDK object.
#[derive(Clone)]
pub struct Connector {
    tcp: HttpConnector,
    to_gateways: TlsConnector,
    /// Offers HTTP/1.1 alone: what the pool speaks, and in which tunnels are asked for.
    by_http1: TlsConnector,
    /// Connections that were made to ask for HTTP/2, and on which the other end chose HTTP/1.1.
    left: Arc<Mutex<Vec<Left>>>,
    proxies: Arc<Proxies>,
    life: Life,
}

impl Connector {
    pub fn new(tls: ClientConfig, proxies: Arc<Proxies>, life: Life) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        tcp.set_keepalive(Some(KEEP_ALIVE));
        tcp.set_keepalive_interval(Some(KEEP_ALIVE));
        tcp.set_keepalive_retries(Some(KEEP_ALIVES));
        #[cfg(any(target_os = "android", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        let mut by_http1 = tls.clone();
        by_http1.alpn_protocols = vec![b"http/1.1".to_vec()];
        Self {
            tcp,
            to_gateways: Arc::new(tls).into(),
            by_http1: Arc::new(by_http1).into(),
            left: Arc::default(),
            proxies,
            life,
        }
    }

    /// Opens a connection on which HTTP/2 is offered, within [`CONNECT_TIMEOUT`].
    pub async fn open(&self, to: &Uri) -> Result<Stream, CannotConnect> {
        self.in_time(to, &self.to_gateways).await
    }

    /// Leaves a connection to the pool, which speaks HTTP/1.1.
    pub fn leave(&self, to: &Uri, stream: Stream) {
        let mut left = lock(&self.left);
        left.retain(|one| one.at.elapsed() < LEFT_FOR);
        left.push(Left {
            place: place(to),
            at: Instant::now(),
            stream,
        });
    }

    fn take_left(&self, to: &Uri) -> Option<Stream> {
        let mut left = lock(&self.left);
        left.retain(|one| one.at.elapsed() < LEFT_FOR);
        let place = place(to);
        let at = left.iter().position(|one| one.place == place)?;
        Some(left.swap_remove(at).stream)
    }

    async fn in_time(&self, to: &Uri, tls: &TlsConnector) -> Result<Stream, CannotConnect> {
        match tokio::time::timeout(CONNECT_TIMEOUT, self.connect(to, tls)).await {
            Ok(connected) => connected,
            Err(_) => {
                let (way, seconds) = (self.proxies.way(to), CONNECT_TIMEOUT.as_secs());
                Err(CannotConnect(format!(
                    "{way}: no connection within {seconds} s"
                )))
            }
        }
    }

    async fn connect(&self, to: &Uri, tls: &TlsConnector) -> Result<Stream, CannotConnect> {
        let at = |place: String, how: String| CannotConnect(format!("{place}: {how}"));
        let proxy = self.proxies.of(to);
        let stream = match proxy.map_err(|rule| CannotConnect(rule.to_owned()))? {
            None => self.tcp(to.clone()).await.map_err(|how| {
                let sandbox = is_loopback(to.host().unwrap_or_default()) && how == REFUSED;
                let hint = if sandbox { SANDBOX_HINT } else { "" };
                at(place(to), how + hint)
            })?,
            Some(proxy) => {
                let tunnel = self.tunnel(proxy, &place(to)).await;
                tunnel.map_err(|how| at(proxy.to_string(), how))?
            }
        };
        match to.scheme_str() {
            Some("https") => secure(tls, stream, to.host().unwrap_or_default())
                .await
                .map_err(|how| at(self.proxies.way(to), how)),
            _ => Ok(stream),
        }
    }

    async fn tcp(&self, to: Uri) -> Result<Stream, String> {
        // Each call of a connector is one connection.
        let connected = self.tcp.clone().call(to).await;
        let stream = connected.map_err(|error| {
            let cause = error.source().and_then(|cause| cause.downcast_ref());
            match cause.map(words) {
                Some(words) if error.to_string().contains("dns") => {
                    format!("its address was not found ({words})")
                }
                Some(words) => words,
                None => error.to_string(),
            }
        })?;
        Ok(Stream::new(stream.into_inner()))
    }

    /// Asks `proxy` for a tunnel to `place`.
    async fn tunnel(&self, proxy: &Proxy, place: &str) -> Result<Stream, String> {
        let address = format!("http://{}:{}", proxy.host, proxy.port);
        let mut stream = self
            .tcp(address.parse().map_err(|_| "not an address")?)
            .await?;
        if matches!(proxy.speaks, Speaks::Https) {
            stream = secure(&self.by_http1, stream, &proxy.host).await?;
        }
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        self.life
            .spawn(async move { drop(connection.with_upgrades().await) });
        let mut request = Request::connect(place).header(HOST, place);
        if let Some(authorization) = &proxy.authorization {
            request = request.header(PROXY_AUTHORIZATION, authorization);
        }
        let request = request
            .body(Empty::<Bytes>::new())
            .map_err(|error| error.to_string())?;
        let answer = sender
            .send_request(request)
            .await
            .map_err(|error| innermost(&error))?;
        match answer.status() {
            StatusCode::OK => {
                let tunnel = hyper::upgrade::on(answer)
                    .await
                    .map_err(|error| error.to_string())?;
                Ok(Stream::new(TokioIo::new(tunnel)))
            }
            StatusCode::PROXY_AUTHENTICATION_REQUIRED => Err(
                "it answered CONNECT with HTTP 407: check the user name and password in its URL"
                    .to_owned(),
            ),
            other => Err(format!("it answered CONNECT with HTTP {}", other.as_u16())),
        }
    }
}

/// What the system says where nobody listens.
const REFUSED: &str = "connection refused";
const SANDBOX_HINT: &str = "; is the sandbox running? npx finconnect sandbox";

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = CannotConnect;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, CannotConnect>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), CannotConnect>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            if let Some(stream) = connector.take_left(&to) {
                return Ok(TokioIo::new(stream));
            }
            let connected = connector.in_time(&to, &connector.by_http1).await;
            connected.map(TokioIo::new)
        })
    }
}

/// TLS with the server that is called `host`.
async fn secure(tls: &TlsConnector, stream: Stream, host: &str) -> Result<Stream, String> {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let server = ServerName::try_from(name.to_owned()).map_err(|error| error.to_string())?;
    let secured = tls.connect(server, stream).await.map_err(|error| {
        let of_tls = error.get_ref().and_then(|cause| cause.downcast_ref());
        of_tls.map_or_else(|| words(&error), |error| tls::explain(error, name))
    })?;
    let h2 = secured.get_ref().1.alpn_protocol() == Some(b"h2");
    Ok(Stream {
        h2,
        ..Stream::new(secured)
    })
}

/// The system's error without its number, where the kind says it all.
pub fn words(error: &io::Error) -> String {
    let kind = error.kind().to_string();
    match error.raw_os_error() {
        Some(_) if kind != "uncategorized error" => kind,
        _ => error.to_string(),
    }
}

/// The cause at the bottom of an error chain: "connection refused", not "error sending request".
pub fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
        .downcast_ref()
        .map_or_else(|| cause.to_string(), words)
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// An open connection of whichever kind.
pub struct Stream {
    io: Box<dyn Io>,
    h2: bool,
}

impl Stream {
    pub(super) fn new(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self {
            io: Box::new(io),
            h2: false,
        }
    }

    /// Whether both ends chose HTTP/2.
    pub fn speaks_h2(&self) -> bool {
        self.h2
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
