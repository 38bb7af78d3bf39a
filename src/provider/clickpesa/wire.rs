//! Reading ClickPesa's answers. There is no machine-readable error code; texts are all there is.
#![forbid(unsafe_code)]

use std::time::Duration;

use crate::http::Response;
use crate::json::{self, Object};
use crate::provider::words::short_text;
use crate::provider::{Answer, Lifetime, Login, Reading, Words, with_object};
use crate::secret::Secret;

/// A token lives one hour from its issue; the answer does not say so.
const LIFETIME: Duration = Duration::from_secs(3600);

pub fn login(text: &str) -> Reading<Login> {
    with_object(text, |body| {
        let token = match body.filled("token") {
            Some(token) if body.get("success") != Some("false") => token,
            _ => return Reading::Refusal(Some("the answer holds no token")),
        };
        Reading::Success(Login {
            authorization: Secret::new(authorization(token.trim())),
            lifetime: Lifetime::For(LIFETIME),
        })
    })
}

/// The token comes with its scheme; doubling it makes every call fail.
fn authorization(token: &str) -> String {
    match token.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => token.to_owned(),
        _ => format!("Bearer {token}"),
    }
}

/// A push that failed at once is a normal answer: `status: "FAILED"`.
pub fn initiated_push(text: &str) -> Reading<Answer> {
    with_object(text, |_| Reading::Success(text.to_owned()))
}

pub fn words(response: &Response) -> Words {
    let Some(body) = Object::parse(&response.text) else {
        return Words {
            code: None,
            message: short_text(response),
        };
    };
    let message = body.filled("message").or_else(|| {
        // A comma, as JavaScript joins an array into a text.
        json::scalar_list(body.get("message")?)
            .map(|texts| texts.join(","))
            .filter(|t| !t.is_empty())
    });
    Words {
        code: None,
        message: message.or_else(|| body.filled("error")),
    }
}
