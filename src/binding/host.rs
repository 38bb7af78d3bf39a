//! The caller's own functions as the core sees them: questions that travel to the JavaScript thread
//! and answers that come back.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::oneshot;

use crate::flow::host::{Claim, Host, Later};
use crate::http::{NoAnswer, Request, Response, Why};
use crate::model::error::{Code, Error};
use crate::model::event::Event;
use crate::model::expectation::Expectation;
use crate::model::json::{self, Object};
use crate::model::payment::Payment;
use crate::model::secret::Secret;

use super::completions::{Completions, Function, Message, Question};
use super::rows;

/// The JavaScript object of one call: the SDK it was made on, and its `expect` function.
pub struct JsHost {
    completions: Arc<Completions>,
    call: usize,
}

impl JsHost {
    pub fn new(completions: Arc<Completions>, call: usize) -> Self {
        Self { completions, call }
    }

    async fn ask(&self, function: Function, text: String) -> Result<String, String> {
        let (reply, answer) = oneshot::channel();
        let completions = Arc::clone(&self.completions);
        let number = completions.question();
        completions.push(Message::Ask(Question {
            call: self.call,
            function,
            text,
            number,
            reply,
        }));
        let mut asked = OpenQuestion {
            completions,
            number,
            answered: false,
        };
        let answer = answer.await;
        asked.answered = true;
        answer.unwrap_or_else(|_| Err("the environment ended".to_owned()))
    }
}

/// A question that is forgotten when whoever asked it gives up.
struct OpenQuestion {
    completions: Arc<Completions>,
    number: u32,
    answered: bool,
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        if !self.answered {
            self.completions.push(Message::Forget(self.number));
        }
    }
}

impl Drop for JsHost {
    fn drop(&mut self) {
        self.completions.push(Message::Release { call: self.call });
    }
}

impl Host for JsHost {
    fn emit(&self, event: Event) {
        self.completions.push(Message::Emit {
            call: self.call,
            event,
        });
    }

    fn fetch(&self, request: &Request) -> Later<'_, Result<Response, NoAnswer>> {
        let text = request_text(request);
        Box::pin(async move {
            match self.ask(Function::Fetch, text).await {
                Ok(answer) => read_answer(&answer),
                Err(words) => Err(NoAnswer {
                    why: Why::Failed(words),
                    sent: true,
                }),
            }
        })
    }

    fn set_if_absent(&self, key: String, ttl: Duration) -> Later<'_, Result<bool, Error>> {
        Box::pin(async move {
            match self
                .ask(Function::SetIfAbsent, rows::kept(&key, ttl))
                .await
                .as_deref()
            {
                Ok("true") => Ok(true),
                Ok("false") => Ok(false),
                Ok(_) => Err(own(
                    "the replay store",
                    "setIfAbsent must answer true or false",
                )),
                Err(words) => Err(own("the replay store", words)),
            }
        })
    }

    fn claim(
        &self,
        keys: &[String],
        lease: Duration,
        token: &str,
    ) -> Later<'_, Result<Claim, Error>> {
        let asked = self.ask(Function::Claim, rows::claim(keys, lease, token));
        Box::pin(async move {
            match asked.await.as_deref() {
                Ok(r#""claimed""#) => Ok(Claim::Claimed),
                Ok(r#""claimed again""#) => Ok(Claim::ClaimedAgain),
                Ok(r#""busy""#) => Ok(Claim::Busy),
                Ok(r#""committed""#) => Ok(Claim::Committed),
                Ok(_) => Err(own("the replay store", "claim gave no answer")),
                Err(words) => Err(own("the replay store", words)),
            }
        })
    }

    fn token_store(&self, question: String) -> Later<'_, Result<String, String>> {
        Box::pin(self.ask(Function::Tokens, question))
    }

    fn expectation(&self, payment: &Payment) -> Later<'_, Result<Option<Expectation>, Error>> {
        let row = rows::payment(payment);
        Box::pin(async move {
            let text = self.ask(Function::Expect, row).await;
            let text = text.map_err(|words| own("expect", &words))?;
            Expectation::parse(&text).map_err(|rule| own("expect", &rule.message))
        })
    }
}

/// A function of the caller's that failed: nothing is decided, so that the callback may come again.
fn own(name: &str, words: &str) -> Error {
    Error {
        retryable: true,
        ..Error::new(Code::CallerError, format!("{name} failed: {words}"))
    }
}

/// A request as `lib/own-fetch.js` takes it.
#[derive(Serialize)]
struct FetchRequest<'a> {
    url: &'a str,
    method: &'a str,
    #[serde(serialize_with = "json::members")]
    headers: Vec<(&'a str, &'a str)>,
    body: Option<&'a str>,
}

/// The headers that the built-in client adds by itself are named here.
fn request_text(request: &Request) -> String {
    let own = request.headers.iter();
    let own = own.map(|(name, value)| (*name, value.reveal()));
    let authorization = request.authorization.as_ref();
    let authorization = authorization.map(|value| ("authorization", value.reveal()));
    let body = request.body.as_ref();
    let json = body.map(|_| ("content-type", "application/json"));
    let always = [
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
        ("user-agent", crate::http::USER_AGENT),
    ];
    let request = FetchRequest {
        url: &request.url,
        method: request.method.name(),
        headers: own.chain(authorization).chain(json).chain(always).collect(),
        body: body.map(Secret::reveal),
    };
    serde_json::to_string(&request).unwrap_or_default()
}

/// `{ status, text, broken, retryAfter, date }`, `{ failure, sent }`, or `{ misuse }`.
fn read_answer(text: &str) -> Result<Response, NoAnswer> {
    let answer = Object::parse(text).unwrap_or_default();
    if let Some(rule) = answer.filled("misuse") {
        return Err(NoAnswer {
            why: Why::Misused(rule),
            sent: true,
        });
    }
    let status = answer
        .scalar("status")
        .and_then(|status| status.parse().ok());
    let Some(status) = status else {
        let how = answer
            .filled("failure")
            .unwrap_or_else(|| "fetch gave no response".to_owned());
        return Err(NoAnswer {
            why: Why::Failed(how),
            sent: answer.get("sent") != Some("false"),
        });
    };
    let asked = answer.filled("retryAfter");
    let date = answer.filled("date");
    Ok(Response {
        status,
        text: answer.string("text").unwrap_or_default(),
        broken: answer.filled("broken"),
        retry_after: asked
            .and_then(|value| crate::http::retry_after(&value, std::time::SystemTime::now())),
        date: date.and_then(|value| httpdate::parse_http_date(&value).ok()),
    })
}
