//! A release in between that opens an order, written down: a version between the live and the new one that provides what either does
//! and works with what either works with. It is tried before it is offered.

use std::fmt::Write as _;
use std::sync::Arc;

use clearway_diagnostics::{Edit, Fix};
use clearway_model::{Db, ItemSyntax, syntax_of};
use clearway_skew::{Answer, Budget, Conflict, Facts, Opening, Problem, Requirement, Service, World, prove};
use clearway_syntax::is_name;
use clearway_versions::{Bound, Range};
use smol_str::SmolStr;

use super::problem::Asked;
use crate::world::declared_item;

/// The edit that declares the release in between, where that is what opens an order.
pub(crate) fn fix(db: &dyn Db, asked: &Asked, conflict: &Conflict) -> Option<Fix> {
    let Opening::Bridge { service: name, other } = conflict.openings.first()? else { return None };
    let service = asked.problem.services.iter().find(|service| service.name == *name)?;
    if !service.releases.is_empty() {
        return None;
    }
    let bridges = between(service)?.into_iter().filter_map(|version| bridge(service, version, other));
    let facts = { bridges }.find(|facts| opens(&asked.problem, conflict, name, facts))?;
    let item = declared_item(db, name)?;
    let block = syntax_of(db, item).as_ref().and_then(ItemSyntax::declaration)?.id;
    Some(Fix {
        title: format!(
            "release `{name}` {} in between, which works with both versions of `{other}`",
            facts.version
        ),
        edits: vec![Edit::Inside(item.place(db, block), written(&facts)?)],
        is_proposal: true,
    })
}

/// Versions between what is live and what ships, as they are usually counted: the next minor one, the first of the new major, the next patch.
fn between(service: &Service) -> Option<Vec<SmolStr>> {
    let live = service.units.iter().flat_map(|unit| &unit.live);
    let live = live.filter_map(|version| service.scheme.read(version)).max()?;
    let target = service.units.iter().filter_map(|unit| unit.target.as_ref()).next_back()?;
    let target = service.scheme.read(target)?;
    let candidates = [
        format!("{}.{}.0", live.major, live.minor.saturating_add(1)),
        format!("{}.0.0", target.major),
        format!("{}.{}.{}", live.major, live.minor, live.patch.saturating_add(1)),
    ];
    let fits =
        |text: &String| service.scheme.read(text).is_some_and(|version| live < version && version < target);
    Some(candidates.into_iter().filter(fits).map(SmolStr::from).collect())
}

/// What a version in between must be: it provides all that the old and the new one provide, and takes of each requirement what either
/// takes. What only one of them requires of `other`, it can do without.
fn bridge(service: &Service, version: SmolStr, other: &str) -> Option<Facts> {
    let facts_of = |wanted: &SmolStr| service.facts.iter().find(|facts| facts.version == *wanted);
    let live: Vec<&Facts> =
        service.units.iter().flat_map(|unit| &unit.live).map(facts_of).collect::<Option<_>>()?;
    let target = facts_of(service.units.iter().find_map(|unit| unit.target.as_ref())?)?;
    let all = || live.iter().copied().chain([target]);
    let mut provides: Vec<(SmolStr, SmolStr)> = Vec::new();
    for one in all().map(|facts| facts.provides.as_ref()).collect::<Option<Vec<_>>>()?.into_iter().flatten() {
        if !provides.contains(one) {
            provides.push(one.clone());
        }
    }
    let lists = all().map(|facts| facts.requires.as_ref()).collect::<Option<Vec<_>>>()?;
    let mut requires: Vec<Requirement> = Vec::new();
    for one in lists.iter().copied().flatten() {
        let same = |known: &&mut Requirement| (&known.target, &known.part) == (&one.target, &one.part);
        let everywhere = lists
            .iter()
            .all(|list| list.iter().any(|known| (&known.target, &known.part) == (&one.target, &one.part)));
        if one.target == other && !everywhere {
            continue;
        }
        match requires.iter_mut().find(same) {
            Some(known) if known.range == one.range => {}
            Some(known) => known.range = Arc::new(known.range.or(&one.range)),
            // A condition on the old or the new version says nothing of another.
            None => requires.push(Requirement { when: None, ..one.clone() }),
        }
    }
    Some(Facts { version, provides: Some(provides), requires: Some(requires), ..Facts::default() })
}

/// Whether nothing of a conflict is left with a release in between.
fn opens(problem: &Problem, conflict: &Conflict, name: &str, facts: &Facts) -> bool {
    let mut with = problem.clone();
    let Some(service) = with.services.iter_mut().find(|service| service.name == name) else { return false };
    service.releases = vec![facts.version.clone()];
    service.facts.push(facts.clone());
    match prove(&World::of(&with), Budget::default()) {
        Answer::Order(_) => true,
        Answer::No(refusal) => {
            let concerns = |service: &SmolStr| conflict.services.contains(service);
            !refusal.conflicts.iter().flat_map(|left| &left.services).any(concerns)
                && !refusal.beyond.iter().flatten().any(concerns)
                && !refusal.missing.iter().any(|missing| concerns(&missing.service))
        }
    }
}

/// The declaration of a release in between, as the last lines of a block. `None` where a state file records something that cannot be
/// written in the language.
fn written(facts: &Facts) -> Option<String> {
    let version = &facts.version;
    let mut text = format!("\n  releases = [{version}]\n  at {version} {{\n");
    for (part, version) in facts.provides.iter().flatten() {
        let _ = writeln!(text, "    provides {} {}", name(part)?, number(version)?);
    }
    for requirement in facts.requires.iter().flatten() {
        let _ = write!(
            text,
            "    requires {}",
            requirement.target.split('.').map(name).collect::<Option<Vec<_>>>()?.join(".")
        );
        if let Some(part) = &requirement.part {
            let _ = write!(text, ".{}", name(part)?);
        }
        let _ = write!(text, " {}", range(&requirement.range)?);
        for (flag, word) in [(requirement.optional, " optional"), (requirement.weak, " weak")] {
            text += if flag { word } else { "" };
        }
        text.push('\n');
    }
    Some(text + "  }\n")
}

fn name(text: &str) -> Option<&str> {
    is_name(text).then_some(text)
}

/// A version that is written as it is: numbers between dots.
fn number(text: &str) -> Option<&str> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').all(is_number).then_some(text)
}

/// A range as the language writes it, where one of its operators is enough for that.
fn range(range: &Range) -> Option<String> {
    let bound = |bound: &Bound| Some(format!("{}{}", bound.op.text(), number(&bound.version)?));
    let bounds = |bounds: &Vec<Bound>| Some(bounds.iter().map(bound).collect::<Option<Vec<_>>>()?.join(", "));
    match range.alternatives.as_slice() {
        _ if range.is_any() => Some("any".to_owned()),
        [only] => bounds(only),
        all if all.iter().all(|bounds| bounds.len() == 1) => {
            Some(all.iter().map(bounds).collect::<Option<Vec<_>>>()?.join(" or "))
        }
        _ => None,
    }
}
