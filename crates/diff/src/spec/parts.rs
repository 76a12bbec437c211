//! What becomes of a statement's parts, and how it is told.

use clearway_plan::{Statement, Written};

use super::rules::{self, More, Sense};
use crate::verdict::Verdict;

/// How much a finding weighs, the least first.
const WEIGHTS: [&str; 3] = ["advisory", "mandatory-unless-waived", "mandatory"];

/// What other parts do; a side that is not there has none.
pub(super) fn verdict(word: &str, was: Option<&Statement>, is: Option<&Statement>, sense: Sense) -> Verdict {
    let part = |of: Option<&Statement>, name: &str| of.and_then(|of| of.parts.get(name).cloned());
    let names = was.into_iter().chain(is).flat_map(|one| one.parts.keys());
    let mut names: Vec<&String> = names.collect();
    names.sort();
    names.dedup();
    let about = |of: Option<&Statement>| of.map(|of| of.about.clone());
    if was.is_some() && is.is_some() && about(was) != about(is) {
        return if sense == Sense::Tells { Verdict::Neutral } else { Verdict::Incomparable };
    }
    let mut verdict = Verdict::Neutral;
    for name in names {
        let (before, after) = (part(was, name), part(is, name));
        if before == after {
            continue;
        }
        let more = match name.as_str() {
            "limit" => was.or(is).and_then(limit),
            name => rules::more(word, name),
        };
        let found = match more {
            Some(More::Nothing) => Verdict::Neutral,
            Some(More::Weaker) => amounts(before.as_ref(), after.as_ref()),
            Some(More::Stronger) => amounts(before.as_ref(), after.as_ref()).reversed(),
            None if sense == Sense::Tells => Verdict::Neutral,
            None => Verdict::Incomparable,
        };
        verdict = match (verdict, found) {
            (Verdict::Weaker, Verdict::Stronger) | (Verdict::Stronger, Verdict::Weaker) => {
                Verdict::Incomparable
            }
            (one, other) => one.and(other),
        };
    }
    verdict
}

/// What more of the limit in a condition does, by how it is compared.
fn limit(statement: &Statement) -> Option<More> {
    let about = &statement.about.as_ref()?.text;
    match about.rsplit(' ').next()? {
        "<" | "<=" => Some(More::Weaker),
        ">" | ">=" => Some(More::Stronger),
        _ => None,
    }
}

/// The verdict where more is weaker.
fn amounts(old: Option<&Written>, new: Option<&Written>) -> Verdict {
    let items = |of: Option<&Written>| of.map(|of| of.items.clone()).unwrap_or_default();
    let (before, after) = (items(old), items(new));
    if !before.is_empty() || !after.is_empty() {
        return Verdict::of(!after.is_subset(&before), !before.is_subset(&after));
    }
    let weight =
        |of: Option<&Written>| WEIGHTS.iter().position(|weight| of.is_some_and(|of| of.text == *weight));
    if let (Some(before), Some(after)) = (weight(old), weight(new)) {
        return Verdict::of_limit(&before, &after);
    }
    match (old, new) {
        (None, Some(_)) => Verdict::Weaker,
        (Some(_), None) => Verdict::Stronger,
        (Some(old), Some(new)) => match (&old.amount, &new.amount) {
            (Some((before, of)), Some((after, of_too))) if of == of_too => Verdict::of_limit(before, after),
            (Some(_), None) if new.text == UNLIMITED => Verdict::Weaker,
            (None, Some(_)) if old.text == UNLIMITED => Verdict::Stronger,
            _ => Verdict::Incomparable,
        },
        (None, None) => Verdict::Neutral,
    }
}

/// No limit to a distance.
const UNLIMITED: &str = "unlimited";

/// The statement without what else it says: `control "PAY-1"`.
pub(super) fn head(statement: &Statement) -> String {
    match &statement.about {
        Some(about) => format!("{} {}", statement.word, about.text),
        None => statement.word.clone(),
    }
}

/// What the statement is about, and where it stands.
pub(super) fn subject(statement: &Statement) -> String {
    let around = statement.within.iter().rev().map(|clause| format!(" in `{clause}`"));
    format!("`{}`{}", head(statement), around.collect::<String>())
}

/// The statement as it is written.
pub(super) fn sentence(statement: &Statement) -> String {
    let has_no_label = |name: &str| matches!(name, "limit" | "range" | "version" | "text" | "value");
    let parts = statement.parts.iter().filter(|(_, part)| !part.text.is_empty());
    let (first, rest): (Vec<_>, Vec<_>) = parts.partition(|(name, _)| has_no_label(name));
    let parts = first.into_iter().chain(rest).map(|(name, part)| match name.as_str() {
        "" => format!(" = {}", part.text),
        name if has_no_label(name) => format!(" {}", part.text),
        flag if flag == part.text => format!(" {flag}"),
        name => format!(" {name} {}", part.text),
    });
    format!("{}{}", head(statement), parts.collect::<String>())
}
