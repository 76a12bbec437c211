//! What a spec says beside its plan: policies, tests, promises, rules between versions, the manifest.
//!
//! Statements are laid side by side, declaration by declaration. What a plan carries is left to the comparison of plans; what only decides
//! whether there is a plan, and which, is judged here.

mod parts;
mod rules;
mod waived;

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Origin, Spec, Statement};
use jiff::Timestamp;

use self::rules::{Rule, Sense};
use crate::change::Change;
use crate::verdict::Verdict;

/// What is changed about what a spec says beside its plan.
pub(crate) fn compare(old: &Spec, new: &Spec, now: Timestamp) -> Vec<Change> {
    let mut changes = waived::compare(old, new, now);
    let renamed = renamed(old, new);
    let origins: BTreeSet<&Origin> = old.declarations.keys().chain(new.declarations.keys()).collect();
    for origin in origins {
        if renamed.iter().any(|(was, is)| *was == origin || *is == origin) {
            continue;
        }
        match (old.declarations.get(origin), new.declarations.get(origin)) {
            (Some(before), Some(after)) if before != after => {
                changes.extend(statements(origin, before, after));
            }
            (Some(_), Some(_)) => {}
            (before, _) => changes.extend(whole(origin, before.is_some())),
        }
    }
    changes.extend(renamed.into_iter().map(|(was, is)| {
        let change = Change::new(Verdict::Neutral, None, format!("name of {} `{}`", is.kind, is.name));
        change.between(Some(was.name.clone()), Some(is.name.clone())).from(was, &[]).to(is, &[])
    }));
    changes
}

/// The first of what differs though no rule has found anything, so that nothing is silent: what is in use nowhere, and has no effect. What
/// plans carry is told by these where they differ.
pub(crate) fn leftover(old: &Spec, new: &Spec, plans_differ: bool) -> Option<Change> {
    let origins: BTreeSet<&Origin> = old.declarations.keys().chain(new.declarations.keys()).collect();
    let none = Vec::new();
    origins.into_iter().find_map(|origin| {
        let (before, after) = (old.declarations.get(origin), new.declarations.get(origin));
        let (mut gone, mut come) = apart(before.unwrap_or(&none), after.unwrap_or(&none));
        for side in [&mut gone, &mut come] {
            side.retain(|one| !(plans_differ && rules::is_carried(&origin.kind, &one.word)));
        }
        if gone.is_empty() && come.is_empty() && before.is_some() == after.is_some() {
            return None;
        }
        let told = |statements: &[&Statement], is_there: bool| {
            let first = statements.first().map(|statement| parts::sentence(statement));
            first.or_else(|| is_there.then(|| origin.to_string()))
        };
        let change = Change::new(Verdict::Neutral, None, format!("{} `{}`", origin.kind, origin.name));
        let change = change.between(told(&gone, before.is_some()), told(&come, after.is_some()));
        let word = gone.first().or(come.first()).map_or("", |statement| statement.word.as_str());
        Some(change.at(origin, &[word]))
    })
}

/// What was changed in name alone, of what stands as a whole.
fn renamed<'s>(old: &'s Spec, new: &'s Spec) -> Vec<(&'s Origin, &'s Origin)> {
    let only = |spec: &'s Spec, other: &'s Spec| {
        spec.declarations
            .iter()
            .filter(move |(origin, _)| {
                rules::whole(&origin.kind).is_some() && !other.declarations.contains_key(*origin)
            })
            .collect::<Vec<_>>()
    };
    let mut come = only(new, old);
    let mut renamed = Vec::new();
    for (was, statements) in only(old, new) {
        if let Some(at) = come.iter().position(|(is, other)| is.kind == was.kind && *other == statements) {
            renamed.push((was, come.remove(at).0));
        }
    }
    renamed
}

/// A declaration that came or went.
fn whole(origin: &Origin, is_gone: bool) -> Option<Change> {
    let rule = rules::whole(&origin.kind)?;
    let verdict = Verdict::of(is_gone, !is_gone);
    let told = |is_there: bool| is_there.then(|| origin.to_string());
    let change = Change::new(verdict, rule.guarantee, format!("{} `{}`", origin.kind, origin.name));
    let change = change.between(told(is_gone), told(!is_gone)).witness(witness(verdict, Some(rule)));
    Some(if is_gone { change.from(origin, &[]) } else { change.to(origin, &[]) })
}

/// What of a declaration is said on one side alone.
fn apart<'s>(old: &'s [Statement], new: &'s [Statement]) -> Sides<'s> {
    let mut come: Vec<&Statement> = new.iter().collect();
    let mut gone = Vec::new();
    for statement in old {
        match come.iter().position(|other| *other == statement) {
            Some(at) => drop(come.remove(at)),
            None => gone.push(statement),
        }
    }
    (gone, come)
}

/// Statements that are gone, and that came.
type Sides<'s> = (Vec<&'s Statement>, Vec<&'s Statement>);

/// What statements of a declaration have in common where one became the other.
type Subject<'s> = (&'s [String], &'s str, Option<&'s clearway_plan::Written>);

fn statements(origin: &Origin, old: &[Statement], new: &[Statement]) -> Vec<Change> {
    let (gone, come) = apart(old, new);
    let mut about: BTreeMap<Subject<'_>, Sides<'_>> = BTreeMap::new();
    for (statement, is_gone) in gone.iter().map(|one| (one, true)).chain(come.iter().map(|one| (one, false)))
    {
        // What stands in a clause that came or went is told by that.
        let goes_along = !is_in(statement, if is_gone { new } else { old });
        if goes_along || rules::is_carried(&origin.kind, &statement.word) {
            continue;
        }
        let subject = (statement.within.as_slice(), statement.word.as_str(), statement.about.as_ref());
        let pair = about.entry(subject).or_default();
        if is_gone { pair.0.push(statement) } else { pair.1.push(statement) }
    }
    let mut changes = Vec::new();
    // What is left alone on either side is one that became another.
    let mut alone: BTreeMap<(&[String], &str), Sides<'_>> = BTreeMap::new();
    for ((within, word, _), (gone, come)) in about {
        match (gone.as_slice(), come.as_slice()) {
            ([was], [is]) => changes.push(change(origin, Some(was), Some(is))),
            _ => {
                let pair = alone.entry((within, word)).or_default();
                pair.0.extend(gone);
                pair.1.extend(come);
            }
        }
    }
    for (gone, come) in alone.into_values() {
        match (gone.as_slice(), come.as_slice()) {
            ([was], [is]) => changes.push(change(origin, Some(was), Some(is))),
            (gone, come) => {
                changes.extend(gone.iter().map(|was| change(origin, Some(was), None)));
                changes.extend(come.iter().map(|is| change(origin, None, Some(is))));
            }
        }
    }
    changes
}

/// Whether the clauses around a statement stand in a declaration.
fn is_in(statement: &Statement, declaration: &[Statement]) -> bool {
    let mut around = statement.within.as_slice();
    while let [before @ .., clause] = around {
        // The manifest has tables, and not clauses.
        let is_it = |one: &Statement| one.within == before && parts::head(one) == *clause;
        let is_table = before.is_empty() && !clause.contains(' ') && clause_is_table(clause);
        if !is_table && !declaration.iter().any(is_it) {
            return false;
        }
        around = before;
    }
    true
}

fn clause_is_table(clause: &str) -> bool {
    clause.starts_with("targets.") || matches!(clause, "packages" | "pipeline" | "project")
}

/// What became of a statement.
fn change(origin: &Origin, was: Option<&Statement>, is: Option<&Statement>) -> Change {
    let statement = was.or(is);
    let word = statement.map_or("", |statement| statement.word.as_str());
    let rule = rules::of(&origin.kind, word);
    let sense = rule.map_or(Sense::Tells, |rule| rule.sense);
    let verdict = match (sense, was.is_some() && is.is_some()) {
        (Sense::Demands, false) => Verdict::of(is.is_none(), was.is_none()),
        (Sense::Decides, false) => Verdict::Incomparable,
        _ => parts::verdict(word, was, is, sense),
    };
    let subject = statement.map(parts::subject).unwrap_or_default();
    let change = Change::new(
        verdict,
        rule.and_then(|rule| rule.guarantee),
        format!("{subject} of {} `{}`", origin.kind, origin.name),
    );
    let mut change =
        change.between(was.map(parts::sentence), is.map(parts::sentence)).witness(witness(verdict, rule));
    let within = |statement: &Statement| {
        let outer = statement.within.iter().flat_map(|clause| clause.splitn(2, ' '));
        let about = statement.about.iter().map(|about| about.text.as_str());
        outer
            .map(|name| name.trim_matches('"').to_owned())
            .chain(about.map(str::to_owned))
            .chain([word.to_owned()])
            .collect::<Vec<_>>()
    };
    if let Some(was) = was {
        let within = within(was);
        change = change.from(origin, &within.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if let Some(is) = is {
        let within = within(is);
        change = change.to(origin, &within.iter().map(String::as_str).collect::<Vec<_>>());
    }
    change
}

fn witness(verdict: Verdict, rule: Option<&Rule>) -> Option<String> {
    matches!(verdict, Verdict::Weaker | Verdict::Incomparable)
        .then(|| rule.map(|rule| rule.means.to_owned()))
        .flatten()
}
