//! One request as a stream of an HTTP/2 connection, by the h2 crate, and what keeps the connection.
#![forbid(unsafe_code)]

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::client::{Connection, SendRequest};
use h2::{Ping, PingPong, RecvStream};
use http_body::{Body, Frame};
use hyper::{Request, Response};
use tokio::time::{Instant, sleep_until, timeout};

use super::connect::{Stream, words};
use super::departure::{Departure, HeldBack};
use super::limits::{IDLE_TIMEOUT, MAX_HEAD, PING_EVERY, PING_TIMEOUT};
use super::usage::{FIRST_STREAMS, Use};

/// How much of an answer a gateway may send before it is read: more than any answer that is read whole.
const STREAM_WINDOW: u32 = 2 << 20;
/// The same of all answers on one connection.
const CONNECTION_WINDOW: u32 = 5 << 20;
/// How long a connection that nobody needs may take to say goodbye.
const GOODBYE: std::time::Duration = std::time::Duration::from_secs(2);

/// Why a stream brought no answer.
pub enum Broken {
    /// The connection took no new stream: nothing of the request is on it.
    NotOpened(String),
    Failed(String),
}

/// Opens HTTP/2 on a connection that was agreed on for it.
pub async fn handshake(
    stream: Stream,
) -> Result<(SendRequest<Bytes>, Connection<Stream, Bytes>), h2::Error> {
    h2::client::Builder::new()
        .enable_push(false)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .initial_max_send_streams(FIRST_STREAMS)
        .max_header_list_size(MAX_HEAD as u32)
        .handshake(stream)
        .await
}

/// Keeps a connection going until it ends: it asks for signs of life, also while idle, and closes what nobody uses.
/// `room` is called when the gateway has told how many streams there may be, and `leave` when no new one may come any
/// more, which lets the connection end by itself.
pub async fn keep(
    mut connection: Connection<Stream, Bytes>,
    usage: Arc<Use>,
    room: impl Fn(),
    leave: impl Fn(),
) {
    let Some(mut pings) = connection.ping_pong() else {
        return;
    };
    let mut connection = poll_fn(|context| {
        let ended = Pin::new(&mut connection).poll(context);
        if usage.told(connection.max_concurrent_send_streams()) {
            room();
        }
        ended
    });
    let mut ping_at = Instant::now() + PING_EVERY;
    loop {
        let idle_at = usage.idle_since().map(|since| since + IDLE_TIMEOUT);
        let next = idle_at.map_or(ping_at, |idle_at| idle_at.min(ping_at));
        tokio::select! {
            _ = &mut connection => return,
            () = sleep_until(next) => {}
        }
        let now = Instant::now();
        if usage
            .idle_since()
            .is_some_and(|since| since + IDLE_TIMEOUT <= now)
        {
            leave();
            let _ = timeout(GOODBYE, connection).await;
            return;
        }
        if now >= ping_at {
            tokio::select! {
                _ = &mut connection => return,
                answer = timeout(PING_TIMEOUT, sign_of_life(&mut pings)) => {
                    // Dropped, a connection ends all its streams.
                    if !matches!(answer, Ok(Ok(()))) {
                        return;
                    }
                }
            }
            ping_at = Instant::now() + PING_EVERY;
        }
    }
}

async fn sign_of_life(pings: &mut PingPong) -> Result<(), h2::Error> {
    pings.send_ping(Ping::opaque())?;
    poll_fn(|context| pings.poll_pong(context)).await.map(drop)
}

/// Sends a request as a stream of its own, head and body in one write, and waits for the head of its answer.
pub async fn exchange(
    mut sender: SendRequest<Bytes>,
    head: Request<()>,
    body: Option<Bytes>,
    departure: &Departure,
) -> Result<Response<Answer>, Broken> {
    let not_opened = |error: h2::Error| Broken::NotOpened(said(&error));
    poll_fn(|context| sender.poll_ready(context))
        .await
        .map_err(not_opened)?;
    // A request without a body asks for what it asks by its head.
    if body.is_none() && !departure.depart() {
        return Err(Broken::Failed(HeldBack.to_string()));
    }
    let (answer, mut stream) = sender
        .send_request(head, body.is_none())
        .map_err(not_opened)?;
    if let Some(body) = body {
        if !departure.depart() {
            return Err(Broken::Failed(HeldBack.to_string()));
        }
        // Handed over before the connection's turn, it goes out with its head. A gateway that closes the stream before
        // it has the body may have answered all the same.
        let _ = stream.send_data(body, true);
    }
    answer
        .await
        .map(|answer| answer.map(Answer))
        .map_err(|error| Broken::Failed(said(&error)))
}

fn said(error: &h2::Error) -> String {
    error.get_io().map_or_else(|| error.to_string(), words)
}

/// The body of an answer.
pub struct Answer(RecvStream);

impl Body for Answer {
    type Data = Bytes;
    type Error = h2::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, h2::Error>>> {
        let came = ready!(self.0.poll_data(context)).map(|data| {
            let data = data?;
            // What was read makes room for as much more.
            self.0.flow_control().release_capacity(data.len())?;
            Ok(Frame::data(data))
        });
        Poll::Ready(came)
    }
}
