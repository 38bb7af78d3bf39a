//! The limit: our own engine without JavaScript. Speaks the contestants' line protocol.

use std::error::Error;
use std::io::BufRead;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use finconnect::callback::Replay;
use finconnect::config::{DEFAULT_TIMEOUT, Options};
use finconnect::flow::context::Context;
use finconnect::flow::expected::Expect;
use finconnect::http::life::Life;
use finconnect::model::operation::{Input, Operation, Output};
use finconnect::provider::registry;
use finconnect::model::secret::Secret;
use finconnect::sdk::Sdk;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "camelCase")]
enum Command {
    Open {
        origin: String,
    },
    #[serde(rename_all = "camelCase")]
    Closed {
        in_flight: u32,
        ms: u64,
        first: u64,
    },
}

/// Serves standard input, as `contestant.mjs` does. The runtime is what the addon's I/O thread runs.
pub fn serve() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut sdk = None;
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?)? {
            Command::Open { origin } => {
                sdk = Some(open(&origin)?);
                json!({})
            }
            Command::Closed {
                in_flight,
                ms,
                first,
            } => {
                let sdk = sdk.clone().ok_or("not open")?;
                let load = Arc::new(Load {
                    sdk,
                    next: AtomicU64::new(first),
                    latencies: Mutex::default(),
                    end: Instant::now() + Duration::from_millis(ms),
                });
                runtime.block_on(closed(load, in_flight))?
            }
        };
        println!("{answer}");
    }
    Ok(())
}

fn open(origin: &str) -> Result<Sdk, finconnect::model::error::Error> {
    let mut options = Options::default();
    for (key, value) in [
        ("baseUrl", origin),
        ("AZAMPAY_APP_NAME", "bench"),
        ("AZAMPAY_CONSUMER_KEY", "bench-id"),
        ("AZAMPAY_CONSUMER_SECRET", "bench-secret"),
    ] {
        options.config.insert(key, Secret::new(value));
    }
    Sdk::new(registry::find("azampay")?, &options, Replay::Off, Life::default())
}

/// What the workers of one load share.
struct Load {
    sdk: Sdk,
    next: AtomicU64,
    latencies: Mutex<Vec<Duration>>,
    end: Instant,
}

impl Load {
    async fn work(self: Arc<Self>) -> Result<(), String> {
        while Instant::now() < self.end {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let asked = Instant::now();
            let context = Context::of(DEFAULT_TIMEOUT);
            let input = Input::default().with("paymentData", order(number));
            let (expect, poll) = (Expect::default(), Duration::ZERO);
            let sdk = self.sdk.clone();
            let answer = sdk.call(Operation::Pay, input, expect, poll, context).await;
            match answer.map_err(|error| error.message)? {
                Output::Answer(json) if json.contains(&format!("{number:032x}")) => {}
                _ => return Err("another payment's answer".to_owned()),
            }
            self.latencies().push(asked.elapsed());
        }
        Ok(())
    }

    fn latencies(&self) -> std::sync::MutexGuard<'_, Vec<Duration>> {
        self.latencies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

async fn closed(load: Arc<Load>, in_flight: u32) -> Result<Value, Box<dyn Error>> {
    let (cpu, started) = (cpu_ms()?, Instant::now());
    let workers: Vec<_> = (0..in_flight)
        .map(|_| tokio::spawn(Arc::clone(&load).work()))
        .collect();
    for worker in workers {
        worker.await??;
    }
    let (ms, cpu) = (started.elapsed().as_secs_f64() * 1e3, cpu_ms()? - cpu);
    let mut latencies = std::mem::take(&mut *load.latencies());
    latencies.sort_unstable();
    let at = |share: f64| {
        latencies
            .get((latencies.len() as f64 * share) as usize)
            .map(|l| l.as_secs_f64() * 1e3)
    };
    Ok(
        json!({ "done": latencies.len(), "ms": ms, "cpuMs": cpu, "p50": at(0.5), "p99": at(0.99), "rssMb": rss_mb()? }),
    )
}

fn order(number: u64) -> String {
    format!(
        r#"{{"accountNumber":"255712345678","amount":"1000","currency":"TZS","externalId":"ORDER-{number}","provider":"Mpesa","additionalProperties":{{"cart":"7","note":"Chai ya asubuhi"}}}}"#
    )
}

/// CPU time of this process, in milliseconds, from Linux's own accounts of its threads.
fn cpu_ms() -> std::io::Result<f64> {
    let mut nanoseconds = 0.0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let account = std::fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += account
            .split(' ')
            .next()
            .and_then(|n| n.parse::<f64>().ok())
            .unwrap_or_default();
    }
    Ok(nanoseconds / 1e6)
}

fn rss_mb() -> std::io::Result<f64> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    Ok(pages
        .split(' ')
        .nth(1)
        .and_then(|n| n.parse::<f64>().ok())
        .unwrap_or_default()
        * 4096.0
        / 1e6)
}
