//! A comparison for a reader, as text.

use std::collections::BTreeMap;
use std::fmt;

use clearway_plan::PathKind;
use serde::Serialize;

use crate::change::{Change, Spot};
use crate::effects::Effects;
use crate::verdict::Verdict;
use crate::{Diff, words};

/// Changes that differ in their way alone.
#[derive(Debug, Clone)]
pub struct Group<'d> {
    /// One of them.
    pub change: &'d Change,
    /// The ways; none where it is the same on every way.
    pub paths: Vec<PathKind>,
}

/// Changes, each once for all of its ways.
pub fn grouped(changes: &[Change]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut about: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for change in changes {
        let same_subject = about.entry(&change.subject).or_default();
        match same_subject.iter().copied().find(|at| groups[*at].change.differs_in_way(change)) {
            Some(at) => groups[at].paths.extend(change.path),
            None => {
                same_subject.push(groups.len());
                groups.push(Group { change, paths: change.path.into_iter().collect() });
            }
        }
    }
    groups
}

impl Group<'_> {
    /// Where it holds: `release and emergency way into production-eu`.
    pub fn place(&self) -> String {
        let ways: Vec<String> = self.paths.iter().map(ToString::to_string).collect();
        let environments: Vec<String> = self.change.environments.iter().cloned().collect();
        match (ways.is_empty(), environments.is_empty()) {
            (true, true) => String::new(),
            (true, false) => words::list(&environments),
            (false, true) => format!("{} way", words::list(&ways)),
            (false, false) => format!("{} way into {}", words::list(&ways), words::list(&environments)),
        }
    }
}

/// A comparison for a reader. `places` says where a spot of the old or the new side is written.
pub struct Told<'d> {
    /// The comparison.
    pub diff: &'d Diff,
    /// Where a spot is written: `approvals.cw:12:3`.
    pub places: &'d dyn Fn(Side, &Spot) -> Option<String>,
}

/// A side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// What was.
    Old,
    /// What is.
    New,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.diff.is_empty() {
            writeln!(
                f,
                "nothing is let through that was not, and nothing is stopped that was not: the plans say the same"
            )?;
            return self.uncompared(f);
        }
        let groups = grouped(&self.diff.changes);
        for (at, verdict) in Verdict::ALL.into_iter().filter(|verdict| self.diff.has(*verdict)).enumerate() {
            writeln!(f, "{}{verdict}", if at == 0 { "" } else { "\n" })?;
            for group in groups.iter().filter(|group| group.change.verdict == verdict) {
                self.group(f, group)?;
            }
        }
        effects(f, &self.diff.effects)?;
        self.uncompared(f)
    }
}

impl Diff {
    /// What could not be compared, as a sentence.
    pub fn uncompared(&self) -> Option<String> {
        let (names, what) = match self.plans_alone.as_slice() {
            [] => return None,
            [Side::Old] => ("OLD is", "a plan"),
            [Side::New] => ("NEW is", "a plan"),
            _ => ("both sides are", "plans"),
        };
        Some(format!(
            "{names} {what} without the spec: policies, tests, promises, rules between versions, waivers of controls and the manifest were \
             not compared"
        ))
    }
}

impl Told<'_> {
    fn uncompared(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.diff.uncompared();
        told.map_or(Ok(()), |told| writeln!(f, "\nnote: {told}"))
    }

    fn group(&self, f: &mut fmt::Formatter<'_>, group: &Group<'_>) -> fmt::Result {
        let change = group.change;
        let guarantee = change.guarantee.map(|guarantee| format!("{guarantee}: ")).unwrap_or_default();
        let place = group.place();
        let place = if place.is_empty() { place } else { format!(" ({place})") };
        writeln!(f, "  {guarantee}{}{place}", change.subject)?;
        let none = || "nothing".to_owned();
        if change.old.is_some() || change.new.is_some() {
            for (word, value, side, spot) in [
                ("was", &change.old, Side::Old, &change.places.old),
                ("is", &change.new, Side::New, &change.places.new),
            ] {
                let place = spot.as_ref().and_then(|spot| (self.places)(side, spot));
                let place = place.map(|place| format!("  [{place}]")).unwrap_or_default();
                writeln!(f, "    {word:<4}{}{place}", value.clone().unwrap_or_else(none))?;
            }
        }
        match &change.witness {
            Some(witness) => writeln!(f, "    → {witness}"),
            None => Ok(()),
        }
    }
}

fn effects(f: &mut fmt::Formatter<'_>, effects: &Effects) -> fmt::Result {
    let none = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    if !effects.people.is_empty() {
        writeln!(f, "\nfewest people who together can do it")?;
    }
    for one in &effects.people {
        let number = |number: Option<u32>| none(number.map(|number| number.to_string()));
        writeln!(f, "  {} by {}: {} → {}", one.environment, one.path, number(one.old), number(one.new))?;
    }
    if !effects.order.is_empty() {
        writeln!(f, "\norder")?;
    }
    for one in &effects.order {
        let waves =
            |waves: &[Vec<String>]| waves.iter().map(|wave| wave.join(", ")).collect::<Vec<_>>().join(" | ");
        writeln!(f, "  {}\n    was {}\n    is  {}", one.environment, waves(&one.old), waves(&one.new))?;
    }
    if !effects.schedule.is_empty() {
        writeln!(f, "\nearliest starts")?;
    }
    for one in &effects.schedule {
        writeln!(f, "  {}: {} → {}", one.environment, none(one.old.clone()), none(one.new.clone()))?;
    }
    Ok(())
}
