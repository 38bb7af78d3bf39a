//! The way of a call, with a gateway of the tests' own whose answers are written down.

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::flow::host::{Claim, Host, Later};
use crate::http::Method;
use crate::model::error::Code;
use crate::model::expectation::Expectation;
use crate::model::outcome::Outcome;
use crate::model::payment::Payment;
use crate::provider::Reading;
use crate::testing::TestPay;

const BASE: &str = "https://gateway.example";

#[derive(Clone, Copy)]
enum Answer {
    Says(u16, &'static str),
    Hangs,
    CannotConnect,
    IsCutOff,
}

use Answer::{CannotConnect, Hangs, IsCutOff, Says};

/// Answers requests in order, in the caller's own `fetch`'s place, and remembers them.
struct Script {
    answers: Mutex<VecDeque<Answer>>,
    seen: Mutex<Vec<Request>>,
}

impl Host for Script {
    fn emit(&self, _: Event) {}

    fn fetch(&self, request: &Request) -> Later<'_, Result<Response, NoAnswer>> {
        self.seen.lock().unwrap().push(request.clone());
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            match answer.expect("one more request than answers") {
                Says(status, text) => Ok(Response {
                    status,
                    text: text.to_owned(),
                    ..Response::default()
                }),
                Hangs => std::future::pending().await,
                CannotConnect | IsCutOff => Err(NoAnswer {
                    why: Why::Failed("a fault".to_owned()),
                    sent: matches!(answer, Some(IsCutOff)),
                }),
            }
        })
    }

    fn claim(&self, _: &[String], _: Duration, _: &str) -> Later<'_, Result<Claim, Error>> {
        Box::pin(async { Err(Error::internal()) })
    }
    fn set_if_absent(&self, _: String, _: Duration) -> Later<'_, Result<bool, Error>> {
        Box::pin(async { Ok(true) })
    }

    fn token_store(&self, _: String) -> Later<'_, Result<String, String>> {
        Box::pin(async { Err("no store".to_owned()) })
    }

    fn expectation(&self, _: &Payment) -> Later<'_, Result<Option<Expectation>, Error>> {
        Box::pin(async { Ok(None) })
    }
}

/// What came of `call`, and what was sent for it.
async fn run(
    is_signed: bool,
    call: &Call<String>,
    answers: &[Answer],
) -> (Result<String, Error>, Vec<Request>) {
    let script = Arc::new(Script {
        answers: Mutex::new(answers.iter().copied().collect()),
        seen: Mutex::default(),
    });
    let options = Options {
        own_fetch: true,
        ..Options::default()
    };
    let gateway = Box::new(TestPay::new(BASE, is_signed));
    let flow = Flow::new(gateway, &options, "", Life::default());
    let flow = Arc::new(flow.unwrap());
    let context = Context {
        host: Some(script.clone()),
        ..Context::of(Duration::from_secs(60))
    };
    let made = flow.run(call, Operation::Pay, &context).await;
    assert!(
        script.answers.lock().unwrap().is_empty(),
        "all were asked for"
    );
    let seen = script.seen.lock().unwrap().clone();
    (made, seen)
}

fn call(
    path: &str,
    effect: Effect,
    read: impl Fn(&str) -> Reading<String> + Send + Sync + 'static,
) -> Call<String> {
    let request = Request::post(format!("{BASE}{path}"), r#"{"reference":"ORDER-1"}"#);
    Call::new(request, effect, read)
}

fn simple(effect: Effect) -> Call<String> {
    call("/simple", effect, |text| Reading::Success(text.to_owned()))
}

/// A step to `/first`, which is followed by one to `/second`.
fn chain(first: Effect, second: Effect) -> Call<String> {
    call("/first", first, move |_| {
        let read = |text: &str| Reading::Success(text.to_owned());
        Reading::Then(call("/second", second, read))
    })
}

fn paths(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(Request::path).collect()
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let (_, value) = request.headers.iter().find(|(known, _)| *known == name)?;
    Some(value.reveal())
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_signed_anew_and_nobody_logs_in() {
    let answers = [CannotConnect, Says(503, "{}"), Says(200, "{}")];
    let (made, seen) = run(true, &simple(Effect::Reads), &answers).await;
    assert_eq!(made.unwrap(), "{}");
    assert_eq!(paths(&seen), ["/simple"; 3]);
    let times: Vec<u128> = seen
        .iter()
        .map(|request| header(request, "x-timestamp").unwrap().parse().unwrap())
        .collect();
    assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
    for (request, time) in seen.iter().zip(times) {
        assert_eq!(request.headers.len(), 2, "nothing of an attempt before");
        assert!(
            header(request, "x-digest")
                .unwrap()
                .starts_with(&time.to_string())
        );
        assert!(request.authorization.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_401_to_a_signed_request_is_a_refusal() {
    let answers = [Says(401, r#"{"message":"Bad digest"}"#)];
    let (made, seen) = run(true, &simple(Effect::MovesMoney), &answers).await;
    let error = made.unwrap_err();
    assert_eq!(
        (error.code, error.outcome),
        (Code::Refused, Outcome::Refused)
    );
    assert_eq!(error.message, "Bad digest");
    assert_eq!(paths(&seen), ["/simple"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once_and_the_request_dressed_with_the_new_one() {
    let refused = Says(401, r#"{"message":"Unauthorized"}"#);
    let answers = [Says(200, "one"), refused, Says(200, "two"), Says(200, "{}")];
    let (made, seen) = run(false, &simple(Effect::MovesMoney), &answers).await;
    assert_eq!(made.unwrap(), "{}");
    assert_eq!(paths(&seen), ["/login", "/simple", "/login", "/simple"]);
    let tokens: Vec<_> = seen
        .iter()
        .map(|request| request.authorization.as_ref().map(|token| token.reveal()))
        .collect();
    assert_eq!(tokens, [None, Some("Bearer one"), None, Some("Bearer two")]);
}

#[tokio::test(start_paused = true)]
async fn a_call_goes_on_with_its_next_step() {
    let pay = chain(Effect::Registers, Effect::MovesMoney);
    let answers = [Says(200, r#"{"order":1}"#), Says(200, r#"{"paid":"soon"}"#)];
    let (made, seen) = run(true, &pay, &answers).await;
    assert_eq!(made.unwrap(), r#"{"paid":"soon"}"#);
    assert_eq!(paths(&seen), ["/first", "/second"]);
}

#[tokio::test(start_paused = true)]
async fn a_step_that_was_lost_is_told_as_what_the_call_may_have_done() {
    let opens = (Effect::Registers, Effect::MovesMoney);
    let pays_first = (Effect::MovesMoney, Effect::Reads);
    let looks_first = (Effect::Reads, Effect::MovesMoney);
    let unpaid = "A step before it was accepted, and no payment was requested.";
    let maybe =
        "The payment may have been made: let recover() say what is safe before you try again.";
    let paid = "A step before it was accepted, so the payment may have been made: let recover() say what is safe before you try again.";
    let refusal = Says(400, r#"{"message":"No such wallet"}"#);
    let broken = [IsCutOff; 3];
    let away = [CannotConnect; 3];
    let table: [(_, &[Answer], Code, Outcome, bool, &str); 8] = [
        (
            opens,
            &[Hangs],
            Code::Timeout,
            Outcome::Unknown,
            false,
            maybe,
        ),
        (
            opens,
            &[IsCutOff],
            Code::ConnectionFailed,
            Outcome::Unknown,
            false,
            maybe,
        ),
        (
            opens,
            &away,
            Code::ConnectionFailed,
            Outcome::NotSent,
            true,
            unpaid,
        ),
        (
            opens,
            &[refusal],
            Code::Refused,
            Outcome::Refused,
            false,
            "No such wallet",
        ),
        (
            pays_first,
            &broken,
            Code::ConnectionFailed,
            Outcome::Unknown,
            false,
            paid,
        ),
        (
            pays_first,
            &[refusal],
            Code::Refused,
            Outcome::Unknown,
            false,
            paid,
        ),
        (
            pays_first,
            &away,
            Code::ConnectionFailed,
            Outcome::Unknown,
            false,
            paid,
        ),
        (
            looks_first,
            &away,
            Code::ConnectionFailed,
            Outcome::NotSent,
            true,
            "No payment was requested.",
        ),
    ];
    for ((first, second), answers, code, outcome, retryable, hint) in table {
        let answers = [&[Says(200, "{}")], answers].concat();
        let (made, seen) = run(true, &chain(first, second), &answers).await;
        let error = made.unwrap_err();
        let told = (error.code, error.outcome, error.retryable);
        assert_eq!(told, (code, outcome, retryable), "{}", error.message);
        assert!(error.message.ends_with(hint), "{}", error.message);
        assert!(
            !error.message.contains("Nothing was sent"),
            "{}",
            error.message
        );
        let repeated = seen.iter().filter(|request| request.path() == "/first");
        assert_eq!(
            repeated.count(),
            1,
            "no step but the failed one is made again"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_that_fails_between_two_steps_is_no_reason_to_pay_again() {
    let pays_first = chain(Effect::MovesMoney, Effect::Reads);
    let answers = [
        Says(200, "one"),
        Says(200, "{}"),
        Says(401, r#"{"message":"Unauthorized"}"#),
        Says(400, r#"{"message":"No such account"}"#),
    ];
    let (made, seen) = run(false, &pays_first, &answers).await;
    let error = made.unwrap_err();
    assert_eq!(paths(&seen), ["/login", "/first", "/second", "/login"]);
    assert_eq!((error.outcome, error.retryable), (Outcome::Unknown, false));
    assert_eq!(error.code, Code::AuthenticationFailed);
}

#[tokio::test(start_paused = true)]
async fn what_the_gateway_has_not_decided_is_unknown() {
    let open = |effect| {
        call("/simple", effect, |_| {
            Reading::Undecided("a result that is not decided")
        })
    };
    let (made, seen) = run(
        true,
        &open(Effect::MovesMoney),
        &[Says(200, r#"{"code":999}"#)],
    )
    .await;
    let error = made.unwrap_err();
    assert_eq!(seen.len(), 1, "a payment is not sent again");
    let told = (error.code, error.outcome, error.retryable);
    assert_eq!(told, (Code::GatewayError, Outcome::Unknown, false));
    assert_eq!(
        error.message,
        "TestPay answered HTTP 200 with a result that is not decided. The payment may have been made: \
         let recover() say what is safe before you try again."
    );
    assert_eq!(error.gateway_code.as_deref(), Some("999"));
    // A question may be asked again.
    let answers = [Says(200, "{}"); 3];
    let error = run(true, &open(Effect::Reads), &answers)
        .await
        .0
        .unwrap_err();
    assert_eq!((error.outcome, error.retryable), (Outcome::NotSent, true));
}

#[tokio::test]
async fn each_method_goes_over_the_wire_with_what_lets_it_in() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let gateway = Box::new(TestPay::new(&base, true));
    let flow = Flow::new(gateway, &Options::default(), "", Life::default());
    let flow = Arc::new(flow.unwrap());
    let served = tokio::spawn(async move {
        let mut seen = Vec::new();
        for _ in 0..5 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 4096];
            let read = stream.read(&mut bytes).await.unwrap();
            seen.push(String::from_utf8_lossy(&bytes[..read]).into_owned());
            let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
            stream.write_all(answer).await.unwrap();
        }
        seen
    });
    let methods = [
        (Method::Get, None),
        (Method::Post, Some("{}")),
        (Method::Put, Some("{}")),
        (Method::Patch, Some("{}")),
        (Method::Delete, None),
    ];
    for (method, body) in methods {
        let request = Request::new(method, format!("{base}/orders/1"));
        let request = match body {
            Some(json) => request.json(json),
            None => request,
        };
        let call = Call::new(request, Effect::Reads, |text: &str| {
            Reading::Success(text.to_owned())
        });
        let context = Context::of(Duration::from_secs(10));
        let made = flow.run(&call, Operation::Pay, &context).await;
        assert_eq!(made.unwrap(), "{}", "{method:?}");
    }
    for ((method, body), request) in methods.iter().zip(served.await.unwrap()) {
        let line = format!("{} /orders/1 HTTP/1.1\r\n", method.name());
        assert!(request.starts_with(&line), "{request}");
        assert!(request.contains("\r\nx-timestamp: "), "{request}");
        assert_eq!(
            request.contains("\r\ncontent-type: application/json"),
            body.is_some()
        );
        assert!(request.ends_with(&format!("\r\n\r\n{}", body.unwrap_or_default())));
    }
}
