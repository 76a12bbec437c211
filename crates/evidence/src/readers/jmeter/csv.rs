//! A results file as CSV, with the names of its columns in the first line.

use super::{Sample, Samples};
use crate::limits::{Limits, short};
use crate::refusal::{Code, Refusal};
use crate::report::Report;
use crate::rows::Rows;
use crate::source::Source;

pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    if crate::json::looks_like_html(source.start()) {
        return Err(Refusal::new(
            Code::HtmlPage,
            "this is an HTML page, most often the error or login page of a server",
        ));
    }
    let mut rows = Rows::open(source, limits, true)?;
    let needed = |name: &str| {
        if rows.named(name) > 1 {
            return Err(Refusal::new(Code::DuplicateKey, format!("two columns are named `{name}`")));
        }
        rows.column(name).ok_or_else(|| {
            let message = format!(
                "the first line names no column `{name}`: JMeter writes the names of the columns there if \
                 `jmeter.save.saveservice.print_field_names` is not false"
            );
            Refusal::new(Code::MissingColumn, message)
        })
    };
    let (elapsed, success) = (needed("elapsed")?, needed("success")?);
    let (label, begun) = (rows.column("label"), rows.column("timeStamp"));
    let users = rows.column("allThreads");
    let (message, response) = (rows.column("failureMessage"), rows.column("responseMessage"));
    let mut samples = Samples::default();
    while let Some(row) = rows.next()? {
        let place = row.place;
        let text = row.get(elapsed);
        let millis = text.trim().parse().map_err(|_| {
            Refusal::new(
                Code::BadNumber,
                format!("`elapsed` is `{}`, which is no number of milliseconds", short(text)),
            )
            .at(place)
        })?;
        let success = match row.get(success).trim() {
            word if word.eq_ignore_ascii_case("true") => true,
            word if word.eq_ignore_ascii_case("false") => false,
            word => {
                return Err(Refusal::new(
                    Code::BadValue,
                    format!("`success` is `{}`, and neither true nor false", short(word)),
                )
                .at(place));
            }
        };
        let told = [message, response]
            .into_iter()
            .flatten()
            .map(|column| row.get(column))
            .find(|text| !text.is_empty());
        let sample = Sample {
            label: label.map_or("", |label| row.get(label)),
            millis,
            success,
            begun: begun.and_then(|begun| row.get(begun).trim().parse().ok()),
            users: users.and_then(|users| row.get(users).trim().parse().ok()),
            message: told.unwrap_or_default(),
        };
        samples.add(&sample, limits).map_err(|refusal| refusal.at(place))?;
    }
    if samples.requests == 0 {
        return Err(Refusal::new(
            Code::NoSamples,
            "the results have columns and no row: nothing was measured",
        ));
    }
    samples.end(report)
}
