//! JaCoCo's XML report (`report.dtd` 1.1), as JaCoCo, Kover and Pester write it.
//!
//! Lines, branches and instructions are those of the source files' lines: a line is executed if one of its instructions is. Classes that were
//! compiled without line numbers have only counters, which then stand for branches and instructions. Methods are those of the classes. The
//! report's own counters are compared with the lines.

use crate::detect;
use crate::family::{Branches, Coverage, Ratio};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::readers::lcov::Declared;
use crate::refusal::{Code, Refusal, malformed};
use crate::report::Report;
use crate::source::Source;
use crate::xml::{Element, Event, Xml};

/// Reads coverage.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut xml = Xml::new(source, limits);
    let root = xml.root()?;
    if root.name != "report" {
        return Err(detect::wrong_root(&root, "JaCoCo coverage, which begins with `<report>`"));
    }
    let mut reading = Reading {
        coverage: Coverage::default(),
        path: vec![Node::Other],
        whole: Ratio::default(),
        units: 0,
        seen: 0,
    };
    loop {
        match xml.next()? {
            Event::Start(element) => {
                reading.open(&element, report)?;
                if reading.seen > limits.distinct {
                    return Err(Refusal::new(
                        Code::TooLarge,
                        format!("the report has more than {} lines", limits.distinct),
                    ));
                }
            }
            Event::End => reading.close()?,
            Event::Text(_) => {}
            Event::Eof => break,
        }
    }
    if reading.units == 0 {
        return Err(Refusal::new(
            Code::NoResults,
            "the report holds no class and no source file: nothing was measured",
        ));
    }
    Declared { declared: reading.whole, held: reading.coverage.lines() }.compare(report);
    report.coverage = Some(reading.coverage);
    Ok(())
}

/// An element that is open, as far as it matters.
enum Node {
    Group(String),
    Package(String),
    Class { name: String, file: Option<String>, branches: Ratio, instructions: Ratio },
    Method { name: String, covered: Option<bool> },
    SourceFile(String),
    Other,
}

struct Reading {
    coverage: Coverage,
    path: Vec<Node>,
    /// The lines that the report's own counter declares.
    whole: Ratio,
    /// How many classes and source files there are.
    units: u64,
    seen: usize,
}

impl Reading {
    /// The name of a file within the open package.
    fn file(&self, name: &str) -> String {
        let mut parts: Vec<&str> = self
            .path
            .iter()
            .filter_map(|node| match node {
                Node::Group(name) | Node::Package(name) => Some(name.as_str()),
                _ => None,
            })
            .filter(|part| !part.is_empty())
            .collect();
        parts.push(name);
        parts.join("/")
    }

    fn open(&mut self, element: &Element, report: &mut Report) -> Result<(), Refusal> {
        let name = || element.get("name").unwrap_or_default().to_owned();
        let node = match element.name.as_str() {
            "group" => Node::Group(name()),
            "package" => Node::Package(name()),
            "class" => {
                self.units += 1;
                let file = element.text("sourcefilename").map(|file| self.file(file));
                Node::Class { name: name(), file, branches: Ratio::default(), instructions: Ratio::default() }
            }
            "method" => Node::Method {
                name: format!("{}{}", name(), element.get("desc").unwrap_or_default()),
                covered: None,
            },
            "sourcefile" => {
                self.units += 1;
                let file = self.file(&name());
                self.coverage.source(&file);
                Node::SourceFile(file)
            }
            "line" => {
                self.line(element)?;
                Node::Other
            }
            "counter" => {
                self.counter(element)?;
                Node::Other
            }
            "sessioninfo" => {
                for time in ["start", "dump"] {
                    report.origin.time(
                        element.text(time).and_then(|time| time.parse().ok()).and_then(Moment::of_millis),
                    );
                }
                Node::Other
            }
            _ => Node::Other,
        };
        self.path.push(node);
        Ok(())
    }

    fn line(&mut self, line: &Element) -> Result<(), Refusal> {
        let Some(Node::SourceFile(file)) = self.path.last() else { return Ok(()) };
        let small = |name| {
            let count = line.count(name)?.unwrap_or_default();
            u32::try_from(count).map_err(|_| {
                Refusal::new(Code::BadNumber, format!("`{name}` is {count}, beyond all measure"))
                    .at(line.place)
            })
        };
        let number = line.needed_count("nr")?;
        let number = u32::try_from(number)
            .map_err(|_| Refusal::new(Code::BadNumber, format!("{number} is no line")).at(line.place))?;
        line.needed_count("ci")?;
        let (missed, covered) = (small("mi")?, small("ci")?);
        let (missed_branches, covered_branches) = (small("mb")?, small("cb")?);
        let source = self.coverage.source(file);
        source.line(number, covered > 0);
        source.instructions(number, covered, covered.saturating_add(missed));
        if covered_branches > 0 || missed_branches > 0 {
            let total = u64::from(covered_branches) + u64::from(missed_branches);
            source.branches(number, Branches::Counted(Ratio { covered: u64::from(covered_branches), total }));
        }
        self.seen += 1;
        Ok(())
    }

    fn counter(&mut self, counter: &Element) -> Result<(), Refusal> {
        let (missed, covered) = (counter.needed_count("missed")?, counter.needed_count("covered")?);
        let total = covered.checked_add(missed).ok_or_else(|| {
            Refusal::new(Code::BadNumber, "a counter is beyond all measure").at(counter.place)
        })?;
        let depth = self.path.len();
        match (self.path.last_mut(), counter.get("type").unwrap_or_default()) {
            (Some(Node::Method { covered: state, .. }), "METHOD") => *state = Some(covered > 0),
            (Some(Node::Method { covered: state, .. }), "INSTRUCTION") => {
                state.get_or_insert(covered > 0);
            }
            (Some(Node::Class { branches, .. }), "BRANCH") => branches.add(covered, total),
            (Some(Node::Class { instructions, .. }), "INSTRUCTION") => instructions.add(covered, total),
            (Some(Node::Other), "LINE") if depth == 1 => self.whole.add(covered, total),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Refusal> {
        match self.path.pop() {
            None => return Err(malformed("the elements do not nest")),
            Some(Node::Method { name, covered: Some(covered) }) => {
                let Some(Node::Class { name: class, file, .. }) = self.path.last() else { return Ok(()) };
                let function = format!("{class}.{name}");
                let file = file.clone().unwrap_or_else(|| class.clone());
                self.coverage.source(&file).function(&function, covered);
                self.seen += 1;
            }
            Some(Node::Class { name, file, branches, instructions }) => {
                self.coverage.source(&file.unwrap_or(name)).stated(branches, instructions);
            }
            Some(_) => {}
        }
        Ok(())
    }
}
