//! Pages of a browser that may send here: those of this machine, and those that the settings name.

use std::time::Duration;

use hyper::Method;
use hyper::http::HeaderValue;
use tower_http::cors::{AllowHeaders, AllowOrigin, AllowPrivateNetwork, CorsLayer};

/// How long a browser may remember that it may.
const MAX_AGE: Duration = Duration::from_hours(2);
/// Names by which a page of this machine calls it.
const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Who may send from a page.
#[derive(Clone, Debug)]
pub(super) struct Origins(Vec<String>);

impl Origins {
    pub(super) fn new(named: Vec<String>) -> Self {
        Self(named)
    }

    /// Whether `origin` may.
    pub(super) fn allow(&self, origin: &HeaderValue) -> bool {
        let Ok(origin) = origin.to_str() else { return false };
        is_local(origin) || self.0.iter().any(|named| named == "*" || named.eq_ignore_ascii_case(origin))
    }

    /// Answers preflights and marks responses for the browser.
    pub(super) fn layer(&self) -> CorsLayer {
        let (origins, networks) = (self.clone(), self.clone());
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(move |origin, _| origins.allow(origin)))
            .allow_private_network(AllowPrivateNetwork::predicate(move |origin, _| networks.allow(origin)))
            .allow_methods([Method::POST, Method::OPTIONS])
            .allow_headers(AllowHeaders::mirror_request())
            .max_age(MAX_AGE)
    }
}

/// `http` or `https`, a host of this machine, any port.
fn is_local(origin: &str) -> bool {
    let Some(rest) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else {
        return false;
    };
    LOCAL_HOSTS.iter().any(|host| match rest.strip_prefix(host) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_and_named_ones_may_send() {
        let origins = Origins::new(vec!["https://app.example".into()]);
        let cases = [
            ("http://localhost", true),
            ("http://localhost:5173", true),
            ("https://127.0.0.1:8443", true),
            ("http://[::1]:3000", true),
            ("https://APP.example", true),
            ("http://localhost.evil.example", false),
            ("http://localhost:80@evil.example", false),
            ("http://127.0.0.1.evil.example", false),
            ("https://evil.example", false),
            ("null", false),
            ("file://localhost", false),
        ];
        for (origin, allowed) in cases {
            assert_eq!(origins.allow(&HeaderValue::from_static(origin)), allowed, "{origin}");
        }
        assert!(Origins::new(vec!["*".into()]).allow(&HeaderValue::from_static("https://any.example")));
    }
}
