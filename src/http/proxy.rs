//! Which proxy a request goes through: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, read as
//! undici's `EnvHttpProxyAgent` reads them. Pure.
#![forbid(unsafe_code)]

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;
use hyper::header::HeaderValue;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::model::secret::Secret;

/// The proxies that the environment names.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    http: Option<Result<Proxy, String>>,
    https: Option<Result<Proxy, String>>,
    except: Vec<Exception>,
    never: bool,
}

/// A proxy that is asked for a tunnel.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub speaks: Speaks,
    /// The host as a URL has it: an IPv6 address in brackets.
    pub host: String,
    pub port: u16,
    pub authorization: Option<HeaderValue>,
}

/// How a proxy is asked.
#[derive(Clone, Debug)]
pub enum Speaks {
    Http,
    /// HTTP over TLS.
    Https,
    /// SOCKS version 5, with the names of gateways looked up by the proxy. Holds the proxy's URL.
    Socks(Secret),
}

/// An entry of `NO_PROXY`: a host with all below it, at one port or at any.
#[derive(Clone, Debug)]
struct Exception {
    host: String,
    port: Option<u16>,
}

impl Proxies {
    /// Reads the variables through `variable`. The name in small letters comes first, even where it is
    /// set to nothing.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            names
                .into_iter()
                .find_map(|name| variable(name).map(|value| (name, value)))
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| Proxy::parse(name, &value))
        };
        let any = first(["all_proxy", "ALL_PROXY"]);
        let http = first(["http_proxy", "HTTP_PROXY"]);
        let https = first(["https_proxy", "HTTPS_PROXY"]);
        let except = variable("no_proxy").or_else(|| variable("NO_PROXY"));
        let except = except.unwrap_or_default();
        Self {
            https: https.or_else(|| http.clone()).or_else(|| any.clone()),
            http: http.or(any),
            never: except == "*",
            except: except
                .split(|separator: char| separator == ',' || separator.is_whitespace())
                .filter(|entry| !entry.is_empty())
                .map(Exception::parse)
                .collect(),
        }
    }

    /// The URLs of the SOCKS proxies for `http` and for `https`.
    pub fn socks(&self) -> [Option<&Secret>; 2] {
        [&self.http, &self.https].map(|proxy| match proxy {
            Some(Ok(Proxy {
                speaks: Speaks::Socks(url),
                ..
            })) => Some(url),
            _ => None,
        })
    }

    /// `host:port` of a URL, and the proxy on the way there, for errors.
    pub fn way(&self, to: &Uri) -> String {
        match self.of(to) {
            Ok(Some(proxy)) => format!("{} through {proxy}", place(to)),
            _ => place(to),
        }
    }

    /// The proxy for requests to `to`; `None` for a direct connection, as to this machine, where no proxy
    /// could reach it for us. An error says which variable names none.
    pub fn of(&self, to: &Uri) -> Result<Option<&Proxy>, &str> {
        let host = to.host().unwrap_or_default().to_ascii_lowercase();
        let secure = to.scheme_str() == Some("https");
        let port = port(to);
        if self.never
            || is_loopback(&host)
            || self.except.iter().any(|entry| entry.covers(&host, port))
        {
            return Ok(None);
        }
        match if secure { &self.https } else { &self.http } {
            None => Ok(None),
            Some(Ok(proxy)) => Ok(Some(proxy)),
            Some(Err(rule)) => Err(rule),
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {}:{}", self.host, self.port)
    }
}

impl Proxy {
    /// Reads the value of `variable`: a URL, or a host with a port.
    fn parse(variable: &str, text: &str) -> Result<Self, String> {
        let wrong = || format!("{variable} must be a URL such as http://proxy.example:3128");
        let text = text.trim();
        let url = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("http://{text}")),
        };
        let url = url.map_err(|_| wrong())?;
        let (speaks, port) = match url.scheme() {
            "http" => (Speaks::Http, 80),
            "https" => (Speaks::Https, 443),
            "socks" | "socks5" | "socks5h" => {
                let (_, rest) = url.as_str().split_once(':').ok_or_else(wrong)?;
                // `h`: the proxy looks names up, as undici has it.
                (Speaks::Socks(Secret::new(format!("socks5h:{rest}"))), 1080)
            }
            other => {
                return Err(format!(
                    "{variable} names a {other} proxy, which is not supported: \
                     name an http:// or a socks5:// proxy, or pass a fetch of your own"
                ));
            }
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
        let authorization = (!url.username().is_empty()).then(|| {
            let mut pair = decoded(url.username());
            pair.push(b':');
            pair.extend(decoded(url.password().unwrap_or_default()));
            let value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)));
            value.map(|mut value| {
                value.set_sensitive(true);
                value
            })
        });
        Ok(Self {
            speaks,
            host: host.ok_or_else(wrong)?.to_owned(),
            port: url.port().unwrap_or(port),
            authorization: authorization.transpose().map_err(|_| wrong())?,
        })
    }
}

impl Exception {
    fn parse(entry: &str) -> Self {
        // A URL has the address in brackets.
        if entry.parse::<Ipv6Addr>().is_ok() {
            return Self {
                host: format!("[{}]", entry.to_ascii_lowercase()),
                port: None,
            };
        }
        let with_port = entry
            .rsplit_once(':')
            .filter(|(host, _)| !host.is_empty())
            .and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = with_port.map_or((entry, None), |(host, port)| (host, Some(port)));
        let below = host.strip_prefix("*.").or_else(|| host.strip_prefix('.'));
        Self {
            host: below.unwrap_or(host).to_ascii_lowercase(),
            port: port.filter(|port| *port != 0),
        }
    }

    fn covers(&self, host: &str, port: u16) -> bool {
        let above = host.strip_suffix(&self.host);
        self.port.is_none_or(|own| own == port)
            && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }
}

/// `host:port`.
pub fn place(uri: &Uri) -> String {
    format!("{}:{}", uri.host().unwrap_or_default(), port(uri))
}

fn port(uri: &Uri) -> u16 {
    let default = match uri.scheme_str() {
        Some("https") => 443,
        _ => 80,
    };
    uri.port_u16().unwrap_or(default)
}

/// Whether `host` is this machine.
pub fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Proxies {
        Proxies::read(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn of(proxies: &Proxies, url: &str) -> Option<String> {
        let proxy = proxies.of(&url.parse().unwrap()).unwrap()?;
        Some(format!("{}:{}", proxy.host, proxy.port))
    }

    #[test]
    fn the_small_letters_and_the_nearer_variable_come_first() {
        let table = [
            (&[("HTTPS_PROXY", "http://a:1")][..], Some("a:1"), None),
            (&[("HTTP_PROXY", "http://a:1")], Some("a:1"), Some("a:1")),
            (&[("ALL_PROXY", "http://a:1")], Some("a:1"), Some("a:1")),
            (
                &[
                    ("https_proxy", "http://a:1"),
                    ("HTTPS_PROXY", "http://b:1"),
                    ("http_proxy", "http://c:1"),
                ],
                Some("a:1"),
                Some("c:1"),
            ),
            (
                &[("https_proxy", ""), ("HTTPS_PROXY", "http://b:1")],
                None,
                None,
            ),
            (
                &[("HTTPS_PROXY", "proxy.example:3128")],
                Some("proxy.example:3128"),
                None,
            ),
            (
                &[("HTTPS_PROXY", "https://proxy.example")],
                Some("proxy.example:443"),
                None,
            ),
            (
                &[("HTTPS_PROXY", "socks5://proxy.example")],
                Some("proxy.example:1080"),
                None,
            ),
            (
                &[("HTTPS_PROXY", "http://[2001:db8::1]:8080/")],
                Some("[2001:db8::1]:8080"),
                None,
            ),
        ];
        for (variables, secure, plain) in table {
            let proxies = read(variables);
            assert_eq!(
                of(&proxies, "https://gateway.example").as_deref(),
                secure,
                "{variables:?}"
            );
            assert_eq!(
                of(&proxies, "http://gateway.example").as_deref(),
                plain,
                "{variables:?}"
            );
            assert_eq!(of(&proxies, "http://localhost"), None);
            assert_eq!(of(&proxies, "http://[::1]:80"), None);
        }
    }

    #[test]
    fn a_socks_proxy_looks_names_up_itself() {
        for (given, used) in [
            ("socks://a", "socks5h://a"),
            ("socks5://u:p@a:1/", "socks5h://u:p@a:1/"),
            ("SOCKS5H://a:1", "socks5h://a:1"),
        ] {
            let proxies = read(&[("HTTPS_PROXY", given)]);
            let [http, https] = proxies.socks().map(|url| url.map(Secret::reveal));
            assert_eq!((http, https), (None, Some(used)));
            assert!(!format!("{proxies:?}").contains("u:p"));
        }
    }

    #[test]
    fn a_name_and_password_are_read_as_a_url_has_them() {
        let table = [
            ("http://user:p@ss@a:1", "user:p@ss"),
            ("http://user:p%40ss@a:1", "user:p@ss"),
            ("http://us%3Aer:p:w@a:1", "us:er:p:w"),
            ("user:secret@a:1", "user:secret"),
            ("http://token@a:1", "token:"),
            ("http://u:%C3%A9@a:1", "u:\u{e9}"),
        ];
        for (url, pair) in table {
            let proxies = read(&[("HTTPS_PROXY", url)]);
            let to = "https://gateway.example".parse().unwrap();
            let proxy = proxies.of(&to).unwrap().unwrap();
            let value = proxy.authorization.as_ref().unwrap();
            assert_eq!(value, &format!("Basic {}", STANDARD.encode(pair)), "{url}");
            assert!(!format!("{proxies:?}").contains("Basic"));
        }
    }

    #[test]
    fn what_names_no_proxy_is_told_by_its_variable_without_its_value() {
        for (url, says) in [
            ("http://", "must be a URL"),
            ("http://user:hunter2@:1", "must be a URL"),
            ("http://user:hunter2@a:70000", "must be a URL"),
            (
                "socks4://user:hunter2@a:1080",
                "socks4 proxy, which is not supported",
            ),
        ] {
            let proxies = read(&[("HTTPS_PROXY", url)]);
            let rule = proxies
                .of(&"https://gateway.example".parse().unwrap())
                .unwrap_err();
            assert!(
                rule.starts_with("HTTPS_PROXY ") && rule.contains(says),
                "{rule}"
            );
            assert!(!rule.contains("hunter2"), "{rule}");
            assert!(of(&proxies, "https://127.0.0.1:1").is_none());
        }
    }

    #[test]
    fn no_proxy_is_a_list_of_hosts_and_all_below_them() {
        let covered = |list: &str, url: &str| {
            let variables = [
                ("HTTPS_PROXY", "http://a:1"),
                ("HTTP_PROXY", "http://a:1"),
                ("NO_PROXY", list),
            ];
            of(&read(&variables), url).is_none()
        };
        let gateway = "https://api.gateway.example";
        for list in [
            "*",
            "api.gateway.example",
            "gateway.example",
            ".gateway.example",
            "*.gateway.example",
            "*.GATEWAY.example:443",
            "other.example,gateway.example",
            " other.example  gateway.example\t",
            "api.gateway.example:443",
            "a:1,example",
        ] {
            assert!(covered(list, gateway), "{list}");
        }
        for list in [
            "",
            "*,",
            "a, *",
            "way.example",
            "api.gateway.example:80",
            "api.gateway.example:4430",
            "x.api.gateway.example",
            "gateway",
            "*gateway.example",
            "https://gateway.example",
        ] {
            assert!(!covered(list, gateway), "{list}");
        }
        assert!(covered("[2001:db8::1]", "http://[2001:db8::1]:8080"));
        assert!(covered("2001:db8::1", "http://[2001:db8::1]"));
        assert!(covered("[2001:db8::1]:8080", "http://[2001:db8::1]:8080"));
        assert!(!covered("[2001:db8::1]:8080", "http://[2001:db8::1]"));
        assert!(covered("10.0.0.1", "http://10.0.0.1:8080"));
        assert!(!covered("10.0.0.0/8", "http://10.0.0.1"));
    }
}
