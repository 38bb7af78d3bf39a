//! The days that a list or a statement is asked for.
#![forbid(unsafe_code)]

use super::form::Form;

/// The first and the last day, each as `YYYY-MM-DD`.
pub struct Dates([(&'static str, Option<String>); 2]);

impl Dates {
    pub fn read(form: &mut Form<'_>) -> Self {
        let days = ["startDate", "endDate"].map(|name| {
            let date = form.text(name);
            if date.as_deref().is_some_and(|date| !is_date(date)) {
                form.wrong(name, "must be a day, such as '2026-11-27'");
            }
            (name, date)
        });
        if let [(_, Some(start)), (_, Some(end))] = &days
            && is_date(start)
            && is_date(end)
            && end < start
        {
            form.wrong("endDate", "must not be before startDate");
        }
        Self(days)
    }

    /// Those that are named, by the names of their members.
    pub fn named(self) -> Vec<(&'static str, String)> {
        let Self(days) = self;
        let day = |(name, day): (_, Option<String>)| Some((name, day?));
        days.into_iter().filter_map(day).collect()
    }
}

/// Whether it is a day as `YYYY-MM-DD`; of a month of 30 days the 31st passes.
fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let within = |text: &str, most: u8| text.parse().is_ok_and(|n: u8| (1..=most).contains(&n));
    matches!(parts.as_slice(), [year, month, day]
        if digits(year, 4) && digits(month, 2) && within(month, 12) && digits(day, 2) && within(day, 31))
}
