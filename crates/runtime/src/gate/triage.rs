//! Triage: which findings and records block a release, and which become follow-ups with an owner and a day.

use clearway_evidence::{FindingKind, Item, ItemKind, Report};
use clearway_plan::{Defect, MetricUse, Triage, Within};
use clearway_schedule::{Calendar, Zone};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::judge::{Judgement, Measure, Measured, Verdict, judge};

/// Findings and records, sorted by what is to be done about them.
#[derive(Debug)]
pub struct Triaged<'t> {
    rules: &'t Triage,
    blockers: Vec<(&'t Item, String)>,
    follow_ups: Vec<(&'t Item, &'t Defect, Option<Timestamp>)>,
    /// How many the report does not list one by one.
    omitted: u64,
    is_there: bool,
}

/// How many blockers are named one by one.
const NAMED: usize = 10;

impl<'t> Triaged<'t> {
    /// Sorts what a report lists.
    pub fn of(rules: &'t Triage, report: Option<&'t Report>, now: Timestamp, zone: &Zone) -> Self {
        let mut triaged = Self {
            rules,
            blockers: Vec::new(),
            follow_ups: Vec::new(),
            omitted: 0,
            is_there: report.is_some(),
        };
        let Some(report) = report else { return triaged };
        triaged.omitted = report.items.omitted;
        for item in report.items.list().iter().filter(|item| is_open(item)) {
            match (triaged.blocks(item), triaged.defect(item)) {
                (None, Some(defect)) => {
                    let due = match &defect.within {
                        Within::Seconds(seconds) => {
                            now.checked_add(std::time::Duration::from_secs(*seconds)).ok()
                        }
                        Within::Period(period) => period.after(now, zone, &Calendar::default()),
                    };
                    triaged.follow_ups.push((item, defect, due));
                }
                (Some(why), _) => triaged.blockers.push((item, why)),
                (None, None) => triaged.blockers.push((item, "no rule is about it".to_owned())),
            }
        }
        triaged
    }

    /// Why an item blocks. What nobody can tell blocks too.
    fn blocks(&self, item: &Item) -> Option<String> {
        self.rules.blockers.iter().find_map(|rule| match judge(&rule.condition, &One(item)).verdict {
            Verdict::Pass => Some(rule.text.clone()),
            Verdict::Inconclusive => Some(format!("nobody can tell whether {}", rule.text)),
            Verdict::Fail => None,
        })
    }

    fn defect(&self, item: &Item) -> Option<&'t Defect> {
        self.rules
            .defects
            .iter()
            .find(|rule| judge(&rule.when.condition, &One(item)).verdict == Verdict::Pass)
    }

    /// Whether nothing blocks.
    pub fn judged(&self) -> Judgement {
        let measured = vec![format!(
            "{}, {}",
            count(self.blockers.len(), "blocker"),
            count(self.follow_ups.len(), "follow-up")
        )];
        let mut why: Vec<String> = self
            .blockers
            .iter()
            .take(NAMED)
            .map(|(item, rule)| format!("`{}` blocks: {rule}", item.id))
            .collect();
        if self.blockers.len() > NAMED {
            why.push(format!("and {} more", self.blockers.len() - NAMED));
        }
        let verdict = match (self.blockers.is_empty(), self.is_there && self.omitted == 0) {
            (false, _) => Verdict::Fail,
            (true, true) => Verdict::Pass,
            (true, false) => Verdict::Inconclusive,
        };
        if self.omitted > 0 {
            why.push(format!("{} more are not listed one by one, and each might block", self.omitted));
        }
        if !self.is_there {
            why.push("there is no report".to_owned());
        }
        Judgement { verdict, measured, why }
    }

    /// What is to be said whatever comes of the gate.
    pub fn notes(&self) -> Vec<String> {
        let Triage { name, agreed_by, .. } = self.rules;
        let mut notes =
            vec![format!("what blocks the release, `{agreed_by}` has agreed on: triage `{name}`")];
        notes.extend(self.follow_ups.iter().map(|(item, defect, due)| {
            let due = due.map_or_else(|| "beyond all calendars".to_owned(), |due| format!("until {due}"));
            format!("follow-up: `{}` is mended by `{}` {due} ({})", item.id, defect.owner, defect.when.text)
        }));
        notes
    }

    /// The same for the record.
    pub fn details(&self) -> Value {
        let blockers: Vec<Value> =
            self.blockers.iter().map(|(item, rule)| json!({"id": item.id, "rule": rule})).collect();
        let follow_ups: Vec<Value> = self
            .follow_ups
            .iter()
            .map(|(item, defect, due)| json!({"id": item.id, "rule": defect.when.text, "owner": defect.owner, "due": due}))
            .collect();
        json!({"triage": self.rules.name, "agreed-by": self.rules.agreed_by, "blockers": blockers, "follow-ups": follow_ups})
    }
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// Whether something is to be done about an item.
fn is_open(item: &Item) -> bool {
    match item.kind {
        ItemKind::Failed
        | ItemKind::Errored
        | ItemKind::Finding(_)
        | ItemKind::Crossed
        | ItemKind::Degraded
        | ItemKind::Open => true,
        ItemKind::Flaky | ItemKind::Quarantined | ItemKind::Suppressed(_) => false,
    }
}

/// What rules ask of one item.
struct One<'i>(&'i Item);

impl Measure for One<'_> {
    fn measure(&self, metric: &MetricUse) -> Measured {
        let item = self.0;
        let nothing = |why: &str| Measured::Nothing { why: why.to_owned() };
        match metric.name.as_str() {
            "finding.severity" => match item.severity {
                Some(severity) => Measured::Word {
                    of: metric.unit.clone(),
                    word: severity.name().to_owned(),
                    rank: severity as usize,
                },
                None => nothing("nobody knows how serious it is"),
            },
            "finding.label" => Measured::Texts(item.labels.iter().map(ToString::to_string).collect()),
            "finding.component" => Measured::Texts(component(item).into_iter().collect()),
            "finding.id" => Measured::Texts(vec![item.id.clone()]),
            _ => nothing("it is nothing that one finding has"),
        }
    }
}

/// The service of a record, the package of a vulnerability, the file of what an analysis found, without its line.
fn component(item: &Item) -> Option<String> {
    let location = item.location.as_deref()?;
    let is_file = matches!(
        item.kind,
        ItemKind::Finding(FindingKind::Analysis | FindingKind::Secret) | ItemKind::Failed | ItemKind::Errored
    );
    let file = location.rsplit_once(':').filter(|(_, line)| line.bytes().all(|byte| byte.is_ascii_digit()));
    Some(file.filter(|_| is_file).map_or(location, |(file, _)| file).to_owned())
}
