//! The options of the constructor, checked. It knows no gateway: each hands over its own keys.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::time::Duration;

use crate::http::base_url::BaseUrl;
use crate::model::error::Error;
use crate::model::names;
use crate::model::provider::Provider;
use crate::model::secret::Secret;

pub const BASE_URL: &str = "baseUrl";

/// Total time of one call when `timeoutMs` is not given.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// The largest `timeoutMs`: one hour. No gateway answers later than that.
pub const MAX_TIMEOUT_MS: f64 = 3_600_000.0;

/// `maxRetries` when it is not given.
const DEFAULT_RETRIES: u32 = 2;
/// The largest `maxRetries`.
const MAX_RETRIES: u32 = 10;

/// The documented config keys of a gateway.
pub struct Keys {
    /// Without one of these the constructor throws.
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
    /// The required key whose value names the account.
    pub account: &'static str,
    /// Variables that the documented call sites read into keys, which a spread `process.env` brings along.
    pub environment: &'static [&'static str],
}

impl Keys {
    pub fn all(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }

    /// Gives the rule that the key `name` of `config` breaks: it is an option of the constructor, or it is meant for
    /// `provider`, by its prefix or its spelling, and does not exist. Other keys are let be: settings that hold those
    /// of several gateways are common.
    pub fn unknown(&self, provider: Provider, name: &str) -> Option<String> {
        if BESIDE.contains(&name) {
            return Some(format!(
                "config has {name}, which stands beside config: {{ provider, config, {name} }}."
            ));
        }
        let known: Vec<_> = self.all().collect();
        if known.contains(&name) || self.environment.contains(&name) {
            return None;
        }
        let plain = |text: &str| {
            let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
            letters
                .map(|byte| byte.to_ascii_lowercase())
                .collect::<Vec<_>>()
        };
        let name_plain = plain(name);
        let prefix = provider.name();
        let has_prefix = name
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix) && name.len() > prefix.len());
        let is_meant = has_prefix || known.iter().any(|key| plain(key) == name_plain);
        is_meant.then(|| names::unknown("config has", name, &known))
    }
}

/// Options of the constructor, which have no effect in `config`.
pub const BESIDE: [&str; 8] = [
    "timeoutMs",
    "maxRetries",
    "allowInsecureHttp",
    "ca",
    "replay",
    "tokens",
    "fetch",
    "limits",
];

/// What the caller passed to the constructor, not yet checked.
#[derive(Debug, Default)]
pub struct Options {
    /// The string members of `config` under the names of [`Keys`].
    pub config: HashMap<&'static str, Secret>,
    /// `timeoutMs`, in milliseconds.
    pub timeout_ms: Option<f64>,
    pub allow_insecure_http: bool,
    /// `maxRetries`.
    pub max_retries: Option<f64>,
    /// PEM texts of further certificate authorities.
    pub ca: Vec<String>,
    /// `tokens.key`, with which tokens are encrypted that processes share.
    pub tokens_key: Option<Secret>,
    /// Requests go through the caller's own `fetch`.
    pub own_fetch: bool,
    /// `limits`, as JSON text.
    pub limits: Option<String>,
}

impl Options {
    /// Fails with the documented message, and the keys, when required ones are missing.
    pub fn check_required(&self, provider: Provider, keys: &Keys) -> Result<(), Error> {
        let missing: Vec<_> = keys
            .required
            .iter()
            .copied()
            .filter(|key| self.get(key).is_none())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::invalid_config(format!(
            "Missing required fields for {}. Missing: {}.",
            provider.title(),
            missing.join(", ")
        )))
    }

    /// A configured value; a blank one counts as not configured.
    pub fn get(&self, key: &str) -> Option<&Secret> {
        self.config
            .get(key)
            .filter(|value| !value.reveal().chars().all(is_blank))
    }

    /// A credential as it stands, empty when it is not configured. Fails when blanks stand around it: they come from
    /// files edited by hand, and gateways would refuse it without saying why.
    pub fn credential(&self, key: &str) -> Result<Secret, Error> {
        let secret = self.get(key).cloned().unwrap_or_else(|| Secret::new(""));
        match secret.reveal().trim_matches(is_blank) == secret.reveal() {
            true => Ok(secret),
            false => Err(Error::invalid_config(format!(
                "{key} must not begin or end in white space: remove the blank or line end around it."
            ))),
        }
    }

    /// Reads a setting that is on or off; `None` when it is not configured.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, Error> {
        let Some(text) = self.get(key) else {
            return Ok(None);
        };
        match text.reveal().trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(Some(true)),
            "false" | "no" | "0" => Ok(Some(false)),
            _ => Err(Error::invalid_config(format!(
                "{key} must be 'true' or 'false'."
            ))),
        }
    }

    /// Reads an address; blanks around it are ignored.
    pub fn base_url(&self, key: &str) -> Result<BaseUrl, Error> {
        let text = self.get(key).map(Secret::reveal).unwrap_or_default();
        let text = text.trim_matches(is_blank);
        BaseUrl::parse(key, text, self.allow_insecure_http)
    }

    /// The total deadline of a call.
    pub fn timeout(&self) -> Result<Duration, Error> {
        match self.timeout_ms {
            None => Ok(DEFAULT_TIMEOUT),
            Some(ms) => milliseconds(ms).map_err(Error::invalid_config),
        }
    }

    pub fn max_retries(&self) -> Result<u32, Error> {
        let Some(retries) = self.max_retries else {
            return Ok(DEFAULT_RETRIES);
        };
        (0..=MAX_RETRIES)
            .find(|whole| f64::from(*whole) == retries)
            .ok_or_else(|| {
                Error::invalid_config(format!(
                    "maxRetries must be a whole number from 0 to {}.",
                    MAX_RETRIES
                ))
            })
    }
}

/// White space, and characters that are not seen: line ends, byte order marks, zero-width ones.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || "\u{ad}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2060}\u{feff}".contains(c)
}

/// A `timeoutMs` as a duration, or the rule it breaks.
pub fn milliseconds(ms: f64) -> Result<Duration, String> {
    if (1.0..=MAX_TIMEOUT_MS).contains(&ms) {
        return Ok(Duration::from_secs_f64(ms / 1e3));
    }
    Err(format!(
        "timeoutMs must be a number of milliseconds from 1 to {MAX_TIMEOUT_MS}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::provider::TEST;

    fn parse(text: &str) -> Result<BaseUrl, String> {
        BaseUrl::parse("baseUrl", text, false).map_err(|e| e.message)
    }

    #[test]
    fn paths_are_appended_as_text() {
        for base in ["https://gateway.example/v3", "https://gateway.example/v3//"] {
            assert_eq!(
                parse(base).unwrap().join("/api/Auth/RequestToken"),
                "https://gateway.example/v3/api/Auth/RequestToken"
            );
        }
        assert_eq!(
            parse("https://a.example").unwrap().join("/x"),
            "https://a.example/x"
        );
    }

    #[test]
    fn clear_text_is_for_loopback_only() {
        for base in [
            "http://127.0.0.1:4010",
            "http://localhost:1",
            "http://[::1]:1",
            "http://127.9.9.9",
        ] {
            assert!(parse(base).unwrap().is_loopback(), "{base}");
        }
        for base in [
            "http://api.gateway.example",
            "http://10.0.0.1",
            "http://localhost.evil.example",
        ] {
            assert!(
                parse(base).unwrap_err().contains("allowInsecureHttp"),
                "{base}"
            );
            assert!(BaseUrl::parse("baseUrl", base, true).is_ok(), "{base}");
        }
    }

    #[test]
    fn what_is_not_a_base_url_is_refused_by_name() {
        for base in [
            "api.gateway.example",
            "/x",
            "ftp://a.example",
            "https://",
            "https://u:p@a.example",
            "https://a.example?x=1",
            "https://a.example#x",
            "data:text/plain,x",
        ] {
            let message = parse(base).unwrap_err();
            assert!(
                message.starts_with("Invalid configuration: baseUrl "),
                "{base}: {message}"
            );
        }
    }

    #[test]
    fn the_timeout_is_bounded() {
        let with = |timeout_ms| {
            Options {
                timeout_ms,
                ..Options::default()
            }
            .timeout()
        };
        assert_eq!(with(None).unwrap(), Duration::from_secs(60));
        assert_eq!(with(Some(250.0)).unwrap(), Duration::from_millis(250));
        for ms in [0.0, -1.0, f64::NAN, f64::INFINITY, 3_600_001.0] {
            assert!(with(Some(ms)).is_err(), "{ms}");
        }
    }

    const KEYS: Keys = Keys {
        required: &[BASE_URL, "TEST_CLIENT_ID", "TEST_API_KEY"],
        optional: &["authBaseUrl", "TEST_PUBLIC_KEY"],
        account: "TEST_CLIENT_ID",
        environment: &["TEST_BASE_URL"],
    };

    #[test]
    fn a_key_that_is_meant_and_does_not_exist_is_refused_by_name() {
        for (name, near) in [
            ("TEST_PUBLICKEY", "TEST_PUBLIC_KEY"),
            ("test_public_key", "TEST_PUBLIC_KEY"),
            ("TEST_API_KY", "TEST_API_KEY"),
            ("AuthBaseURL", "authBaseUrl"),
            ("base_url", "baseUrl"),
        ] {
            let rule = KEYS.unknown(TEST, name).unwrap();
            assert!(rule.starts_with(&format!("config has {name}, ")), "{rule}");
            assert!(rule.ends_with(&format!("Did you mean {near}?")), "{rule}");
        }
        for name in [
            "OTHER_API_KEY",
            "TEST_BASE_URL",
            "PATH",
            "logger",
            "TEST",
            "",
        ] {
            assert_eq!(KEYS.unknown(TEST, name), None, "{name}");
        }
    }

    #[test]
    fn missing_keys_are_named() {
        let mut options = Options::default();
        options.config.insert("TEST_CLIENT_ID", Secret::new("  "));
        options.config.insert("TEST_API_KEY", Secret::new("k"));
        let error = options.check_required(TEST, &KEYS).unwrap_err();
        assert_eq!(
            error.message,
            "Invalid configuration: Missing required fields for Test. \
             Missing: baseUrl, TEST_CLIENT_ID."
        );
    }
}
