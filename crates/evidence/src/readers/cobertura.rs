//! Cobertura XML, as Cobertura, coverage.py, Coverlet, gcovr, istanbul and PHPUnit write it.
//!
//! What is counted are the lines themselves: each line of a file once, however many classes and methods list it, executed if one of them
//! says so. The sums at the root are compared with them. A method is executed if one of its lines is. Branches are those of
//! `condition-coverage="50% (1/2)"`.

use crate::detect;
use crate::family::{Branches, Coverage, Ratio, SourceLines};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::readers::lcov::{Declared, executed};
use crate::refusal::{Code, Refusal, malformed};
use crate::report::Report;
use crate::source::Source;
use crate::xml::{Element, Event, Xml};

/// Reads coverage.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut xml = Xml::new(source, limits);
    let root = xml.root()?;
    let clover = root.get("clover").is_some() || root.get("generated").is_some();
    if root.name != "coverage" || clover {
        return Err(detect::wrong_root(&root, "Cobertura coverage, which begins with `<coverage>`"));
    }
    report.origin.time(root.text("timestamp").and_then(time));
    let mut coverage = Coverage::default();
    let mut seen = 0;
    // Elements nest as packages, classes, methods and lines; only classes and methods matter for what a line belongs to.
    loop {
        match xml.next()? {
            Event::Start(element) if element.name == "class" => {
                let file =
                    element.get("filename").ok_or_else(|| element.lacks("filename"))?.replace('\\', "/");
                let name = element.get("name").unwrap_or_default().to_owned();
                let source = coverage.source(&file);
                let before = source.size();
                class(&mut xml, &name, source)?;
                seen += source.size() - before;
                if seen > limits.distinct {
                    return Err(Refusal::new(
                        Code::TooLarge,
                        format!("the report has more than {} lines", limits.distinct),
                    ));
                }
            }
            Event::Start(_) | Event::End | Event::Text(_) => {}
            Event::Eof => break,
        }
    }
    if coverage.sources.is_empty() {
        return Err(Refusal::new(Code::NoResults, "the report holds no class: nothing was measured"));
    }
    let declared = Ratio {
        covered: root.count("lines-covered")?.unwrap_or_default(),
        total: root.count("lines-valid")?.unwrap_or_default(),
    };
    Declared { declared, held: coverage.lines() }.compare(report);
    report.coverage = Some(coverage);
    Ok(())
}

/// A time in seconds or milliseconds of the Unix epoch, whichever the writer chose.
fn time(text: &str) -> Option<Moment> {
    let number: i64 = text.split('.').next()?.parse().ok()?;
    Moment::of_millis(if number < 100_000_000_000 { number.checked_mul(1000)? } else { number })
}

fn class(xml: &mut Xml<'_>, class: &str, source: &mut SourceLines) -> Result<(), Refusal> {
    let mut open = 1;
    while open > 0 {
        match xml.next()? {
            Event::Start(element) if element.name == "method" => method(xml, class, &element, source)?,
            Event::Start(element) if element.name == "line" => {
                line(&element, source)?;
                open += 1;
            }
            Event::Start(_) => open += 1,
            Event::End => open -= 1,
            Event::Text(_) => {}
            Event::Eof => return Err(malformed("the classes do not nest")),
        }
    }
    Ok(())
}

fn method(xml: &mut Xml<'_>, class: &str, method: &Element, source: &mut SourceLines) -> Result<(), Refusal> {
    let (mut first, mut covered, mut open) = (None, false, 1);
    while open > 0 {
        match xml.next()? {
            Event::Start(element) => {
                if element.name == "line" {
                    let (number, hit) = line(&element, source)?;
                    first.get_or_insert(number);
                    covered |= hit;
                }
                open += 1;
            }
            Event::End => open -= 1,
            Event::Text(_) => {}
            Event::Eof => return Err(malformed("the methods do not nest")),
        }
    }
    // A method without lines says with `hits` whether it was called, or nothing at all.
    let stated = method.text("hits").map(executed).transpose()?;
    if first.is_some() || stated.is_some() {
        let name = method.get("name").unwrap_or_default();
        let signature = method.get("signature").unwrap_or_default();
        // Writers give overloads one name and one signature: where a method begins tells them apart.
        let place = first.map_or_else(String::new, |first| format!(":{first}"));
        source.function(&format!("{class}.{name}{signature}{place}"), covered || stated == Some(true));
    }
    Ok(())
}

fn line(line: &Element, source: &mut SourceLines) -> Result<(u32, bool), Refusal> {
    let number = line.needed_count("number")?;
    let number = u32::try_from(number)
        .map_err(|_| Refusal::new(Code::BadNumber, format!("{number} is no line")).at(line.place))?;
    let hits = line.text("hits").ok_or_else(|| line.lacks("hits"))?;
    let covered = executed(hits).map_err(|refusal| refusal.at(line.place))?;
    source.line(number, covered);
    if let Some(text) = line.text("condition-coverage") {
        let branches = conditions(text).ok_or_else(|| {
            Refusal::new(
                Code::BadValue,
                format!("`{}` says nothing of branches: `50% (1/2)` would", short(text)),
            )
            .at(line.place)
        })?;
        if branches.total > 0 {
            source.branches(number, Branches::Counted(branches));
        }
    }
    Ok((number, covered))
}

/// Reads `50% (1/2)`. A percentage alone says that there are no branches to count.
fn conditions(text: &str) -> Option<Ratio> {
    let Some((_, rest)) = text.split_once('(') else {
        return text.trim().ends_with('%').then_some(Ratio::default());
    };
    let (covered, total) = rest.split_once(')')?.0.split_once('/')?;
    let ratio = Ratio { covered: covered.trim().parse().ok()?, total: total.trim().parse().ok()? };
    (ratio.covered <= ratio.total).then_some(ratio)
}
