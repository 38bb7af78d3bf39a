//! Masks: at most eight digits of an account are ever shown.

use crate::model::phone::{mask, mask_within};

use super::digits;

const LONGEST_RUN: usize = 8;

pub fn holds(text: &str) {
    let account = mask(text);
    assert!(digits(&account) <= 8, "{text:?}: {account}");
    assert!(
        account == "****" || account.len() == 12,
        "{text:?}: {account}"
    );
    assert!(account.contains("****") && account.chars().all(|c| c == '*' || c.is_ascii_digit()));
    let whole: String = text.chars().filter(char::is_ascii_digit).collect();
    if let Some((head, tail)) = account.split_once("****") {
        assert!(whole.starts_with(head) && whole.ends_with(tail));
    }

    let shown = mask_within(text);
    assert!(longest_run(&shown) <= LONGEST_RUN, "{text:?}: {shown}");
    if longest_run(text) <= LONGEST_RUN {
        assert_eq!(shown, text);
    }
    let rest = |text: &str| text.replace(|c: char| c.is_ascii_digit() || c == '*', "");
    assert_eq!(rest(&shown), rest(text));
    assert_eq!(mask_within(&shown), shown);
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.map(str::len).max().unwrap_or(0)
}
