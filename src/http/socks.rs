//! Requests through a SOCKS proxy, by reqwest.
#![forbid(unsafe_code)]

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use hyper::Uri;
use reqwest::redirect::Policy;
use reqwest::{Body, Client};
use rustls::ClientConfig;

use super::connect::{self, CONNECT_TIMEOUT, innermost};
use super::departure::Outgoing;
use super::proxy::{Proxies, Speaks};
use super::{Failure, Response, answer, limits, tls};

/// The connections of one SDK object that go through SOCKS proxies.
pub struct Socks {
    client: Client,
    proxies: Arc<Proxies>,
}

impl Socks {
    /// `None` where the environment names no such proxy.
    pub fn new(proxies: Arc<Proxies>, mut tls: ClientConfig) -> reqwest::Result<Option<Self>> {
        let [http, https] = proxies.socks();
        if http.is_none() && https.is_none() {
            return Ok(None);
        }
        // reqwest's HTTP/2 would bring h2's and hyper's connection a second time, for the few behind such a proxy.
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let mut builder = Client::builder()
            .no_proxy()
            .use_preconfigured_tls(tls)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_keepalive(connect::KEEP_ALIVE)
            .tcp_keepalive_interval(connect::KEEP_ALIVE)
            .tcp_keepalive_retries(connect::KEEP_ALIVES)
            .pool_idle_timeout(limits::IDLE_TIMEOUT)
            .pool_max_idle_per_host(limits::MAX_IDLE)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true);
        #[cfg(any(target_os = "android", target_os = "linux"))]
        {
            builder = builder.tcp_user_timeout(connect::UNACKNOWLEDGED);
        }
        if let Some(url) = http {
            builder = builder.proxy(reqwest::Proxy::http(url.reveal())?);
        }
        if let Some(url) = https {
            builder = builder.proxy(reqwest::Proxy::https(url.reveal())?);
        }
        let client = builder.build()?;
        Ok(Some(Self { client, proxies }))
    }

    /// Whether requests to `uri` go through a SOCKS proxy.
    pub fn takes(&self, uri: &Uri) -> bool {
        self.proxies
            .of(uri)
            .is_ok_and(|proxy| proxy.is_some_and(|proxy| matches!(proxy.speaks, Speaks::Socks(_))))
    }

    /// Sends `outgoing` once, and reads the answer. Its body cannot be cloned, so reqwest never sends it a
    /// second time.
    pub async fn exchange(&self, outgoing: hyper::Request<Outgoing>) -> Result<Response, Failure> {
        let uri = outgoing.uri().clone();
        let sent = match outgoing.map(Body::wrap).try_into() {
            Ok(request) => self.client.execute(request).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(answer) => Ok(answer::read(hyper::Response::from(answer)).await),
            Err(error) => Err(self.failure(&uri, &error)),
        }
    }

    fn failure(&self, uri: &Uri, error: &reqwest::Error) -> Failure {
        let host = uri.host().unwrap_or_default();
        let how = match of_tls(error) {
            Some(error) => tls::explain(error, host.trim_matches(['[', ']'])),
            None => innermost(error),
        };
        Failure {
            how: format!("{}: {how}", self.proxies.way(uri)),
            connected: !error.is_connect(),
        }
    }
}

/// The error of TLS in a chain of causes, where it is wrapped as one of I/O.
fn of_tls<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(cause) = next {
        let wrapped = cause.downcast_ref().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|error| error.downcast_ref()) {
            return Some(found);
        }
        next = cause.source();
    }
    None
}
