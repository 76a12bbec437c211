//! Metrics as a Prometheus measures them, by the queries of the plan.

use clearway_plan::{MetricUse, pace};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
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
    /// How far back what is measured at one moment must have been so all the while, in seconds.
    pub since: u64,
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
        let told = |value: Decimal| format!("{} {}", value.round_dp(6).normalize(), metric.unit);
        if self.since > 0 && metric.is_of_a_moment() {
            return match self.ask_since(&query) {
                Ok((least, most)) => Measured::Span {
                    text: format!("{} to {}", least.round_dp(6).normalize(), told(most).trim_end()),
                    least,
                    most,
                    unit: metric.unit.clone(),
                    samples,
                },
                Err(measured) => measured,
            };
        }
        match self.ask(&query) {
            Ok(value) => Measured::Number {
                text: told(value).trim_end().to_owned(),
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
        let time = self.at.map(|at| format!("&time={}", encoded(&at.to_string()))).unwrap_or_default();
        let data = self.answered(&format!("query?query={}{time}", encoded(query)))?;
        let pair = match data["resultType"].as_str() {
            Some("scalar") => &data["result"],
            Some("vector") => &single(&data["result"])?["value"],
            _ => {
                let kind = &data["resultType"];
                return Err(doubtful(format!("the query gives a {kind}, and a number was expected")));
            }
        };
        match self.at.zip(pair[0].as_f64()) {
            Some((at, said)) if !is_about(said, at) => Err(self.of_another_time(at)),
            None if self.at.is_some() => {
                Err(doubtful(format!("`{}` does not say for when it answers", self.address)))
            }
            _ => number(&pair[1]),
        }
    }

    /// The least and the most that a query gave at any moment of the last while. At its end it must have given something.
    fn ask_since(&self, query: &str) -> Result<(Decimal, Decimal), Measured> {
        let end = match self.at {
            Some(at) => at,
            // The moments are those of the server's clock.
            None => {
                let seconds = self.ask("time()")?.trunc().to_i64().unwrap_or_default();
                Timestamp::from_second(seconds)
                    .map_err(|error| doubtful(format!("`{}` does not say its time: {error}", self.address)))?
            }
        };
        let since = SignedDuration::from_secs(i64::try_from(self.since).unwrap_or(i64::MAX));
        let start = end
            .checked_sub(since)
            .map_err(|_| doubtful(format!("{} s before {end} there was nothing to measure", self.since)))?;
        let step = pace(self.since);
        let times = [("start", start.to_string()), ("end", end.to_string()), ("step", step.to_string())];
        let times: String = times.iter().map(|(key, value)| format!("&{key}={}", encoded(value))).collect();
        let data = self.answered(&format!("query_range?query={}{times}", encoded(query)))?;
        if data["resultType"] != "matrix" {
            let kind = &data["resultType"];
            return Err(doubtful(format!("the query gives a {kind}, and numbers over a time were expected")));
        }
        let series = single(&data["result"])?;
        let moments = series["values"].as_array().map(Vec::as_slice).unwrap_or_default();
        let last = moments.last().and_then(|pair| pair[0].as_f64());
        let Some(last) = last else {
            return Err(Measured::Nothing { why: "the query gives a series without values".to_owned() });
        };
        let behind = end.as_second() as f64 - last;
        if behind < -1.0 {
            return Err(self.of_another_time(end));
        }
        if behind >= step as f64 {
            return Err(Measured::Nothing {
                why: "the query gives nothing for the end of the time".to_owned(),
            });
        }
        let values = moments.iter().map(|pair| number(&pair[1])).collect::<Result<Vec<_>, _>>()?;
        let extremes = values.iter().min().copied().zip(values.iter().max().copied());
        extremes.ok_or_else(|| doubtful("the answer has no result".to_owned()))
    }

    /// What the server says, where it answers whole.
    fn answered(&self, question: &str) -> Result<Value, Measured> {
        let url = format!("{}/api/v1/{question}", self.address.trim_end_matches('/'));
        let mut answer = self.http.json(&url, &[("accept", "application/json")]).map_err(|unanswered| {
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
        Ok(answer["data"].take())
    }

    fn of_another_time(&self, at: Timestamp) -> Measured {
        doubtful(format!("`{}` answers for another time than {at}, which was asked for", self.address))
    }
}

const fn doubtful(why: String) -> Measured {
    Measured::Doubtful { why }
}

/// Whether a moment, in seconds since 1970, is one that was asked for, as far as clocks agree.
fn is_about(said: f64, at: Timestamp) -> bool {
    (said - at.as_second() as f64).abs() <= CLOCKS_DIFFER.as_secs_f64()
}

/// The one series of a result.
fn single(result: &Value) -> Result<&Value, Measured> {
    match result.as_array().map(Vec::as_slice) {
        Some([]) => Err(Measured::Nothing { why: "the query gives no series".to_owned() }),
        Some([one]) => Ok(one),
        Some(several) => {
            Err(doubtful(format!("the query gives {} series, and one was expected", several.len())))
        }
        None => Err(doubtful("the answer has no result".to_owned())),
    }
}

/// A number as Prometheus writes it: a text, of which `NaN` and `+Inf` are nothing measured.
fn number(value: &Value) -> Result<Decimal, Measured> {
    let Some(text) = value.as_str() else {
        return Err(doubtful(format!("the answer holds {value}, and a number was expected")));
    };
    if ["NaN", "+Inf", "-Inf"].contains(&text) {
        return Err(Measured::Nothing { why: format!("the query gives {text}") });
    }
    let number = text.parse().or_else(|_| Decimal::from_scientific(text));
    number.map_err(|_| doubtful(format!("the query gives `{}`, which is no number", text.escape_debug())))
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
