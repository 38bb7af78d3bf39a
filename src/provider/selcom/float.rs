//! The float from which payouts are paid, and who sends from it.
#![forbid(unsafe_code)]

use crate::config::Options;
use crate::model::error::Error;
use crate::model::secret::Secret;
use crate::provider::form::Form;

const PIN: &str = "SELCOM_PIN";

/// What is configured of the float.
pub struct Float {
    pub pin: Option<Secret>,
    pub account: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
}

impl Float {
    pub fn configured(options: &Options) -> Result<Self, Error> {
        let pin = options.get(PIN).map(|_| options.credential(PIN));
        Ok(Self {
            pin: pin.transpose()?,
            account: setting(options, "SELCOM_SENDER_ACCOUNT")?,
            name: setting(options, "SELCOM_SENDER_NAME")?,
            phone: setting(options, "SELCOM_SENDER_PHONE")?,
        })
    }

    /// The PIN; without one, the form tells what is missing.
    pub fn pin(&self, form: &mut Form<'_>) -> &str {
        needed(form, PIN, self.pin.as_ref().map(Secret::reveal))
    }
}

/// A setting that a request cannot do without.
pub fn needed<'a>(form: &mut Form<'_>, key: &str, value: Option<&'a str>) -> &'a str {
    if value.is_none() {
        form.wrong(
            &format!("config.{key}"),
            "is missing: Selcom wants it for this",
        );
    }
    value.unwrap_or_default()
}

/// A text of `config` that is no secret; `None` when it is not configured.
pub fn setting(options: &Options, key: &str) -> Result<Option<String>, Error> {
    let text = options.credential(key)?.reveal().to_owned();
    Ok(Some(text).filter(|text| !text.is_empty()))
}
