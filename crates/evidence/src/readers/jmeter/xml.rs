//! A results file as XML. A sample's time holds that of the samples within it (redirects, embedded resources), so only the outer ones count.

use super::{Sample, Samples};
use crate::detect;
use crate::limits::{Limits, short};
use crate::refusal::{Code, Refusal};
use crate::report::Report;
use crate::source::Source;
use crate::xml::{Event, Xml};

pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut xml = Xml::new(source, limits);
    let root = xml.root()?;
    if root.name != "testResults" {
        return Err(detect::wrong_root(&root, "JMeter results, which begin with `<testResults>`"));
    }
    let mut samples = Samples::default();
    loop {
        match xml.next()? {
            Event::Start(element) => {
                if matches!(element.name.as_str(), "sample" | "httpSample") {
                    let success = match element.text("s").map(str::to_ascii_lowercase).as_deref() {
                        Some("true") => true,
                        Some("false") => false,
                        Some(other) => {
                            return Err(Refusal::new(
                                Code::BadValue,
                                format!("`s` is `{}`, and neither true nor false", short(other)),
                            )
                            .at(element.place));
                        }
                        None => return Err(element.lacks("s")),
                    };
                    let sample = Sample {
                        label: element.get("lb").unwrap_or_default(),
                        millis: element.needed_count("t")?,
                        success,
                        begun: element.text("ts").and_then(|ts| ts.parse().ok()),
                        users: element.text("na").and_then(|users| users.parse().ok()),
                        message: element.get("rm").unwrap_or_default(),
                    };
                    samples.add(&sample, limits).map_err(|refusal| refusal.at(element.place))?;
                }
                xml.skip()?;
            }
            Event::End | Event::Text(_) => {}
            Event::Eof => break,
        }
    }
    samples.end(report)
}
