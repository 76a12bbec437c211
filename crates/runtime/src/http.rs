//! The HTTP client: every question to a server goes through it, with a time limit and a size limit.

use std::time::Duration;

use serde_json::Value;
use ureq::http::{Request, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// How long one question may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How large an answer may be, in bytes.
const LARGEST: u64 = 32 << 20;

/// How often a question is asked before nobody answers it.
const TRIES: u32 = 3;

/// The pause before the second try; twice as long before the third.
const PAUSE: Duration = Duration::from_millis(500);

/// A client.
#[derive(Debug, Clone)]
pub struct Http {
    agent: ureq::Agent,
    pause: Duration,
}

impl Default for Http {
    fn default() -> Self {
        Self::new(TIMEOUT, PAUSE)
    }
}

fn agent(timeout: Duration, roots: RootCerts) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .user_agent(concat!("clearway/", env!("CARGO_PKG_VERSION")));
    config.build().new_agent()
}

/// A text without a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCertificate;

/// Why there is no answer, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The status, where the server gave one.
    pub status: Option<u16>,
    /// Why.
    pub why: String,
}

impl Http {
    /// A client with its own time limit, and its own pause before a second try.
    pub fn new(timeout: Duration, pause: Duration) -> Self {
        Self { agent: agent(timeout, RootCerts::WebPki), pause }
    }

    /// A client that trusts some authorities, in PEM, and no others.
    ///
    /// # Errors
    ///
    /// There is no certificate in the text.
    pub fn trusting(pem: &[u8]) -> Result<Self, NoCertificate> {
        let items = parse_pem(pem).filter_map(Result::ok);
        let certificates = items.filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        });
        let certificates: Vec<_> = certificates.collect();
        if certificates.is_empty() {
            return Err(NoCertificate);
        }
        Ok(Self { agent: agent(TIMEOUT, RootCerts::new_with_certs(&certificates)), pause: PAUSE })
    }

    /// Asks once.
    ///
    /// # Errors
    ///
    /// There is no whole answer.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ureq::Error> {
        let (parts, mut body) = self.agent.run(request)?.into_parts();
        let bytes = body.with_config().limit(LARGEST).read_to_vec()?;
        Ok(Response::from_parts(parts, bytes))
    }

    /// Asks for JSON. What may pass by itself (no connection, no answer in time, 429, 5xx) is tried again.
    ///
    /// # Errors
    ///
    /// Nobody answers, or not with 200, or not with JSON.
    pub fn json(&self, url: &str, headers: &[(&str, &str)]) -> Result<Value, Unanswered> {
        let mut last = self.json_once(url, headers);
        for retry in 1..TRIES {
            match &last {
                Err(unanswered) if unanswered.may_pass() => {}
                _ => return last,
            }
            std::thread::sleep(self.pause * retry);
            last = self.json_once(url, headers);
        }
        last
    }

    fn json_once(&self, url: &str, headers: &[(&str, &str)]) -> Result<Value, Unanswered> {
        let unanswered = |why: String| Unanswered { status: None, why };
        let mut request = Request::get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request =
            request.body(Vec::new()).map_err(|error| unanswered(format!("this is no address: {error}")))?;
        let answer = self.send(request).map_err(|error| unanswered(error.to_string()))?;
        let status = answer.status().as_u16();
        if status != 200 {
            // What a server says of itself may hold anything: only its first line is told, and not more of it than anybody reads.
            let body = String::from_utf8_lossy(answer.body());
            let said: String = body.lines().next().unwrap_or_default().chars().take(200).collect();
            let why = format!("the server answers {status}{}{said}", if said.is_empty() { "" } else { ": " });
            return Err(Unanswered { status: Some(status), why });
        }
        serde_json::from_slice(answer.body()).map_err(|error| Unanswered {
            status: Some(status),
            why: format!("the answer is no JSON: {error}"),
        })
    }
}

impl Unanswered {
    /// Whether asking again may help.
    fn may_pass(&self) -> bool {
        match self.status {
            None => !self.why.starts_with("this is no address"),
            Some(status) => status == 429 || status >= 500,
        }
    }
}
