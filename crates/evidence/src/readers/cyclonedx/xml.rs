//! CycloneDX as XML. The version is that of the namespace, which the parser leaves out; the elements tell the rest.

use super::{Bill, Rating, Vulnerability};
use crate::detect;
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::refusal::{Code, Refusal, malformed};
use crate::report::Report;
use crate::source::Source;
use crate::xml::{Event, Xml};

pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut xml = Xml::new(source, limits);
    let root = xml.root()?;
    if root.name != "bom" {
        return Err(detect::wrong_root(&root, "a CycloneDX bill, which begins with `<bom>`"));
    }
    let mut bill = Bill::default();
    let mut sections = 0_u64;
    loop {
        match xml.next()? {
            Event::Start(element) => {
                sections += 1;
                match element.name.as_str() {
                    "metadata" => metadata(&mut xml, report)?,
                    "components" => components(&mut xml, &mut bill)?,
                    "dependencies" => each(&mut xml, |xml, name| {
                        bill.inventory.dependencies += u64::from(name == "dependency");
                        xml.skip()
                    })?,
                    "vulnerabilities" => {
                        bill.looked = true;
                        each(&mut xml, |xml, name| {
                            if name != "vulnerability" {
                                return xml.skip();
                            }
                            bill.add(&vulnerability(xml)?, report);
                            Ok(())
                        })?;
                    }
                    _ => xml.skip()?,
                }
            }
            Event::End | Event::Text(_) => {}
            Event::Eof => break,
        }
    }
    if sections == 0 {
        return Err(Refusal::new(Code::NoResults, "the bill holds nothing"));
    }
    bill.end(report);
    Ok(())
}

/// Reads the elements within the open one. Each is read to its end by `with`, which gets its name.
fn each<'r>(
    xml: &mut Xml<'r>,
    mut with: impl FnMut(&mut Xml<'r>, &str) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    loop {
        match xml.next()? {
            Event::Start(element) => with(xml, &element.name)?,
            Event::End => return Ok(()),
            Event::Text(_) => {}
            Event::Eof => return Err(malformed("the bill does not nest")),
        }
    }
}

fn metadata(xml: &mut Xml<'_>, report: &mut Report) -> Result<(), Refusal> {
    each(xml, |xml, name| match name {
        "timestamp" => {
            report.origin.time(Moment::parse(&xml.text()?));
            Ok(())
        }
        "component" => each(xml, |xml, name| match name {
            "version" => {
                report.origin.digest(&xml.text()?);
                Ok(())
            }
            _ => xml.skip(),
        }),
        _ => xml.skip(),
    })
}

fn components(xml: &mut Xml<'_>, bill: &mut Bill) -> Result<(), Refusal> {
    each(xml, |xml, name| {
        if name != "component" {
            return xml.skip();
        }
        let (mut version, mut licensed) = (false, false);
        each(xml, |xml, name| match name {
            "version" => {
                version = !xml.text()?.trim().is_empty();
                Ok(())
            }
            "licenses" => each(xml, |xml, _| {
                licensed = true;
                xml.skip()
            }),
            "components" => components(xml, bill),
            _ => xml.skip(),
        })?;
        bill.inventory.components += 1;
        bill.inventory.unversioned += u64::from(!version);
        bill.inventory.unlicensed += u64::from(!licensed);
        Ok(())
    })
}

fn vulnerability(xml: &mut Xml<'_>) -> Result<Vulnerability, Refusal> {
    let mut vulnerability = Vulnerability::default();
    each(xml, |xml, name| {
        match name {
            "id" => vulnerability.id = xml.text()?.trim().to_owned(),
            "description" => vulnerability.message = xml.text()?,
            "ratings" => each(xml, |xml, _| {
                let mut rating = Rating::default();
                each(xml, |xml, name| {
                    match name {
                        "severity" => rating.severity = Some(xml.text()?),
                        "vector" => rating.vector = Some(xml.text()?),
                        "score" => {
                            let place = xml.place();
                            let text = xml.text()?;
                            let score = text.trim().parse().ok().filter(|score: &f64| score.is_finite());
                            let bad = || {
                                Refusal::new(
                                    Code::BadNumber,
                                    format!("the score is `{}`, and no number", short(&text)),
                                )
                                .at(place)
                            };
                            rating.score = Some(score.ok_or_else(bad)?);
                        }
                        _ => xml.skip()?,
                    }
                    Ok(())
                })?;
                vulnerability.ratings.push(rating);
                Ok(())
            })?,
            "analysis" => each(xml, |xml, name| match name {
                "state" => {
                    vulnerability.state = Some(xml.text()?.trim().to_owned());
                    Ok(())
                }
                _ => xml.skip(),
            })?,
            "affects" => each(xml, |xml, _| {
                each(xml, |xml, name| match name {
                    "ref" => {
                        vulnerability.affects = Some(xml.text()?.trim().to_owned());
                        Ok(())
                    }
                    _ => xml.skip(),
                })
            })?,
            _ => xml.skip()?,
        }
        Ok(())
    })?;
    Ok(vulnerability)
}
