//! What the providers' tests share: a configured gateway, and an answer judged as the flow judges it.

use crate::config::Options;
use crate::flow::verdict::{Failed, judge};
use crate::http::Response;
use crate::model::error::Error;
use crate::model::secret::Secret;

use crate::provider::{Call, Entry, Gateway};

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
    judge(gateway, call, &answer(status, text), true, str::to_owned)
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
