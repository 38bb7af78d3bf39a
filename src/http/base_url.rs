//! Where a gateway's API is: which addresses are accepted, and how paths are appended.
#![forbid(unsafe_code)]

use url::{Host, Url};

use crate::model::error::Error;

/// An absolute `https` URL without a trailing slash, to which paths are appended as text: an RFC 3986
/// join with a leading slash would drop a path of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    host: String,
    loopback: bool,
}

impl BaseUrl {
    /// `key` names it in a refusal.
    pub fn parse(key: &str, text: &str, allow_insecure_http: bool) -> Result<Self, Error> {
        let refuse = |rule: &str| Error::invalid_config(format!("{key} {rule}"));
        let url = Url::parse(text)
            .map_err(|_| refuse("must be an absolute URL such as https://gateway.example."))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(refuse("must start with https://."));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("must not hold a user name or password."));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("must not hold a query or a fragment."));
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => return Err(refuse("must name a host.")),
        };
        if url.scheme() == "http" && !loopback && !allow_insecure_http {
            return Err(refuse(
                "must start with https://: over http:// the credentials would travel in clear text \
                 (set allowInsecureHttp: true beside provider and config to accept that).",
            ));
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            loopback,
        })
    }

    /// The base with `path` appended, which starts with a slash.
    pub fn join(&self, path: &str) -> String {
        [&self.text, path].concat()
    }

    /// Lower case, without the port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Empty, or a path that does not end in a slash.
    pub fn path(&self) -> &str {
        let (_, place) = self.text.split_once("://").unwrap_or_default();
        place.find('/').and_then(|at| place.get(at..)).unwrap_or("")
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The base without `suffix`, when it ends with it.
    pub fn without_suffix(mut self, suffix: &str) -> Self {
        if let Some(shorter) = self.text.strip_suffix(suffix) {
            self.text = shorter.trim_end_matches('/').to_owned();
        }
        self
    }

    /// A fixed `https` origin of a gateway.
    pub fn https(host: &str) -> Self {
        Self {
            text: format!("https://{host}"),
            host: host.to_owned(),
            loopback: false,
        }
    }
}
