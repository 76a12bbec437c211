//! SARIF 2.1.0 (OASIS), the findings of static analysis.
//!
//! A result's severity is its own `security-severity`, or that of its rule, rated as CVSS scores are, which is what GitHub's code scanning
//! does: tools give every result the level `warning` and say there how bad it is. Without one the level decides: error is high, warning
//! medium, note low, none info. A level that is not written comes from the run's configuration, the rule, or is `warning` (§3.27.10).
//!
//! Not counted: results of the kind `pass` or `notApplicable`, and those whose `baselineState` is `absent`. Results of the kind `open` or
//! `review` are undecided, and count like failures. A result is suppressed if it has a suppression and none of them is under review or
//! rejected (§3.27.23).

mod raw;

use std::collections::BTreeMap;

use serde::de::MapAccess;
use smol_str::SmolStr;

use crate::family::{BySeverity, FindingKind, Findings};
use crate::json::{self, Each, Fields, Object};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::refusal::{Code, NoteCode, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;
use raw::{Component, External, Invocation, Notification, RawLocation, RawResult, RawRule, Versioned};

/// Reads the runs of a log.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut log = Log { limits, report, findings: Findings::default(), version: None, runs: None };
    json::read(source, limits, Object(&mut log))?;
    let Log { findings, version, runs, .. } = log;
    match version.as_deref() {
        Some("2.1.0") => {}
        Some(version) if version.starts_with("2.1.0") => {}
        Some(other) => {
            let message = format!("this is SARIF {}, and 2.1.0 is read", crate::limits::short(other));
            return Err(Refusal::new(Code::UnsupportedVersion, message));
        }
        None => return Err(Refusal::new(Code::WrongFormat, "this is no SARIF log: it has no `version`")),
    }
    match runs {
        None => return Err(Refusal::new(Code::MissingField, "the SARIF log has no `runs`")),
        Some(0) => {
            return Err(Refusal::new(
                Code::NoResults,
                "the SARIF log holds no run: no tool says that it found nothing",
            ));
        }
        Some(_) => {}
    }
    report.findings = Some(findings);
    Ok(())
}

struct Log<'l, 'p> {
    limits: &'l Limits,
    report: &'p mut Report,
    findings: Findings,
    version: Option<String>,
    runs: Option<u64>,
}

impl Fields for Log<'_, '_> {
    const WHAT: &'static str = "a SARIF log";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "version" => self.version = map.next_value::<Option<String>>()?,
            "runs" => self.runs = map.next_value_seed(Runs(self))?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Reads runs, one after the other.
struct Runs<'r, 'l, 'p>(&'r mut Log<'l, 'p>);

impl<'de> serde::de::DeserializeSeed<'de> for Runs<'_, '_, '_> {
    type Value = Option<u64>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Option<u64>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for Runs<'_, '_, '_> {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of runs")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Option<u64>, E> {
        Ok(None)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Option<u64>, A::Error> {
        let log = self.0;
        let mut count = 0;
        loop {
            let mut run = Run::new(log.limits);
            if list.next_element_seed(Object(&mut run))?.is_none() {
                return Ok(Some(count));
            }
            count += 1;
            run.end(log).map_err(json::refuse)?;
        }
    }
}

/// What the severity of a result depends on. The rules may stand behind the results, so results are counted by it until the run ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rating {
    rule: Option<SmolStr>,
    index: Option<u64>,
    /// The extension of the tool whose rule it is.
    extension: Option<u64>,
    level: Option<SmolStr>,
    failing: bool,
    score: Option<SmolStr>,
}

/// What a tool says of one of its rules.
#[derive(Debug, Clone, Default)]
struct Rule {
    id: SmolStr,
    level: Option<SmolStr>,
    score: Option<SmolStr>,
}

struct Run<'l> {
    limits: &'l Limits,
    /// The rules of the driver, then those of each extension.
    rules: Vec<Vec<Rule>>,
    overrides: BTreeMap<SmolStr, SmolStr>,
    /// How many results are open, open and new, and suppressed.
    counts: BTreeMap<Rating, [u64; 3]>,
    items: Vec<(Rating, Item)>,
    /// Results that are not kept one by one.
    unlisted: u64,
    results: Option<u64>,
    external: bool,
    baseline: bool,
    failed: Option<String>,
    errors: u64,
    commits: Vec<String>,
    times: Vec<Moment>,
    tools: Vec<(String, Option<String>)>,
}

impl<'l> Run<'l> {
    const fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            rules: Vec::new(),
            overrides: BTreeMap::new(),
            counts: BTreeMap::new(),
            items: Vec::new(),
            unlisted: 0,
            results: None,
            external: false,
            baseline: false,
            failed: None,
            errors: 0,
            commits: Vec::new(),
            times: Vec::new(),
            tools: Vec::new(),
        }
    }

    fn result(&mut self, result: RawResult) -> Result<(), Refusal> {
        let kind = result.kind.as_deref().unwrap_or("fail");
        self.baseline |= result.baseline_state.is_some();
        if matches!(kind, "pass" | "notApplicable") || result.baseline_state.as_deref() == Some("absent") {
            return Ok(());
        }
        let undecided = matches!(kind, "open" | "review");
        let rule = result.rule.unwrap_or_default();
        let rating = Rating {
            rule: result.rule_id.or(rule.id).map(SmolStr::new),
            index: result.rule_index.or(rule.index).and_then(|index| u64::try_from(index).ok()),
            extension: rule
                .tool_component
                .and_then(|component| component.index)
                .and_then(|index| u64::try_from(index).ok()),
            // A result that has not failed must have the level `none`; one that is undecided is rated as if it had failed.
            level: result.level.filter(|level| !(undecided && level == "none")).map(SmolStr::new),
            failing: kind != "informational",
            score: result.properties.score.map(|score| SmolStr::new(score.0)),
        };
        let suppressed = !result.suppressions.is_empty()
            && result.suppressions.iter().all(|suppression| {
                !matches!(suppression.status.as_deref(), Some("underReview" | "rejected"))
            });
        let new =
            result.baseline_state.as_deref().is_none_or(|state| state != "unchanged" && state != "updated");
        if self.counts.len() > self.limits.distinct {
            return Err(Refusal::new(Code::TooLarge, "the run has more rules than can be told apart"));
        }
        let counts = self.counts.entry(rating.clone()).or_default();
        if suppressed {
            counts[2] += 1;
        } else {
            counts[0] += 1;
            counts[1] += u64::from(new);
        }
        let kind = if suppressed {
            ItemKind::Suppressed(FindingKind::Analysis)
        } else {
            ItemKind::Finding(FindingKind::Analysis)
        };
        let message =
            result.message.text.or(result.message.markdown).or(result.message.id).unwrap_or_default();
        let mut item = Item::new(kind, rating.rule.as_deref().unwrap_or_default(), &message)
            .located(result.locations.0.map(RawLocation::told));
        item.fingerprint = result
            .fingerprints
            .into_values()
            .next()
            .or_else(|| result.partial_fingerprints.into_values().next());
        self.items.push((rating, item));
        // More are kept than are listed in the end: the rules that say which are the worst may stand behind the results.
        let kept = self.limits.listed.saturating_mul(4);
        if self.items.len() > kept.saturating_mul(2) {
            let mut items = std::mem::take(&mut self.items);
            items.sort_by_cached_key(|(rating, item)| {
                (matches!(item.kind, ItemKind::Suppressed(_)), std::cmp::Reverse(self.severity(rating)))
            });
            self.unlisted += items.len().saturating_sub(kept) as u64;
            items.truncate(kept);
            self.items = items;
        }
        Ok(())
    }

    fn rule(&self, rating: &Rating) -> Option<&Rule> {
        let component = rating.extension.map_or(0, |extension| extension + 1);
        let rules = self.rules.get(usize::try_from(component).ok()?)?;
        let by_index = rating.index.and_then(|index| rules.get(usize::try_from(index).ok()?));
        // A rule's id may go on behind a `/`, as one of its sub-rules (§3.27.5).
        let named = |rule: &&Rule, id: &str| {
            rule.id == id
                || id.starts_with(rule.id.as_str())
                    && id.get(rule.id.len()..).is_some_and(|rest| rest.starts_with('/'))
        };
        match (&rating.rule, by_index) {
            (Some(id), Some(rule)) if named(&rule, id) => Some(rule),
            (Some(id), _) => {
                rules.iter().find(|rule| rule.id == *id).or_else(|| rules.iter().find(|rule| named(rule, id)))
            }
            (None, by_index) => by_index,
        }
    }

    fn severity(&self, rating: &Rating) -> Option<Severity> {
        let rule = self.rule(rating);
        let score = |text: &SmolStr| {
            text.trim().parse::<f64>().ok().filter(|score| *score > 0.0).and_then(Severity::of_score)
        };
        if let Some(severity) = rating
            .score
            .as_ref()
            .and_then(score)
            .or_else(|| rule.and_then(|rule| rule.score.as_ref()).and_then(score))
        {
            return Some(severity);
        }
        let level = if rating.failing {
            let id = rating.rule.as_ref().or_else(|| rule.map(|rule| &rule.id));
            rating
                .level
                .as_deref()
                .or_else(|| id.and_then(|id| self.overrides.get(id)).map(SmolStr::as_str))
                .or_else(|| rule.and_then(|rule| rule.level.as_deref()))
                .unwrap_or("warning")
        } else {
            "none"
        };
        match level {
            "error" => Some(Severity::High),
            "warning" => Some(Severity::Medium),
            "note" => Some(Severity::Low),
            "none" => Some(Severity::Info),
            _ => None,
        }
    }

    /// Rates what was counted, now that all rules are known.
    fn end(mut self, log: &mut Log<'_, '_>) -> Result<(), Refusal> {
        let tool = self.tools.first().map_or("the tool", |(name, _)| name.as_str()).to_owned();
        if let Some(why) = &self.failed {
            return Err(Refusal::new(
                Code::ToolFailed,
                format!("`{tool}` says that its run failed{why}: what it did not find proves nothing"),
            ));
        }
        if self.external {
            return Err(Refusal::new(
                Code::NoResults,
                format!("the results of `{tool}` are in other files, which the log names"),
            ));
        }
        if self.results.is_none() {
            return Err(Refusal::new(
                Code::NoResults,
                format!(
                    "the run of `{tool}` has no `results`: it says what the tool knows, not what it found"
                ),
            ));
        }
        let findings = &mut log.findings;
        findings.looked_for(FindingKind::Analysis);
        findings.scans += 1;
        let mut new = BySeverity::default();
        let mut unrated = 0;
        for (rating, [open, fresh, suppressed]) in &self.counts {
            let severity = self.severity(rating);
            unrated += if severity.is_none() { *open } else { 0 };
            findings.open.entry(FindingKind::Analysis).or_default().count(severity, *open);
            findings.suppressed.count(severity, *suppressed);
            new.count(severity, *fresh);
        }
        if self.baseline {
            let mut all = findings.new.unwrap_or_default();
            for severity in Severity::ALL {
                all.count(Some(severity), new.exactly(severity));
            }
            all.count(None, new.unknown);
            findings.new = Some(all);
        }
        if unrated > 0 {
            log.report.note(
                NoteCode::SeverityMissing,
                format!(
                    "{unrated} findings have a level that SARIF does not have: they count at every severity"
                ),
            );
        }
        if self.errors > 0 {
            log.report.note(
                NoteCode::ToolErrors,
                format!(
                    "`{tool}` tells of {} errors during its run: it may have missed something",
                    self.errors
                ),
            );
        }
        let items = std::mem::take(&mut self.items);
        for (rating, item) in items {
            log.report.items.push(item.rated(self.severity(&rating)));
        }
        log.report.items.omitted += self.unlisted;
        for commit in &self.commits {
            log.report.origin.commit(commit);
        }
        self.times.iter().for_each(|time| log.report.origin.time(Some(*time)));
        for (name, version) in &self.tools {
            log.report.origin.tool(name, version.as_deref());
        }
        Ok(())
    }
}

impl Fields for Run<'_> {
    const WHAT: &'static str = "a run";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "tool" => map.next_value_seed(Object(&mut Tool(self)))?,
            "results" => self.results = map.next_value_seed(Each::new(|result| self.result(result)))?,
            "invocations" => {
                map.next_value_seed(Each::new(|invocation: Invocation| {
                    self.invocation(invocation);
                    Ok(())
                }))?;
            }
            "versionControlProvenance" => {
                let commits = &mut self.commits;
                map.next_value_seed(Each::new(|version: Versioned| {
                    if commits.len() < 100 {
                        commits.extend(version.revision_id);
                    }
                    Ok(())
                }))?;
            }
            "externalPropertyFileReferences" => {
                let references = map.next_value::<Option<External>>()?;
                self.external |= references.is_some_and(|references| references.results.0.is_some());
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Run<'_> {
    fn invocation(&mut self, invocation: Invocation) {
        if invocation.execution_successful == Some(false) {
            let why = invocation.exit_code_description.or(invocation.process_start_failure_message);
            self.failed =
                Some(why.map_or_else(String::new, |why| format!(" ({})", crate::limits::short(&why))));
        }
        let errors = |notifications: &[Notification]| {
            notifications.iter().filter(|notification| notification.level.as_deref() == Some("error")).count()
                as u64
        };
        self.errors += errors(&invocation.tool_execution_notifications)
            + errors(&invocation.tool_configuration_notifications);
        for time in [invocation.start_time_utc, invocation.end_time_utc].into_iter().flatten() {
            if self.times.len() < 100 {
                self.times.extend(Moment::parse(&time));
            }
        }
        for set in invocation.rule_configuration_overrides {
            if let (Some(id), Some(level)) = (set.descriptor.id, set.configuration.level) {
                self.overrides.insert(SmolStr::new(id), SmolStr::new(level));
            }
        }
    }
}

/// Reads the tool of a run: its driver and its extensions, with their rules.
struct Tool<'r, 'l>(&'r mut Run<'l>);

impl Fields for Tool<'_, '_> {
    const WHAT: &'static str = "a tool";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "driver" => {
                let driver = map.next_value::<Component>()?;
                self.0
                    .tools
                    .push((driver.name.unwrap_or_default(), driver.semantic_version.or(driver.version)));
                // The extensions may stand before the driver, which comes first all the same.
                self.0.rules.insert(0, driver.rules.into_iter().map(RawRule::kept).collect());
            }
            "extensions" => {
                let extensions = map.next_value::<Option<Vec<Component>>>()?;
                let rules = |extension: Component| extension.rules.into_iter().map(RawRule::kept).collect();
                self.0.rules.extend(extensions.unwrap_or_default().into_iter().map(rules));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
