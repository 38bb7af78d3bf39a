//! Whose wallet a number is, before money goes there.
#![forbid(unsafe_code)]

use crate::http::Request;
use crate::model::error::Error;
use crate::model::json::quote;
use crate::model::operation::{Input, Output};
use crate::model::operator::Operator;
use crate::model::outcome::Effect;
use crate::model::writer::Writer;
use crate::provider::form::{Form, PREVIEW};
use crate::provider::read::with_object;
use crate::provider::told::{self, Preview};
use crate::provider::{Call, Missing, Reading};

use super::checksum::checksum;
use super::identity::PROVIDER;
use super::{Azampay, payout, wire};

/// Digits of a Tanzanian number after its country's.
const NATIONAL: usize = 9;

impl Azampay {
    /// The name of a payout's recipient. It is all that AzamPay tells beforehand.
    pub fn preview(&self, input: &Input) -> Result<Call<Output>, Error> {
        let mut form = Form::read("preview", input.text("preview"), PREVIEW, &self.limits)?;
        for kind in ["charge", "card"] {
            if form.get("for") == Some(quote(kind).as_str()) {
                return Err(Error::not_supported(&format!("Preview of a {kind}")));
            }
        }
        if !form.has("for") {
            form.wrong("for", "is missing: 'payout'");
        }
        form.one_of("for", &["payout"]);
        let currency = form.currency(payout::PAID);
        if form.has("amount") {
            form.amount("amount", &currency, "payout");
        }
        let to = self.recipient(&mut form, &currency);
        let to = form.accept(to)?;
        let url = self.disbursement.join("/api/v1/azampay/namelookup");
        let request = self.with_api_key(Request::post(url, ""));
        Ok(self.with_key(move |key| {
            let (bank, account) = (to.bank.clone(), to.account.clone());
            let asked = (bank.clone(), account.clone());
            let call = Call::new(request.clone(), Effect::Reads, move |text| {
                looked_up(text, &asked.0, &asked.1).map(Output::Answer)
            });
            call.when_missing(Missing::usual)
                .sealed_by(move |_, random| {
                    let body = Writer::default()
                        .text("bankName", &bank)
                        .text("accountNumber", &account)
                        .text(
                            "checksum",
                            &checksum(&key, &format!("{bank}{account}"), random)?,
                        );
                    Some(body.done())
                })
        }))
    }
}

/// Whose `account` it is, at the wallet that was `asked` for. AzamPay itself goes by the number's first digits.
fn looked_up(text: &str, asked: &str, account: &str) -> Reading<String> {
    with_object(text, |answer| {
        let is_no = |name: &str| {
            let said = answer.scalar(name);
            said.is_some_and(|said| said.eq_ignore_ascii_case("false"))
        };
        if is_no("status") || wire::success(answer) == Some(false) {
            return Reading::Refusal(None);
        }
        let other = answer.filled("accountNumber");
        if other.is_some_and(|other| digits(&other) != digits(account)) {
            return Reading::Another("the name of another account");
        }
        let first = |names: &[&str]| names.iter().find_map(|name| answer.filled(name));
        let parts = [first(&["fName", "fname"]), first(&["lName", "lname"])];
        let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = first(&["name", "accountName"]).unwrap_or(joined);
        if name.is_empty() {
            return Reading::Unreadable("an answer without a name");
        }
        let told_name = first(&["bankName", "fspName", "provider"]).unwrap_or_default();
        let other = Operator::from_name(&told_name)
            .filter(|operator| Operator::from_name(asked).is_some_and(|asked| asked != *operator))
            .map(|operator| format!("by its first digits the number is of {}", operator.name()));
        let preview = Preview {
            channels: vec![told::channel(Some(asked), true, None, other.as_deref())],
            account_name: Some(name),
            ..Preview::default()
        };
        Reading::Success(told::preview(PROVIDER, preview, text))
    })
}

/// A number's last digits, by which it is known with or without its country.
fn digits(account: &str) -> String {
    let digits: Vec<_> = account.chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(NATIONAL);
    digits.into_iter().skip(from).collect()
}
