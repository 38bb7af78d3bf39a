//! AzamPay's stand-in for measuring: fast, strict, on loopback. It counts what it is asked and names
//! the first request that is not the one a contestant should have sent.
//!
//! Listens on four ports: plain HTTP/1.1; TLS with HTTP/1.1; TLS with h2 or HTTP/1.1; the same with no more than
//! 100 streams on a connection. It prints them as its first line. Then each line of standard input is a command,
//! answered by the counts since the last reset. Ends with its standard input.

mod counts;
mod routes;
mod serve;

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;

use counts::Counts;
use serve::{Protocols, acceptor, serve};

/// What every connection shares; there is one thread.
pub struct Gateway {
    latency_ms: u64,
    public_key: String,
    tokens: HashSet<String>,
    counts: Counts,
}

pub type Shared = Rc<RefCell<Gateway>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Command {
    latency_ms: Option<u64>,
    public_key: Option<String>,
    #[serde(default)]
    reset: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run())
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let gateway = Rc::new(RefCell::new(Gateway {
        latency_ms: 0,
        public_key: String::new(),
        tokens: HashSet::new(),
        counts: Counts::default(),
    }));
    let identity =
        rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let mut ports = Vec::new();
    let both: &[&[u8]] = &[b"h2", b"http/1.1"];
    for (protocols, streams) in [
        (Protocols::Plain, None),
        (Protocols::Tls(&[b"http/1.1"]), None),
        (Protocols::Tls(both), None),
        (Protocols::Tls(both), Some(100)),
    ] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        ports.push(listener.local_addr()?.port());
        tokio::task::spawn_local(serve(
            listener,
            acceptor(protocols, &identity)?,
            streams,
            Rc::clone(&gateway),
        ));
    }
    println!(
        "{}",
        serde_json::json!({ "plain": ports[0], "h1": ports[1], "h2": ports[2], "h2of100": ports[3], "certificate": identity.cert.pem() })
    );
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let command: Command = serde_json::from_str(&line)?;
        let mut gateway = gateway.borrow_mut();
        println!("{}", serde_json::to_string(&gateway.counts)?);
        if command.reset {
            gateway.counts.reset();
        }
        gateway.latency_ms = command.latency_ms.unwrap_or(gateway.latency_ms);
        if let Some(key) = command.public_key {
            gateway.public_key = key;
        }
    }
    Ok(())
}
