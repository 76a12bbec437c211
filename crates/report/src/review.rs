//! What a change makes weaker, as a comment on a pull request.

use std::fmt::Write as _;

use clearway_diff::{Acceptance, Diff, Effects, Group, Side, Spot, Verdict, grouped};

use crate::markdown::{line, write_table};
use crate::{Place, Table};

/// A comparison as Markdown. `place` says where a spot of a side is written.
pub fn markdown(diff: &Diff, place: &dyn Fn(Side, &Spot) -> Option<Place>) -> String {
    let mut out = "## Release diff\n".to_owned();
    let _ = write!(out, "\n{}\n", line(&emphasised(&summary(diff))));
    for (verdict, table) in tables(diff, place) {
        // What changes nothing is there for whoever wants to see it.
        match verdict {
            Verdict::Neutral => {
                let _ = write!(out, "\n<details><summary>neutral ({})</summary>\n\n", table.rows.len());
                write_table(&mut out, &table);
                out.push_str("\n</details>\n");
            }
            _ => {
                let _ = write!(out, "\n### {verdict}\n\n");
                write_table(&mut out, &table);
            }
        }
    }
    let effects = effects(&diff.effects);
    if !effects.rows.is_empty() {
        out.push_str("\n### effects\n\n");
        write_table(&mut out, &effects);
    }
    if let Some(told) = diff.uncompared() {
        let _ = write!(out, "\n{}.\n", line(&told));
    }
    out
}

/// The changes of each verdict that there is, the worst first.
pub(crate) fn tables(diff: &Diff, place: &dyn Fn(Side, &Spot) -> Option<Place>) -> Vec<(Verdict, Table)> {
    let groups = grouped(&diff.changes);
    let of = |verdict: Verdict| {
        let mut table = Table::new(["guarantee", "where", "what", "was", "is", "which means"]);
        let groups = groups.iter().filter(|group| group.change.verdict == verdict);
        groups.for_each(|group| row(&mut table, group, place));
        (verdict, table)
    };
    Verdict::ALL.into_iter().map(of).filter(|(_, table)| !table.rows.is_empty()).collect()
}

/// Who must accept it, or has.
pub fn sentence(acceptance: &Acceptance) -> String {
    let text = line(&acceptance.to_string());
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// What it comes to, in one sentence.
pub(crate) fn summary(diff: &Diff) -> String {
    if diff.is_empty() {
        return "The plans say the same: nothing is let through that was not.".to_owned();
    }
    let groups = grouped(&diff.changes);
    let count = |verdict: Verdict| groups.iter().filter(|group| group.change.verdict == verdict).count();
    let counts = Verdict::ALL.map(|verdict| (verdict, count(verdict)));
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    format!("{}.", counts.join(", "))
}

/// What is weaker is seen first.
fn emphasised(summary: &str) -> String {
    let weaker = format!(" {}", Verdict::Weaker);
    match summary.split_once(&weaker) {
        Some((count, rest)) if count.parse::<usize>().is_ok() => format!("**{count}{weaker}**{rest}"),
        _ => summary.to_owned(),
    }
}

fn row(table: &mut Table, group: &Group<'_>, place: &dyn Fn(Side, &Spot) -> Option<Place>) {
    let change = group.change;
    let at = |value: &Option<String>, side: Side, spot: &Option<Spot>| {
        let written = spot.as_ref().and_then(|spot| place(side, spot));
        let written = written.map(|place| format!(" [{place}]")).unwrap_or_default();
        format!("{}{written}", value.as_deref().unwrap_or("nothing"))
    };
    table.row([
        change.guarantee.map(|guarantee| guarantee.to_string()).unwrap_or_default(),
        group.place(),
        change.subject.clone(),
        at(&change.old, Side::Old, &change.places.old),
        at(&change.new, Side::New, &change.places.new),
        change.witness.clone().unwrap_or_default(),
    ]);
}

/// What becomes of people, schedule and order.
pub(crate) fn effects(effects: &Effects) -> Table {
    let none = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
    let mut table = Table::new(["effect", "where", "was", "is"]);
    for one in &effects.people {
        let number = |number: Option<u32>| none(number.map(|number| number.to_string()));
        table.row([
            "fewest people".to_owned(),
            format!("{} way into {}", one.path, one.environment),
            number(one.old),
            number(one.new),
        ]);
    }
    for one in &effects.schedule {
        table.row([
            "earliest start".to_owned(),
            one.environment.clone(),
            none(one.old.clone()),
            none(one.new.clone()),
        ]);
    }
    for one in &effects.order {
        let waves =
            |waves: &[Vec<String>]| waves.iter().map(|wave| wave.join(", ")).collect::<Vec<_>>().join("; ");
        table.row(["order".to_owned(), one.environment.clone(), waves(&one.old), waves(&one.new)]);
    }
    table
}
