//! JUnit XML, as the tools of many languages write it.
//!
//! There is no standard; the format is what Ant's and Maven Surefire's reporters wrote, with what pytest, jest, nextest, Bazel and others
//! add. What is counted are the cases that stand in the file. What a suite declares of itself is only compared with them:
//!
//! - It declares more cases than it holds: the difference is `tests.missing`, and casts doubt on the rest.
//! - It declares more failures than its cases account for, as jest does for a suite that would not start: each of these is a failure too.
//! - It declares less than it holds, as writers do that count runs or only direct cases: a remark.
//! - The file declares cases and holds none: it is refused.
//!
//! A result directly in a suite is one more case with the suite's name. A case with several results has the worst of them: error, failure,
//! skipped. What is wrong with a case that is set aside is counted apart, and neither as a case nor as a failure. Of a case that was run again the report says how it ended; what failed before that makes it flaky if it passed.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use crate::Case;
use crate::detect;
use crate::family::{Counts, Tests};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::refusal::{Code, NoteCode, Refusal, malformed};
use crate::report::{Item, ItemKind, Report};
use crate::source::Source;
use crate::xml::{Element, Event, Xml};

/// Reads test results, those that are set aside apart.
pub(crate) fn read(
    source: Source<'_>,
    limits: &Limits,
    report: &mut Report,
    aside: &dyn Fn(&Case<'_>) -> bool,
) -> Result<(), Refusal> {
    let mut xml = Xml::new(source, limits);
    let root = xml.root()?;
    if !matches!(root.name.as_str(), "testsuites" | "testsuite") {
        return Err(detect::wrong_root(
            &root,
            "JUnit test results, which begin with `<testsuites>` or `<testsuite>`",
        ));
    }
    let mut reading =
        Reading { limits, report, aside, tests: Tests::default(), cases: 0, declared: 0, understated: None };
    let whole = reading.suites(&mut xml, root)?;
    xml.finish()?;
    reading.end(whole)
}

struct Reading<'l, 'p> {
    limits: &'l Limits,
    report: &'p mut Report,
    aside: &'l dyn Fn(&Case<'_>) -> bool,
    tests: Tests,
    /// How many elements stand for a case.
    cases: u64,
    /// The largest number of cases that is declared anywhere.
    declared: u64,
    /// A suite that declares fewer cases than it holds.
    understated: Option<String>,
}

/// A suite that is open, with what was counted in it and in the suites within.
struct Suite {
    name: String,
    file: Option<String>,
    declared: Declared,
    counts: Counts,
    tagged: BTreeMap<SmolStr, Counts>,
    tags: Vec<SmolStr>,
    /// How many results say that something went wrong, those of runs before the last included.
    bad: u64,
    /// How many runs there were before the last ones.
    reruns: u64,
    missing: u64,
    /// How many of the cases are failures that only the attributes tell of.
    unlisted: u64,
}

/// What a suite says of itself.
#[derive(Clone, Copy, Default)]
struct Declared {
    tests: Option<u64>,
    failures: u64,
    errors: u64,
}

impl Suite {
    fn open(element: &Element) -> Result<Self, Refusal> {
        Ok(Self {
            name: element.get("name").unwrap_or_default().to_owned(),
            file: element.text("file").or_else(|| element.text("filepath")).map(str::to_owned),
            declared: Declared {
                tests: element.count("tests")?,
                failures: element.count("failures")?.unwrap_or_default(),
                errors: element.count("errors")?.unwrap_or_default(),
            },
            counts: Counts::default(),
            tagged: BTreeMap::new(),
            tags: tags_of(element),
            bad: 0,
            reruns: 0,
            missing: 0,
            unlisted: 0,
        })
    }

    /// Counts one case in the suite, and under each of its tags.
    fn count(&mut self, one: Counts, tags: &[SmolStr]) {
        self.counts.add(one);
        for (at, tag) in tags.iter().enumerate() {
            if !tags.iter().take(at).any(|before| before == tag) {
                self.tagged.entry(tag.clone()).or_default().add(one);
            }
        }
    }

    /// Takes over what a suite within counted.
    fn take(&mut self, inner: Self) {
        self.counts.add(inner.counts);
        for (tag, counts) in inner.tagged {
            self.tagged.entry(tag).or_default().add(counts);
        }
        self.bad += inner.bad;
        self.reruns += inner.reruns;
        self.missing += inner.missing;
        self.unlisted += inner.unlisted;
    }
}

/// How a case came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Passed,
    Skipped,
    Failed,
    Errored,
}

impl Outcome {
    /// What the attributes of a case say. Most writers have none of them.
    fn of(case: &Element) -> Self {
        let word = |name| case.text(name).map(str::to_ascii_lowercase);
        let of_word = |word: Option<String>| match word.as_deref() {
            Some("failed" | "fail" | "failure" | "broken") => Self::Failed,
            Some("errored" | "error" | "timeout" | "timedout" | "crashed") => Self::Errored,
            Some(
                "skipped" | "skip" | "disabled" | "notrun" | "not_run" | "not run" | "ignored" | "pending"
                | "suppressed",
            ) => Self::Skipped,
            _ => Self::Passed,
        };
        // GoogleTest says `notrun` in one and `suppressed` or `skipped` in the other.
        of_word(word("status")).max(of_word(word("result")))
    }

    /// What a result within a case says.
    fn of_result(name: &str) -> Option<Self> {
        Some(match name {
            "failure" => Self::Failed,
            "error" => Self::Errored,
            "skipped" | "skip" | "ignored" | "disabled" => Self::Skipped,
            _ => return None,
        })
    }
}

impl Reading<'_, '_> {
    /// Reads the root and all suites in it.
    fn suites(&mut self, xml: &mut Xml<'_>, root: Element) -> Result<Suite, Refusal> {
        self.times(&root);
        let mut open = vec![Suite::open(&root)?];
        loop {
            match xml.next()? {
                Event::Start(element) => match element.name.as_str() {
                    "testsuite" | "testsuites" => {
                        self.times(&element);
                        open.push(Suite::open(&element)?);
                    }
                    "testcase" => {
                        let Some(suite) = open.last_mut() else { return Err(nothing_open()) };
                        self.case(xml, &element, suite)?;
                    }
                    "properties" => {
                        let tags = self.properties(xml)?;
                        if let Some(suite) = open.last_mut() {
                            suite.tags.extend(tags);
                        }
                    }
                    name => match (Outcome::of_result(name), open.last_mut()) {
                        (Some(outcome), Some(suite)) => {
                            let message = message(&element, xml)?;
                            let name = suite.name.clone();
                            self.result(suite, outcome, &name, &message);
                        }
                        _ => xml.skip()?,
                    },
                },
                Event::End => {
                    let Some(suite) = open.pop() else { return Err(nothing_open()) };
                    let suite = self.close(suite)?;
                    match open.last_mut() {
                        Some(outer) => outer.take(suite),
                        None => return Ok(suite),
                    }
                }
                Event::Text(_) => {}
                Event::Eof => return Err(nothing_open()),
            }
        }
    }

    fn times(&mut self, element: &Element) {
        self.report.origin.time(element.text("timestamp").and_then(Moment::parse));
    }

    /// A result that stands in a suite, and belongs to no case.
    fn result(&mut self, suite: &mut Suite, outcome: Outcome, name: &str, message: &str) {
        self.cases += 1;
        suite.bad += u64::from(outcome >= Outcome::Failed);
        suite.count(counted(outcome, false), &[]);
        self.list(outcome, false, name, message, suite.file.clone());
    }

    fn case(&mut self, xml: &mut Xml<'_>, case: &Element, suite: &mut Suite) -> Result<(), Refusal> {
        self.cases += 1;
        let name = case.get("name").unwrap_or_default();
        let class = case.get("classname").or_else(|| case.get("class")).unwrap_or_default();
        let mut tags = tags_of(case);
        tags.extend(name.split_whitespace().filter_map(tag_in_name));
        let mut outcome = Outcome::of(case);
        let (mut results, mut reruns, mut told) = (0, 0, String::new());
        loop {
            match xml.next()? {
                Event::Start(element) => match element.name.as_str() {
                    "rerunFailure" | "rerunError" | "flakyFailure" | "flakyError" => {
                        reruns += 1;
                        let message = message(&element, xml)?;
                        if told.is_empty() {
                            told = message;
                        }
                    }
                    "properties" => tags.extend(self.properties(xml)?),
                    "testcase" | "testsuite" => {
                        return Err(malformed("a case stands in another case").at(element.place));
                    }
                    name => match Outcome::of_result(name) {
                        Some(result) => {
                            results += u64::from(result >= Outcome::Failed);
                            let message = message(&element, xml)?;
                            if result > outcome || told.is_empty() {
                                told = message;
                            }
                            outcome = outcome.max(result);
                        }
                        None => xml.skip()?,
                    },
                },
                Event::End => break,
                Event::Text(_) => {}
                Event::Eof => return Err(nothing_open()),
            }
        }
        let bad = outcome >= Outcome::Failed;
        let flaky = outcome == Outcome::Passed && reruns > 0;
        suite.bad += (results + reruns).max(u64::from(bad));
        suite.reruns += reruns;
        let quarantined = (self.aside)(&Case { suite: &suite.name, class, name });
        let aside = quarantined && bad;
        let one = if aside { Counts::default() } else { counted(outcome, flaky) };
        suite.count(Counts { quarantined: u64::from(quarantined), aside: u64::from(aside), ..one }, &tags);
        if outcome != Outcome::Skipped && !aside {
            self.tests.cases.add(&[&suite.name, class, name], !bad);
        }
        if bad || flaky {
            let id = if class.is_empty() || class == name || name.starts_with(class) {
                name.to_owned()
            } else {
                format!("{class}.{name}")
            };
            let file = case.text("file").map(str::to_owned).or_else(|| suite.file.clone());
            let location = file.map(|file| match case.text("line") {
                Some(line) => format!("{file}:{line}"),
                None => file,
            });
            if aside {
                self.report.items.push(Item::new(ItemKind::Quarantined, &id, &told).located(location));
            } else {
                self.list(outcome, flaky, &id, &told, location);
            }
        }
        Ok(())
    }

    fn list(&mut self, outcome: Outcome, flaky: bool, id: &str, message: &str, location: Option<String>) {
        let kind = match outcome {
            Outcome::Failed => ItemKind::Failed,
            Outcome::Errored => ItemKind::Errored,
            Outcome::Passed if flaky => ItemKind::Flaky,
            Outcome::Passed | Outcome::Skipped => return,
        };
        self.report.items.push(Item::new(kind, id, message).located(location));
    }

    /// Reads properties. Those that name tags are returned, those that name what was tested are taken up.
    fn properties(&mut self, xml: &mut Xml<'_>) -> Result<Vec<SmolStr>, Refusal> {
        let mut tags = Vec::new();
        loop {
            match xml.next()? {
                Event::Start(property) => {
                    let inner = xml.text()?;
                    let name = property.get("name").unwrap_or_default().to_ascii_lowercase();
                    let value = property.get("value").unwrap_or(&inner);
                    tags.extend(tags_named(&name, value));
                    self.report.origin.property(&name, value);
                }
                Event::End => return Ok(tags),
                Event::Text(_) => {}
                Event::Eof => return Err(nothing_open()),
            }
        }
    }

    /// Compares what a suite declares with what it holds.
    fn close(&mut self, mut suite: Suite) -> Result<Suite, Refusal> {
        let declared = suite.declared;
        self.declared = self.declared.max(declared.tests.unwrap_or_default());
        let unlisted = declared.failures.saturating_add(declared.errors).saturating_sub(suite.bad);
        if unlisted > 0 {
            let errored = unlisted.min(declared.errors.saturating_sub(suite.counts.errored));
            let failed = unlisted - errored;
            suite.bad = suite.bad.saturating_add(unlisted);
            suite.unlisted += unlisted;
            suite.counts.add(Counts { total: unlisted, failed, errored, ..Counts::default() });
            let name = if suite.name.is_empty() { "the report" } else { &suite.name };
            let message = format!("`{}` declares {unlisted} failures that no case accounts for", short(name));
            let kind = if errored > 0 { ItemKind::Errored } else { ItemKind::Failed };
            self.report.items.push(Item::new(kind, name, &message).located(suite.file.clone()));
            self.report.note(NoteCode::FailuresUnlisted, format!("{message}: they count as failures"));
        }
        if let Some(tests) = declared.tests {
            let present = suite.counts.total.saturating_add(suite.counts.aside);
            let held = present.saturating_add(suite.reruns).saturating_add(suite.missing);
            suite.missing = suite.missing.saturating_add(tests.saturating_sub(held));
            if tests < present.saturating_sub(suite.unlisted) && self.understated.is_none() {
                self.understated = Some(suite.name.clone());
            }
        }
        // A suite's tags are those of all its cases, wherever its properties stand.
        for tag in std::mem::take(&mut suite.tags) {
            suite.tagged.insert(tag, suite.counts);
        }
        if suite.tagged.len() > self.limits.distinct {
            return Err(Refusal::new(Code::TooLarge, "the report has more tags than can be told apart"));
        }
        Ok(suite)
    }

    fn end(mut self, whole: Suite) -> Result<(), Refusal> {
        if self.cases == 0 && self.declared > 0 {
            let message = format!(
                "the report declares {} test cases and holds none: nobody can tell what they were",
                self.declared
            );
            return Err(Refusal::new(Code::NoCases, message));
        }
        self.tests.all = whole.counts;
        self.tests.tagged = whole.tagged;
        self.tests.missing = whole.missing;
        if whole.missing > 0 {
            let message = format!(
                "the report declares {} more test cases than it holds: it is not whole, or its counts are wrong",
                whole.missing
            );
            self.report.note(NoteCode::CasesMissing, message);
        }
        if let Some(name) = self.understated {
            let message = format!(
                "`{}` declares fewer test cases than it holds; those it holds are counted",
                short(&name)
            );
            self.report.note(NoteCode::CountsUnderstated, message);
        }
        self.report.tests = Some(self.tests);
        Ok(())
    }
}

fn nothing_open() -> Refusal {
    malformed("the suites do not nest")
}

fn counted(outcome: Outcome, flaky: bool) -> Counts {
    let is = |one| u64::from(outcome == one);
    Counts {
        total: 1,
        passed: is(Outcome::Passed),
        failed: is(Outcome::Failed),
        errored: is(Outcome::Errored),
        skipped: is(Outcome::Skipped),
        flaky: u64::from(flaky),
        ..Counts::default()
    }
}

/// The message of a result: its attribute, or its text, or its type.
fn message(element: &Element, xml: &mut Xml<'_>) -> Result<String, Refusal> {
    let text = xml.text()?;
    let message = element.text("message").unwrap_or_else(|| text.trim());
    Ok(if message.is_empty() {
        element.get("type").unwrap_or_default().to_owned()
    } else {
        message.to_owned()
    })
}

/// The tags in the attributes of a case or a suite.
fn tags_of(element: &Element) -> Vec<SmolStr> {
    ["tag", "tags", "labels", "categories", "groups"]
        .iter()
        .filter_map(|name| Some(tags_named(name, element.text(name)?)))
        .flatten()
        .collect()
}

/// The tags in a property, if its name says that it holds some. CTest writes its labels as `cmake_labels`.
fn tags_named(name: &str, value: &str) -> Vec<SmolStr> {
    let known = [
        "tag",
        "tags",
        "label",
        "labels",
        "category",
        "categories",
        "group",
        "groups",
        "marker",
        "markers",
        "cmake_labels",
    ];
    if !known.contains(&name) {
        return Vec::new();
    }
    let tag =
        |tag: &str| Some(tag.trim().trim_start_matches('@')).filter(|tag| !tag.is_empty()).map(SmolStr::new);
    value.split([',', ';']).filter_map(tag).collect()
}

/// A tag in the name of a case, as Playwright, Cypress and Cucumber have it: `pays by card @critical-journey`.
fn tag_in_name(word: &str) -> Option<SmolStr> {
    let tag = word.strip_prefix('@')?.trim_end_matches([',', '.', ')', ']']);
    let named = tag.starts_with(char::is_alphabetic)
        && tag.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'));
    named.then(|| SmolStr::new(tag))
}
