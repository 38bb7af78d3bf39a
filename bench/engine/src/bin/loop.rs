//! The limit: our own engine without JavaScript. Speaks the contestants' line protocol.

use std::cell::Cell;
use std::io::BufRead;
use std::rc::Rc;
use std::time::{Duration, Instant};

use finconnect::callback::Replay;
use finconnect::config::{DEFAULT_TIMEOUT, Options};
use finconnect::context::Context;
use finconnect::provider::Provider;
use finconnect::sdk::Sdk;
use finconnect::secret::Secret;
use serde::Deserialize;
use serde_json::json;

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = tokio::task::LocalSet::new();
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
                local.block_on(
                    &runtime,
                    closed(sdk, in_flight, Duration::from_millis(ms), first),
                )?
            }
        };
        println!("{answer}");
    }
    Ok(())
}

fn open(origin: &str) -> Result<Sdk, finconnect::error::Error> {
    let mut options = Options::default();
    for (key, value) in [
        ("baseUrl", origin),
        ("AZAMPAY_APP_NAME", "bench"),
        ("AZAMPAY_CONSUMER_KEY", "bench-id"),
        ("AZAMPAY_CONSUMER_SECRET", "bench-secret"),
    ] {
        options.config.insert(key, Secret::new(value));
    }
    Sdk::new(Provider::Azampay, &options, Replay::Off)
}

async fn closed(
    sdk: Sdk,
    in_flight: u32,
    span: Duration,
    first: u64,
) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let (next, latencies) = (Rc::new(Cell::new(first)), Rc::new(Cell::new(Vec::new())));
    let (cpu, started) = (cpu_ms()?, Instant::now());
    let workers: Vec<_> = (0..in_flight)
        .map(|_| {
            let (sdk, next, latencies) = (sdk.clone(), Rc::clone(&next), Rc::clone(&latencies));
            tokio::task::spawn_local(async move {
                while started.elapsed() < span {
                    let number = next.replace(next.get() + 1);
                    let asked = Instant::now();
                    let answer = sdk
                        .clone()
                        .pay(order(number), None, Context::of(DEFAULT_TIMEOUT))
                        .await?;
                    let mut all = latencies.take();
                    all.push(asked.elapsed());
                    latencies.set(all);
                    if !answer.contains(&format!("{number:032x}")) {
                        return Err("another payment's answer".into());
                    }
                }
                Ok::<(), Box<dyn std::error::Error>>(())
            })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    let (ms, cpu) = (started.elapsed().as_secs_f64() * 1e3, cpu_ms()? - cpu);
    let mut latencies = latencies.take();
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
