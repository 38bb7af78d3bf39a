//! What the gateway saw since the last reset.

use std::collections::HashSet;

use serde::Serialize;

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub logins: u64,
    pub payments: u64,
    pub keys: u64,
    /// Connections that carried at least one request.
    pub connections: u64,
    pub wrong: u64,
    pub first_wrong: Option<String>,
    #[serde(skip)]
    orders: HashSet<u64>,
    #[serde(skip)]
    pub epoch: u64,
}

impl Counts {
    pub fn reset(&mut self) {
        *self = Self {
            epoch: self.epoch + 1,
            ..Self::default()
        };
    }

    /// Whether the order is new: a payment must never come twice.
    pub fn is_new(&mut self, order: u64) -> bool {
        self.orders.insert(order)
    }

    pub fn note_wrong(&mut self, why: String) {
        self.wrong += 1;
        self.first_wrong.get_or_insert(why);
    }
}
