//! One request as a stream of an HTTP/2 connection, by the h2 crate, and what keeps the connection.
#![forbid(unsafe_code)]

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

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
const GOODBYE: Duration = Duration::from_secs(2);

/// Why a stream brought no answer.
pub enum Broken {
    /// The connection took no new stream: nothing of the request is on it.
    NotOpened(String),
    Failed(String),
}

/// What opens streams on a connection, and what keeps it going.
pub type Connected = (SendRequest<Bytes>, Connection<Stream, Bytes>);

/// Opens HTTP/2 on a connection that was agreed on for it.
pub async fn handshake(stream: Stream) -> Result<Connected, h2::Error> {
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

#[cfg(test)]
mod tests {
    use tokio::io::{DuplexStream, duplex};

    use super::super::lock;
    use super::*;

    /// A connection that is kept, with the other end of it, and its use.
    async fn kept() -> (
        SendRequest<Bytes>,
        DuplexStream,
        Arc<Use>,
        tokio::task::JoinHandle<()>,
    ) {
        let (near, far) = duplex(1 << 16);
        let (sender, connection) = handshake(Stream::new(near)).await.unwrap();
        let usage = Arc::new(Use::new());
        let mine = sender.clone();
        let own = Arc::clone(&usage);
        let task = tokio::spawn(async move {
            let held = std::sync::Mutex::new(Some(mine));
            keep(connection, own, || {}, || drop(lock(&held).take())).await;
        });
        (sender, far, usage, task)
    }

    /// A gateway that answers pings, and nothing else.
    async fn alive(far: DuplexStream) {
        let mut connection = h2::server::handshake(far).await.unwrap();
        while connection.accept().await.is_some() {}
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_gives_no_sign_of_life_ends() {
        let (_sender, _far, usage, task) = kept().await;
        usage.begin();
        let started = Instant::now();
        task.await.unwrap();
        assert_eq!(started.elapsed(), PING_EVERY + PING_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_in_use_is_kept_and_an_idle_one_is_closed_in_time() {
        let (sender, far, usage, task) = kept().await;
        let gateway = tokio::spawn(alive(far));
        usage.begin();
        tokio::time::sleep(10 * IDLE_TIMEOUT).await;
        assert!(!task.is_finished());
        usage.end();
        drop(sender);
        let started = Instant::now();
        task.await.unwrap();
        let took = started.elapsed();
        assert!(
            (IDLE_TIMEOUT..=IDLE_TIMEOUT + GOODBYE).contains(&took),
            "{took:?}"
        );
        gateway.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn until_the_gateway_tells_its_limit_there_is_room_for_one_stream() {
        let (sender, far, usage, _task) = kept().await;
        assert!(usage.has_room() && !usage.has_told());
        usage.begin();
        assert!(!usage.has_room());
        let gateway = tokio::spawn(alive(far));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(usage.has_room() && usage.has_told());
        drop((sender, gateway));
    }
}
