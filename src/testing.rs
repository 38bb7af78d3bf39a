//! What tests share: a configured gateway, an answer judged as the flow judges it, and a gateway of the tests' own.

use std::time::{Duration, SystemTime};

use crate::config::Options;
use crate::flow::judge::{Failed, Progress, judge};
use crate::http::base_url::BaseUrl;
use crate::http::{Authorization, Request, Response};
use crate::model::callback::{Callback, Incoming, Proof};
use crate::model::error::Error;
use crate::model::expectation::Reason;
use crate::model::json::Object;
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use crate::model::payment::{Payment, Status};
use crate::model::provider::TEST;
use crate::model::secret::Secret;
use crate::provider::{
    Access, Call, Entry, Facts, Gateway, Lifetime, Limits, Login, Reading, Words,
};

/// A gateway with test credentials, `more` config added or changed.
pub fn gateway(entry: &Entry, more: &[(&'static str, &str)]) -> Result<Box<dyn Gateway>, Error> {
    let mut options = Options::default();
    for key in entry.keys.required {
        options
            .config
            .insert(key, Secret::new(format!("test-{}", key.to_lowercase())));
    }
    options
        .config
        .insert("baseUrl", Secret::new("https://gateway.example"));
    for (key, value) in more {
        options.config.insert(key, Secret::new(*value));
    }
    entry.gateway(&options)
}

pub fn answer(status: u16, text: &str) -> Response {
    Response {
        status,
        text: text.to_owned(),
        ..Response::default()
    }
}

/// The answer to `call`, as a caller with an access token learns of it.
pub fn judged<T>(
    gateway: &dyn Gateway,
    call: &Call<T>,
    status: u16,
    text: &str,
) -> Result<T, Failed> {
    match judge(gateway, call, &answer(status, text), true, str::to_owned)? {
        Progress::Done(answer) => Ok(answer),
        Progress::Next(_) => panic!("a step of a call"),
    }
}

/// A refusal as one line: code, outcome, HTTP status, the gateway's code, and the message.
pub fn line(error: &Error) -> String {
    format!(
        "{} {} {} {} {}",
        error.code.name(),
        error.outcome.name(),
        error
            .status
            .map_or_else(|| "-".to_owned(), |status| status.to_string()),
        error.gateway_code.as_deref().unwrap_or("-"),
        error.message
    )
}

/// The JSON text of a request's body.
pub fn body<T>(call: &Call<T>) -> &str {
    call.request.body.as_ref().map_or("", |body| body.reveal())
}

/// A gateway that no merchant knows, which lets requests in by a token or by a signature.
pub struct TestPay {
    base: BaseUrl,
    is_signed: bool,
    limits: Limits,
}

impl TestPay {
    pub fn new(base: &str, is_signed: bool) -> Self {
        let base = BaseUrl::parse("baseUrl", base, false).unwrap();
        let limits = Limits::new(&[], None).unwrap();
        Self {
            base,
            is_signed,
            limits,
        }
    }
}

pub fn words(response: &Response) -> Words {
    let body = Object::parse(&response.text).unwrap_or_default();
    Words {
        code: body.scalar("code"),
        message: body.filled("message"),
    }
}

impl Gateway for TestPay {
    fn facts(&self) -> &'static Facts {
        const FACTS: Facts = Facts::usual(TEST, &[], &["reference"], words);
        &FACTS
    }

    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn secrets(&self) -> Vec<Secret> {
        vec![Secret::new("test-secret")]
    }

    fn access(&self) -> Access {
        if self.is_signed {
            let url = self.base.join("/known");
            return Access::Signed(Call::new(Request::get(url), Effect::Reads, |_| {
                Reading::Success(())
            }));
        }
        let read = |text: &str| {
            Reading::Success(Login {
                authorization: Secret::new(format!("Bearer {text}")),
                lifetime: Lifetime::For(Duration::from_secs(3600)),
            })
        };
        Access::Token {
            login: Call::new(
                Request::post(self.base.join("/login"), "{}"),
                Effect::Reads,
                read,
            ),
            may_hold_token: |_| true,
        }
    }

    /// A signature is made of the time and the body.
    fn dress(&self, request: &mut Request, at: SystemTime, token: Option<&Authorization>) {
        request.authorization = token.cloned();
        if self.is_signed {
            let body = request.body.as_ref().map_or("", Secret::reveal);
            let nanos = at
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
                .as_nanos();
            request.headers.extend([
                ("x-timestamp", Secret::new(nanos.to_string())),
                ("x-digest", Secret::new(format!("{nanos}-{}", body.len()))),
            ]);
        }
    }

    fn make(&self, operation: Operation, _: &Input) -> Result<Call<Output>, Error> {
        Err(operation.not_supported())
    }

    fn callback(&self, _: &Incoming<'_>) -> Callback {
        Callback {
            claim: Payment::of(TEST, Status::Unknown),
            proof: Proof::Broken(Reason::Unconfirmed),
            identity: Vec::new(),
            signature: String::new(),
            acknowledgement: None,
        }
    }
}
