//! Metrics as a Prometheus measures them, by the queries of the plan.

use clearway_plan::MetricUse;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use super::judge::{Measure, Measured};
use super::reports::CLOCKS_DIFFER;
use crate::http::Http;

/// A Prometheus that is asked about one service.
#[derive(Debug, Clone, Copy)]
pub struct Prometheus<'p> {
    /// The client.
    pub http: &'p Http,
    /// Its address.
    pub address: &'p str,
    /// The service.
    pub service: &'p str,
    /// The environment.
    pub environment: &'p str,
    /// The time over which is measured, in seconds.
    pub over: u64,
    /// The time at which is measured; none is that of the server. What is measured at another one is not taken.
    pub at: Option<Timestamp>,
}

impl Measure for Prometheus<'_> {
    fn measure(&self, metric: &MetricUse) -> Measured {
        let (query, samples) = metric.asked(self.service, self.environment, self.over);
        let Some(query) = query else {
            return Measured::Nothing {
                why: "the metric has no query, so no Prometheus measures it".to_owned(),
            };
        };
        let samples = match samples.map(|query| self.ask(&query)) {
            None => None,
            Some(Ok(count)) => Some(u64::try_from(count.trunc().max(Decimal::ZERO)).unwrap_or(u64::MAX)),
            Some(Err(measured)) => return measured,
        };
        match self.ask(&query) {
            Ok(value) => Measured::Number {
                text: format!("{} {}", value.round_dp(6).normalize(), metric.unit).trim_end().to_owned(),
                value,
                unit: metric.unit.clone(),
                share: None,
                samples,
            },
            Err(measured) => measured,
        }
    }
}

impl Prometheus<'_> {
    /// The one number that a query gives.
    fn ask(&self, query: &str) -> Result<Decimal, Measured> {
        let doubtful = |why: String| Measured::Doubtful { why };
        let mut url = format!("{}/api/v1/query?query={}", self.address.trim_end_matches('/'), encoded(query));
        if let Some(at) = self.at {
            url.push_str(&format!("&time={}", encoded(&at.to_string())));
        }
        let answer = self.http.json(&url, &[("accept", "application/json")]).map_err(|unanswered| {
            doubtful(format!("`{}` does not answer: {}", self.address, unanswered.why))
        })?;
        if answer["status"] != "success" {
            return Err(doubtful(format!(
                "`{}` refuses the query: {}",
                self.address,
                answer["error"].as_str().unwrap_or("no reason given")
            )));
        }
        if let Some(warning) = answer["warnings"].as_array().and_then(|warnings| warnings.first()) {
            return Err(doubtful(format!("`{}` answers in part only: {warning}", self.address)));
        }
        let (kind, result) = (&answer["data"]["resultType"], &answer["data"]["result"]);
        let pair = match kind.as_str() {
            Some("scalar") => result,
            Some("vector") => match result.as_array().map(Vec::as_slice) {
                Some([]) => return Err(Measured::Nothing { why: "the query gives no series".to_owned() }),
                Some([one]) => &one["value"],
                Some(several) => {
                    return Err(doubtful(format!(
                        "the query gives {} series, and one was expected",
                        several.len()
                    )));
                }
                None => return Err(doubtful("the answer has no result".to_owned())),
            },
            _ => return Err(doubtful(format!("the query gives a {kind}, and a number was expected"))),
        };
        match self.at.zip(pair[0].as_f64()) {
            Some((at, said)) if (said - at.as_second() as f64).abs() > CLOCKS_DIFFER.as_secs_f64() => {
                Err(doubtful(format!(
                    "`{}` answers for another time than {at}, which was asked for",
                    self.address
                )))
            }
            None if self.at.is_some() => {
                Err(doubtful(format!("`{}` does not say for when it answers", self.address)))
            }
            _ => number(&pair[1]),
        }
    }
}

/// A number as Prometheus writes it: a text, of which `NaN` and `+Inf` are nothing measured.
fn number(value: &Value) -> Result<Decimal, Measured> {
    let Some(text) = value.as_str() else {
        return Err(Measured::Doubtful {
            why: format!("the answer holds {value}, and a number was expected"),
        });
    };
    if ["NaN", "+Inf", "-Inf"].contains(&text) {
        return Err(Measured::Nothing { why: format!("the query gives {text}") });
    }
    let number = text.parse().or_else(|_| Decimal::from_scientific(text));
    number.map_err(|_| Measured::Doubtful {
        why: format!("the query gives `{}`, which is no number", text.escape_debug()),
    })
}

/// A text as part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
