//! The bounds that a gateway sets, each a setting of the constructor's `limits`.
#![forbid(unsafe_code)]

use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::names;

use super::reference::MADE;

/// One bound: the name of its setting, its usual value, and where that is told.
#[derive(Debug)]
pub struct Limit {
    pub name: &'static str,
    /// Major units, characters or rows; 1 of a rule that is on or off.
    pub value: u64,
    pub source: &'static str,
}

impl Limit {
    /// Whether it is a rule and not a number.
    fn is_switch(&self) -> bool {
        self.value == 1
    }

    /// The least that a caller may set. A reference has room for one that is made from another.
    fn least(&self) -> u64 {
        let is_of_references = self.name.to_ascii_lowercase().ends_with("referencelength");
        if is_of_references { MADE as u64 } else { 0 }
    }
}

/// The bounds of one SDK object.
#[derive(Clone, Debug)]
pub struct Limits {
    usual: &'static [Limit],
    /// What the caller set, by name; `None` is off.
    own: Vec<(&'static str, Option<u64>)>,
}

impl Limits {
    /// Reads the option `limits`, JSON text: an object of numbers, each of which may be `false` for no bound; or
    /// `false` for none at all.
    pub fn new(usual: &'static [Limit], option: Option<&str>) -> Result<Self, Error> {
        let own = match option {
            None | Some("true") => Vec::new(),
            Some("false") => usual.iter().map(|limit| (limit.name, None)).collect(),
            Some(text) => Self::read(usual, text)?,
        };
        Ok(Self { usual, own })
    }

    fn read(
        usual: &'static [Limit],
        text: &str,
    ) -> Result<Vec<(&'static str, Option<u64>)>, Error> {
        let rule = "limits must be false, or an object of whole numbers and false.";
        let given = Object::parse(text).ok_or_else(|| Error::invalid_config(rule))?;
        let read = given.members().filter(|(_, value)| *value != "true");
        read.map(|(name, value)| {
            let Some(limit) = usual.iter().find(|limit| limit.name == name) else {
                let known: Vec<_> = usual.iter().map(|limit| limit.name).collect();
                return Err(Error::invalid_config(names::unknown(
                    "limits have",
                    name,
                    &known,
                )));
            };
            match (value, value.parse()) {
                (_, Ok(number)) if limit.is_switch() && number != limit.value => {
                    Err(Error::invalid_config(format!(
                        "limits.{name} is on or off: true or false."
                    )))
                }
                ("false", _) => Ok((limit.name, None)),
                (_, Ok(number)) if number < limit.least() => Err(Error::invalid_config(format!(
                    "limits.{name} must be at least {}: shorter references would be taken for one another.",
                    limit.least()
                ))),
                (_, Ok(number)) => Ok((limit.name, Some(number))),
                _ => Err(Error::invalid_config(format!(
                    "limits.{name} must be a whole number, or false for no limit."
                ))),
            }
        })
        .collect()
    }

    /// The bound of that name; `None` where there is none.
    pub fn get(&self, name: &str) -> Option<u64> {
        let own = self.own.iter().rev().find(|(known, _)| *known == name);
        own.map_or_else(
            || {
                let usual = self.usual.iter().find(|limit| limit.name == name);
                usual.map(|limit| limit.value)
            },
            |(_, value)| *value,
        )
    }

    /// Whether the rule of that name is on.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Each bound as it is now, with the source of its usual value.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, Option<u64>, &'static str)> {
        let now = |limit: &Limit| (limit.name, self.get(limit.name), limit.source);
        self.usual.iter().map(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &[Limit] = &[
        Limit {
            name: "chargeMinimum",
            value: 500,
            source: "test",
        },
        Limit {
            name: "chargeMaximum",
            value: 3_000_000,
            source: "test",
        },
    ];

    #[test]
    fn a_limit_is_the_usual_one_or_the_callers_or_none() {
        for (option, least, most) in [
            (None, Some(500), Some(3_000_000)),
            (Some("true"), Some(500), Some(3_000_000)),
            (Some("false"), None, None),
            (Some("{}"), Some(500), Some(3_000_000)),
            (Some(r#"{"chargeMaximum":9}"#), Some(500), Some(9)),
            (Some(r#"{"chargeMinimum":false}"#), None, Some(3_000_000)),
            (
                Some(r#"{"chargeMinimum":true}"#),
                Some(500),
                Some(3_000_000),
            ),
        ] {
            let limits = Limits::new(USUAL, option).unwrap();
            assert_eq!(limits.get("chargeMinimum"), least, "{option:?}");
            assert_eq!(limits.get("chargeMaximum"), most, "{option:?}");
            assert_eq!(limits.get("other"), None);
        }
    }

    #[test]
    fn what_is_no_limit_is_refused_by_name() {
        for (option, words) in [
            ("1", "limits must be false"),
            ("null", "limits must be false"),
            (r#"{"chargeMax":1}"#, "Did you mean chargeMaximum?"),
            (
                r#"{"chargeMaximum":"9"}"#,
                "limits.chargeMaximum must be a whole number",
            ),
            (
                r#"{"chargeMaximum":-1}"#,
                "limits.chargeMaximum must be a whole number",
            ),
            (
                r#"{"chargeMaximum":null}"#,
                "limits.chargeMaximum must be a whole number",
            ),
        ] {
            let message = Limits::new(USUAL, Some(option)).unwrap_err().message;
            assert!(message.contains(words), "{message}");
        }
    }
}
