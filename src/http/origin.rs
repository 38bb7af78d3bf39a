//! Which connection a request to an origin takes: one that is open, another when its streams are all in use, or a
//! new one.
#![forbid(unsafe_code)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use hyper::{Request, Uri};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::connect::Connector;
use super::departure::Departure;
use super::life::Life;
use super::proxy::place;
use super::streams::{self, Broken, Connected};
use super::usage::Use;
use super::{Failure, Response, answer, lock};

/// Connections to one origin at one time.
const MAX_CONNECTIONS: usize = 16;
/// Where a further connection could not be made, another is tried after this long.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How many connections are tried that turn out to be closed: all that there can be, and a new one.
const TRIES: usize = MAX_CONNECTIONS + 1;

/// The origins of one SDK object that have been asked.
pub struct Origins {
    connector: Connector,
    life: Life,
    known: Mutex<Vec<Arc<Origin>>>,
}

struct Origin {
    place: String,
    state: Mutex<State>,
    /// Tells one who waits that a stream has ended.
    freed: Notify,
}

#[derive(Default)]
struct State {
    open: Vec<Open>,
    opening: Option<Opening>,
    not_before: Option<Instant>,
    next_id: usize,
    /// It speaks HTTP/1.1, which is another's work.
    is_http1: bool,
}

/// A connection that is being made; what became of it, when it is known.
type Opening = watch::Receiver<Option<Result<(), String>>>;

struct Open {
    id: usize,
    sender: SendRequest<Bytes>,
    usage: Arc<Use>,
}

/// A stream's place on a connection, given back when it is dropped.
struct Place {
    origin: Arc<Origin>,
    id: usize,
    sender: SendRequest<Bytes>,
    usage: Arc<Use>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.usage.end();
        self.origin.freed.notify_one();
    }
}

impl Origins {
    pub fn new(connector: Connector, life: Life) -> Self {
        Self {
            connector,
            life,
            known: Mutex::default(),
        }
    }

    /// Sends a request by HTTP/2; `None` where the origin speaks HTTP/1.1 alone, and nothing was sent. `head` makes
    /// its head, once for each connection that turns out to be closed.
    pub async fn exchange(
        &self,
        uri: &Uri,
        head: impl Fn() -> Result<Request<()>, String>,
        body: Option<Bytes>,
        departure: &Departure,
    ) -> Result<Option<Response>, Failure> {
        let origin = self.origin(uri);
        let mut tries = 1;
        loop {
            let Some(place) = self
                .place(&origin, uri)
                .await
                .map_err(Failure::to_connect)?
            else {
                return Ok(None);
            };
            let sender = place.sender.clone();
            match streams::exchange(sender, head()?, body.clone(), departure).await {
                // The stream keeps its place until its answer is read.
                Ok(answer) => return Ok(Some(answer::read(answer).await)),
                Err(Broken::NotOpened(_)) if tries < TRIES => {
                    tries += 1;
                    origin.forget(place.id);
                }
                Err(Broken::NotOpened(how) | Broken::Failed(how)) => return Err(how.into()),
            }
        }
    }

    fn origin(&self, uri: &Uri) -> Arc<Origin> {
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let mut known = lock(&self.known);
        if let Some(origin) = known.iter().find(|origin| origin.place == authority) {
            return Arc::clone(origin);
        }
        let origin = Arc::new(Origin {
            place: authority.to_owned(),
            state: Mutex::default(),
            freed: Notify::new(),
        });
        known.push(Arc::clone(&origin));
        origin
    }

    /// A place on one of the origin's connections, which is opened where there is none.
    async fn place(&self, origin: &Arc<Origin>, uri: &Uri) -> Result<Option<Place>, String> {
        loop {
            let freed = origin.freed.notified();
            let opening = {
                let mut state = lock(&origin.state);
                if state.is_http1 {
                    return Ok(None);
                }
                if let Some(place) = state.free(origin) {
                    return Ok(Some(place));
                }
                if state.may_open() {
                    state.opening = Some(self.open(origin, uri));
                }
                state.opening.clone()
            };
            let Some(mut opening) = opening else {
                freed.await;
                continue;
            };
            let became = tokio::select! {
                became = opening.wait_for(Option::is_some) => became.ok().and_then(|became| became.clone()),
                () = freed => continue,
            };
            match became {
                Some(Ok(())) => {}
                Some(Err(how)) if lock(&origin.state).open.is_empty() => return Err(how),
                Some(Err(_)) => {}
                None => return Err("the connection was given up".to_owned()),
            }
        }
    }

    /// Opens a connection as a task of its own: whoever asked for it may give up, and others wait for it.
    fn open(&self, origin: &Arc<Origin>, uri: &Uri) -> Opening {
        let (tell, told) = watch::channel(None);
        let (connector, life) = (self.connector.clone(), self.life.clone());
        let (origin, uri) = (Arc::clone(origin), uri.clone());
        self.life.spawn(async move {
            let opened = opened(&connector, &uri).await;
            let became = {
                let mut state = lock(&origin.state);
                state.opening = None;
                match opened {
                    Ok(Some((sender, connection))) => {
                        let usage = Arc::new(Use::new());
                        state.next_id += 1;
                        let id = state.next_id;
                        state.open.push(Open {
                            id,
                            sender,
                            usage: Arc::clone(&usage),
                        });
                        // Once nobody has the SDK object, it goes, and the connection with it.
                        let origin = Arc::downgrade(&origin);
                        life.spawn(async move {
                            let with = |act: fn(&Origin, usize)| {
                                if let Some(origin) = origin.upgrade() {
                                    act(&origin, id);
                                }
                            };
                            let room = || with(|origin, _| origin.freed.notify_waiters());
                            streams::keep(connection, usage, room, || with(Origin::forget)).await;
                            with(Origin::forget);
                        });
                        Ok(())
                    }
                    Ok(None) => {
                        state.is_http1 = true;
                        Ok(())
                    }
                    Err(how) => {
                        state.not_before = Some(Instant::now() + AGAIN_AFTER);
                        Err(how)
                    }
                }
            };
            tell.send_replace(Some(became));
        });
        told
    }
}

/// A connection by HTTP/2; `None` where the other end chose HTTP/1.1: then the pool takes it.
async fn opened(connector: &Connector, uri: &Uri) -> Result<Option<Connected>, String> {
    let stream = connector.open(uri).await;
    let stream = stream.map_err(|cannot| cannot.to_string())?;
    if !stream.speaks_h2() {
        connector.leave(uri, stream);
        return Ok(None);
    }
    let connected = streams::handshake(stream).await;
    connected
        .map(Some)
        .map_err(|error| format!("{}: {error}", place(uri)))
}

impl Origin {
    /// Nothing new goes to that connection. What is under way there ends by itself.
    fn forget(&self, id: usize) {
        lock(&self.state).open.retain(|open| open.id != id);
        self.freed.notify_waiters();
    }
}

impl State {
    /// A place on the first connection that has one.
    fn free(&self, origin: &Arc<Origin>) -> Option<Place> {
        let open = self.open.iter().find(|open| open.usage.has_room())?;
        open.usage.begin();
        Some(Place {
            origin: Arc::clone(origin),
            id: open.id,
            sender: open.sender.clone(),
            usage: Arc::clone(&open.usage),
        })
    }

    /// Whether another connection is of use: none is there, or those that are there have told that they are full.
    fn may_open(&self) -> bool {
        let may_try = || self.not_before.is_none_or(|at| at <= Instant::now());
        let are_full = || self.open.iter().all(|open| open.usage.has_told());
        let may_join = || self.open.len() < MAX_CONNECTIONS && may_try() && are_full();
        self.opening.is_none() && (self.open.is_empty() || may_join())
    }
}
