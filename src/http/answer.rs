//! Reading an answer: its body within its bound, uncompressed, as text.
#![forbid(unsafe_code)]

use std::time::SystemTime;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use hyper::header::{CONTENT_ENCODING, DATE, HeaderName, RETRY_AFTER};
use tokio::task::spawn_blocking;

use super::decode::{self, Decoded};
use super::{Response, retry_after};

/// The largest answer that is read, on the wire and uncompressed.
const MAX_ANSWER: usize = 1 << 20;

pub async fn read(answer: hyper::Response<impl Body<Data = Bytes> + Unpin>) -> Response {
    let status = answer.status().as_u16();
    let headers = answer.headers();
    let said = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let retry_after = said(RETRY_AFTER).and_then(|value| retry_after(value, SystemTime::now()));
    let date = said(DATE).and_then(|value| httpdate::parse_http_date(value).ok());
    let codings = headers.get_all(CONTENT_ENCODING).iter();
    let codings = decode::codings(codings.map(|value| value.to_str().unwrap_or("?")));
    let came = whole(answer.into_body()).await;
    let Decoded { bytes, broken } = match codings.is_empty() {
        true => came,
        false => uncompressed(codings, came).await,
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
        date,
    }
}

/// A body as it comes over the wire.
async fn whole(mut body: impl Body<Data = Bytes> + Unpin) -> Decoded {
    let mut bytes = Vec::new();
    let broken = loop {
        let data = match body.frame().await {
            None => break None,
            Some(Err(_)) => break Some("cut off".to_owned()),
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        };
        if bytes.len() + data.len() > MAX_ANSWER {
            break Some(format!("larger than {MAX_ANSWER} bytes"));
        }
        bytes.extend_from_slice(&data);
    };
    Decoded { bytes, broken }
}

/// Undoes the codings of a body on another thread: it may take milliseconds, and other payments must not wait for it.
async fn uncompressed(codings: Vec<String>, came: Decoded) -> Decoded {
    let undone = match came.broken {
        Some(_) => None,
        None => spawn_blocking(move || decode::decode(&codings, came.bytes, MAX_ANSWER))
            .await
            .ok(),
    };
    undone.unwrap_or_else(|| Decoded {
        bytes: Vec::new(),
        broken: came.broken.or_else(|| Some("not readable".to_owned())),
    })
}
