//! Quarantines as a gate applies them: which tests they set aside, until when, and how many may be.

use std::cell::Cell;

use clearway_evidence::{Case, ItemKind, Report};
use clearway_plan::{Cap, Gate, Quarantine};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::judge::{Judgement, Verdict};

/// The quarantines of a gate at a time.
#[derive(Debug)]
pub struct Quarantines<'g> {
    gate: &'g Gate,
    all: Vec<Applied<'g>>,
}

#[derive(Debug)]
struct Applied<'g> {
    rule: &'g Quarantine,
    /// Its last day has passed: it sets nothing aside.
    over: bool,
    /// How many test cases it has met.
    met: Cell<u64>,
}

impl<'g> Quarantines<'g> {
    /// Those of a gate.
    pub fn of(gate: &'g Gate, now: Timestamp) -> Self {
        let today = TimeZone::UTC.to_datetime(now).date();
        let applied = |rule: &'g Quarantine| Applied { rule, over: today > rule.until, met: Cell::new(0) };
        Self { gate, all: gate.quarantines.iter().map(applied).collect() }
    }

    /// Whether a test case is in quarantine.
    pub fn hold(&self, case: &Case<'_>) -> bool {
        let names = names(case);
        let is_meant = |rule: &Quarantine| {
            rule.tests.iter().any(|pattern| names.iter().any(|name| matches(pattern, name)))
        };
        let mut held = false;
        for applied in self.all.iter().filter(|applied| !applied.over && is_meant(applied.rule)) {
            applied.met.set(applied.met.get() + 1);
            held = true;
        }
        held
    }

    /// Whether as few tests are in quarantine as may be. `None` where the gate has none to apply.
    pub fn judged(&self, report: Option<&Report>) -> Option<(String, Judgement)> {
        let cap = self.gate.max_quarantined.filter(|_| !self.all.is_empty())?;
        let counts = report.and_then(|report| report.tests.as_ref()).map(|tests| tests.all);
        let Some(counts) = counts else {
            let why = "no report holds test cases".to_owned();
            return Some((
                told(cap),
                Judgement { verdict: Verdict::Inconclusive, measured: Vec::new(), why: vec![why] },
            ));
        };
        let whole = counts.total + counts.aside;
        let within = match cap {
            Cap::Count(most) => counts.quarantined <= most,
            Cap::Percent(most) => {
                let part = Decimal::from(counts.quarantined).checked_mul(Decimal::ONE_HUNDRED);
                part.zip(most.checked_mul(Decimal::from(whole))).is_some_and(|(part, most)| part <= most)
            }
        };
        let why = if within {
            Vec::new()
        } else {
            vec!["more tests are in quarantine than may be: mend some of them".to_owned()]
        };
        let verdict = if within { Verdict::Pass } else { Verdict::Fail };
        let measured = vec![format!("{} of {whole}", counts.quarantined)];
        Some((told(cap), Judgement { verdict, measured, why }))
    }

    /// What is to be said of them, whatever comes of the gate.
    pub fn notes(&self, report: Option<&Report>) -> Vec<String> {
        let mut notes: Vec<String> = self.all.iter().map(Applied::told).collect();
        notes.extend(
            set_aside(report).map(|test| format!("`{test}` failed, is in quarantine, and does not count")),
        );
        notes
    }

    /// The same for the record. `None` where the gate has none.
    pub fn details(&self, report: Option<&Report>) -> Option<Value> {
        let each = |applied: &Applied<'_>| {
            json!({
                "quarantine": applied.rule.name,
                "owner": applied.rule.owner,
                "until": applied.rule.until,
                "applied": !applied.over,
                "tests": applied.met.get(),
            })
        };
        let all: Vec<Value> = self.all.iter().map(each).collect();
        let aside: Vec<&str> = set_aside(report).collect();
        (!all.is_empty()).then(|| json!({"named": all, "set-aside": aside}))
    }
}

impl Applied<'_> {
    fn told(&self) -> String {
        let Quarantine { name, owner, until, reason, .. } = self.rule;
        match (self.over, self.met.get()) {
            (true, _) => {
                format!("quarantine `{name}` ended on {until} and is not applied; `{owner}` was to mend it")
            }
            (false, 0) => {
                format!("quarantine `{name}` meets no test: it can go, or names none of those that ran")
            }
            (false, met) => {
                let tests = if met == 1 { "test is" } else { "tests are" };
                format!("{met} {tests} in quarantine `{name}` until {until}; `{owner}` mends it: {reason}")
            }
        }
    }
}

fn told(cap: Cap) -> String {
    match cap {
        Cap::Count(most) => format!("<= {most}"),
        Cap::Percent(most) => format!("<= {}%", most.normalize()),
    }
}

/// The tests of which something went wrong that does not count.
fn set_aside(report: Option<&Report>) -> impl Iterator<Item = &str> {
    let items = report.map(|report| report.items.list()).unwrap_or_default().iter();
    items.filter(|item| item.kind == ItemKind::Quarantined).map(|item| item.id.as_str())
}

/// What people call a test case.
fn names(case: &Case<'_>) -> Vec<String> {
    let Case { suite, class, name } = case;
    let mut names = vec![(*name).to_owned(), format!("{suite}::{name}")];
    if !class.is_empty() {
        names.extend([
            format!("{class}::{name}"),
            format!("{class}.{name}"),
            format!("{suite}::{class}::{name}"),
        ]);
    }
    names
}

/// Whether a name is meant by a pattern, in which only `*` is not itself: names of tests are full of brackets.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_characters_and_brackets_for_themselves() {
        for (pattern, name, holds) in [
            ("login", "login", true),
            ("login", "login twice", false),
            ("log", "login", false),
            ("login*", "login twice", true),
            ("*::login", "shop::login", true),
            ("*::login", "shop::logins", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*a", "a", false),
            ("test[1-2]", "test[1-2]", true),
            ("test[1-2]", "test1", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, name), holds, "{pattern} {name}");
        }
    }
}
