//! Which gateway it is.
#![forbid(unsafe_code)]

/// The names of a gateway. Each stands in that gateway's folder; the registry lists them.
#[derive(Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name in the constructor's `provider` and in every payment; lower case.
    pub name: &'static str,
    /// The name as the documented messages of the constructor write it.
    pub title: &'static str,
    /// The name as the gateway itself writes it.
    pub brand: &'static str,
}

/// A gateway by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider(pub &'static Identity);

impl Provider {
    pub fn name(self) -> &'static str {
        self.0.name
    }

    pub fn title(self) -> &'static str {
        self.0.title
    }

    pub fn brand(self) -> &'static str {
        self.0.brand
    }
}

/// Of the tests that are about no gateway.
#[cfg(test)]
pub const TEST: Provider = Provider(&Identity {
    name: "test",
    title: "Test",
    brand: "TestPay",
});
