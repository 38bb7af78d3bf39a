//! Connections: TLS where asked, HTTP by what was negotiated.

use std::cell::Cell;
use std::convert::Infallible;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::Shared;
use crate::routes::answer;

#[derive(Clone, Copy)]
pub enum Protocols {
    Plain,
    /// The ALPN names offered, best first.
    Tls(&'static [&'static [u8]]),
}

type Identity = rcgen::CertifiedKey<rcgen::KeyPair>;

pub fn acceptor(
    protocols: Protocols,
    identity: &Identity,
) -> Result<Option<TlsAcceptor>, Box<dyn std::error::Error>> {
    let Protocols::Tls(names) = protocols else {
        return Ok(None);
    };
    let key = PrivatePkcs8KeyDer::from(identity.signing_key.serialize_der());
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![identity.cert.der().clone()], key.into())?;
    config.alpn_protocols = names.iter().map(|name| name.to_vec()).collect();
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// `streams`: how many a connection may have, if not as many as it likes.
pub async fn serve(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    streams: Option<u32>,
    gateway: Shared,
) {
    while let Ok((socket, _)) = listener.accept().await {
        let (acceptor, gateway) = (acceptor.clone(), Rc::clone(&gateway));
        tokio::task::spawn_local(async move {
            socket.set_nodelay(true)?;
            let Some(acceptor) = acceptor else {
                connection(socket, false, streams, gateway).await;
                return Ok(());
            };
            let stream = acceptor.accept(socket).await?;
            let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            connection(stream, is_h2, streams, gateway).await;
            io::Result::Ok(())
        });
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + 'static,
    is_h2: bool,
    streams: Option<u32>,
    gateway: Shared,
) {
    let epoch = Rc::new(Cell::new(u64::MAX));
    let service =
        service_fn(move |request| respond(request, Rc::clone(&gateway), Rc::clone(&epoch)));
    let io = TokioIo::new(stream);
    // A client that goes away is no failure of ours.
    if is_h2 {
        let _ = http2::Builder::new(Local)
            .max_concurrent_streams(streams)
            .serve_connection(io, service)
            .await;
    } else {
        let _ = http1::Builder::new().serve_connection(io, service).await;
    }
}

/// Runs a connection's streams on the gateway's one thread.
#[derive(Clone)]
struct Local;

impl<F: Future<Output = ()> + 'static> hyper::rt::Executor<F> for Local {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

async fn respond(
    request: Request<Incoming>,
    gateway: Shared,
    epoch: Rc<Cell<u64>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let (answer, latency_ms) = {
        let gateway = &mut *gateway.borrow_mut();
        if epoch.replace(gateway.counts.epoch) != gateway.counts.epoch {
            gateway.counts.connections += 1;
        }
        let answer = answer(gateway, &head, &body);
        if let Err(why) = &answer {
            gateway.counts.note_wrong(why.clone());
        }
        (answer, gateway.latency_ms)
    };
    if latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(latency_ms)).await;
    }
    let (status, text) = match answer {
        Ok(text) => (StatusCode::OK, text),
        Err(why) => (StatusCode::BAD_REQUEST, why),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    // As nginx does: no client shall need new connections in its next round.
    if head.version < Version::HTTP_2 {
        response
            .headers_mut()
            .insert("keep-alive", HeaderValue::from_static("timeout=75"));
    }
    Ok(response)
}
