//! The `statistics.json` that JMeter writes beside its HTML report.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::{Latency, Load, Quantile};
use crate::json::{self, Fields, Object};
use crate::limits::Limits;
use crate::number::decimal;
use crate::refusal::{Code, NoteCode, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::source::Source;

pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut statistics = Statistics { total: None, failing: Vec::new(), kept: limits.listed };
    json::read(source, limits, Object(&mut statistics))?;
    let Some(total) = statistics.total else {
        return Err(Refusal::new(
            Code::WrongFormat,
            "this is no `statistics.json` of JMeter: it has no `Total`",
        ));
    };
    if total.sample_count == 0 {
        return Err(Refusal::new(Code::NoSamples, "the statistics hold no sample: nothing was measured"));
    }
    let exact = total.error_count as f64 * 100.0 / total.sample_count as f64;
    if total.error_count > total.sample_count
        || total.error_pct.is_some_and(|stated| (stated - exact).abs() > 0.01)
    {
        let message = format!(
            "`errorPct` says {} and the counts say {} of {}: one of the two is wrong",
            total.error_pct.unwrap_or_default(),
            total.error_count,
            total.sample_count
        );
        return Err(Refusal::new(Code::Contradiction, message));
    }
    let mut quantiles = BTreeMap::new();
    for (quantile, name, value) in [
        (Quantile::P50, "medianResTime", total.median_res_time),
        (Quantile::P90, "pct1ResTime", total.pct1_res_time),
        (Quantile::P95, "pct2ResTime", total.pct2_res_time),
        (Quantile::P99, "pct3ResTime", total.pct3_res_time),
    ] {
        let Some(value) = value else { continue };
        let time = decimal(value).filter(|time| *time >= Decimal::ZERO);
        quantiles.insert(
            quantile,
            time.ok_or_else(|| Refusal::new(Code::BadNumber, format!("`{name}` is {value}, and no time")))?,
        );
    }
    for (label, failed, all) in statistics.failing {
        report.items.push(Item::new(ItemKind::Failed, &label, &format!("{failed} of {all} failed")));
    }
    report.origin.tool("JMeter", None);
    report.note(
        NoteCode::PercentilesAssumed,
        "the percentiles are taken for 90%, 95% and 99%, JMeter's defaults: the file does not say which they are",
    );
    let rate = total.throughput.and_then(decimal).filter(|rate| *rate >= Decimal::ZERO);
    // The throughput is of the whole time from the first sample to the last.
    let seconds = rate
        .filter(|rate| *rate > Decimal::ZERO)
        .and_then(|rate| Decimal::from(total.sample_count).checked_div(rate));
    let millis = seconds.and_then(|seconds| seconds.checked_mul(Decimal::ONE_THOUSAND));
    report.load = Some(Load {
        requests: total.sample_count,
        failed: Some((total.error_count, total.sample_count)),
        latency: (!quantiles.is_empty()).then_some(Latency::Stated(quantiles)),
        rate,
        duration: millis.map(|millis| millis.round_dp(0)),
        users: None,
        checks: None,
        thresholds: None,
    });
    Ok(())
}

struct Statistics {
    total: Option<Transaction>,
    failing: Vec<(String, u64, u64)>,
    kept: usize,
}

impl Fields for Statistics {
    const WHAT: &'static str = "statistics by their labels";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        let transaction = map.next_value::<Transaction>()?;
        if name == "Total" {
            self.total = Some(transaction);
            return Ok(true);
        }
        if transaction.error_count > 0 && self.failing.len() < self.kept {
            self.failing.push((name.to_owned(), transaction.error_count, transaction.sample_count));
        }
        Ok(true)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transaction {
    sample_count: u64,
    error_count: u64,
    error_pct: Option<f64>,
    median_res_time: Option<f64>,
    pct1_res_time: Option<f64>,
    pct2_res_time: Option<f64>,
    pct3_res_time: Option<f64>,
    throughput: Option<f64>,
}
