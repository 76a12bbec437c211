//! Why a stage has no proved order, told with the places of the facts.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_skew::{BadState, Cause, Conflict, Missing, Opening, RuleKind, Service, Standing, Unknown};
use smol_str::SmolStr;

use super::problem::Asked;

/// A conflict, without the environment.
pub(crate) fn conflict(asked: &Asked, conflict: &Conflict, release: Place) -> Diagnostic {
    let place = |cause: &Cause| asked.place(cause.origin).unwrap_or(release);
    // What is written in a declaration is what can be changed; what a state file records comes after.
    let mut causes: Vec<&Cause> = conflict.facts.iter().collect();
    causes.sort_by_key(|cause| matches!(place(cause), Place::Bytes(..)));
    let (first, others) = match causes.split_first() {
        Some((first, others)) => (Some(*first), others),
        None => (None, &[][..]),
    };
    let message = message(asked, conflict);
    let label = first.map(|cause| label(asked, cause)).unwrap_or_default();
    let mut diagnostic =
        Diagnostic::new(catalogue::NO_SAFE_ORDER, message, first.map_or(release, place), label);
    for cause in others {
        diagnostic = diagnostic.related(place(cause), self::label(asked, cause));
    }
    for origin in &conflict.together {
        let joined = asked.problem.together.iter().find(|joined| joined.origin == *origin);
        if let (Some(joined), Some(place)) = (joined, asked.place(*origin)) {
            let names: Vec<&str> = joined.services.iter().map(SmolStr::as_str).collect();
            diagnostic = diagnostic.related(place, format!("{} move as one", list(&names)));
        }
    }
    if let Some(bad) = conflict.first_bad.as_ref().filter(|_| !conflict.in_the_end) {
        diagnostic = diagnostic.help(format!("one after the other, {} would be live first", state(bad)));
    }
    let longer =
        conflict.facts.iter().all(|cause| matches!(cause.rule, RuleKind::Upgrade | RuleKind::OnlyFrom));
    if longer {
        diagnostic = diagnostic.help("name the versions in between, in its `releases`");
    }
    diagnostic.help_if(conflict.openings.first().filter(|_| !longer).map(opening))
}

/// Something that is not known of a version, without the environment.
pub(crate) fn missing(asked: &Asked, missing: &[Missing], release: Place) -> Vec<Diagnostic> {
    let mut versions: BTreeMap<(&SmolStr, &SmolStr), Vec<&str>> = BTreeMap::new();
    for one in missing {
        versions.entry((&one.service, &one.version)).or_default().push(match one.what {
            Unknown::Provides => "provides",
            Unknown::Requires => "requires",
        });
    }
    let told = |((service, version), what): ((&SmolStr, &SmolStr), Vec<&str>)| {
        let place = asked.versions.get(&(service.clone(), version.clone())).copied().unwrap_or(release);
        let message = format!("it is not known what `{service}` {version} {}", what.join(" and "));
        let clauses: Vec<String> = what.iter().map(|what| format!("{what} …")).collect();
        let clauses = clauses.join("; ");
        let how = if asked.declared.contains(service) {
            format!(
                "say it in `{service}` with `at {version} {{ {clauses} }}`, or record it in the state file"
            )
        } else {
            format!("record it in the state file, or declare `{service}` with `at {version} {{ {clauses} }}`")
        };
        Diagnostic::new(catalogue::UNKNOWN_FACTS, message, place, "no order is proved without that")
            .help(how)
            .help("for a first adoption, `--assume declared` takes what is declared today")
    };
    versions.into_iter().map(told).collect()
}

/// Services for which the budget was not enough, without the environment.
pub(crate) fn beyond(services: &[SmolStr], release: Place) -> Diagnostic {
    let names: Vec<&str> = services.iter().take(6).map(SmolStr::as_str).collect();
    let more = services.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!(
        "whether there is a safe order for {}{more} is unknown: the search was given up",
        list(&names)
    );
    Diagnostic::new(catalogue::UNKNOWN_ORDER, message, release, "this release moves all of them")
        .help("release some of them on their own first, or let fewer rules entangle them")
}

fn message(asked: &Asked, conflict: &Conflict) -> String {
    let names: Vec<&str> = conflict.services.iter().map(SmolStr::as_str).collect();
    match conflict.facts.as_slice() {
        [only] if conflict.in_the_end => at_the_end(asked, only),
        facts if facts.iter().all(|cause| is_step(cause.rule)) => match names.first() {
            Some(name) => format!("`{name}` has no way {}", way(asked, name)),
            None => "there is no way to what ships".to_owned(),
        },
        _ if names.len() == 1 => format!("no way to move {} is safe", list(&names)),
        _ => format!("no order of {} is safe", list(&names)),
    }
}

const fn is_step(rule: RuleKind) -> bool {
    matches!(rule, RuleKind::Upgrade | RuleKind::NoDowngrade | RuleKind::OnlyFrom)
}

fn at_the_end(asked: &Asked, cause: &Cause) -> String {
    let Some(clash) = &cause.excludes else {
        return match cause.rule {
            RuleKind::Limit => "more versions would be live than the limit allows".to_owned(),
            _ => label(asked, cause),
        };
    };
    let own = format!("`{}` {}", clash.owner, clash.owner_version);
    let other = match &clash.target_version {
        Some(version) if clash.target == clash.owner => format!("its own {version}"),
        Some(version) => format!("`{}` {version}", clash.target),
        None => format!("`{}`", clash.target),
    };
    match (cause.rule, &clash.target_version) {
        (RuleKind::NeverNewer, _) => format!("{own} would be newer than {other}"),
        (RuleKind::Match, _) => format!("{own} would not have the version of {other}"),
        (RuleKind::Skew, _) => format!("{own} would be too far from {other}"),
        (_, None) => format!("{own} would be left without {other}"),
        _ => format!("{own} would not fit {other}"),
    }
}

/// What a fact says, at its place.
pub(crate) fn label(asked: &Asked, cause: &Cause) -> String {
    let owner = &cause.owner;
    let clash = cause.excludes.as_ref();
    match (cause.rule, clash) {
        (RuleKind::Requirement, Some(clash)) => match &clash.target_version {
            Some(version) => {
                format!("`{owner}` {} does not work with `{}` {version}", clash.owner_version, clash.target)
            }
            None => format!("`{owner}` {} does not work without `{}`", clash.owner_version, clash.target),
        },
        (RuleKind::Skew | RuleKind::NeverNewer | RuleKind::Match, Some(clash)) => {
            let version = clash.target_version.as_deref().unwrap_or_default();
            format!("`{owner}` {} may not be live beside `{}` {version}", clash.owner_version, clash.target)
        }
        (RuleKind::After, _) => match &cause.target {
            Some(target) if target != owner => format!("`{owner}` moves after `{target}`"),
            _ => format!("groups of `{owner}` move one after the other"),
        },
        (RuleKind::Limit, _) => {
            match asked.problem.limits.iter().find(|limit| limit.origin == cause.origin) {
                Some(limit) if limit.versions == 1 => "one version at most".to_owned(),
                Some(limit) => format!("{} versions at most", limit.versions),
                None => "a limit".to_owned(),
            }
        }
        (RuleKind::Upgrade, _) => format!("longer than one move of `{owner}` may be"),
        (RuleKind::NoDowngrade, _) => format!("`{owner}` cannot go back"),
        (RuleKind::OnlyFrom, _) => {
            format!("no move to this version of `{owner}` may start from what is live")
        }
        _ => format!("a rule of `{owner}`"),
    }
}

/// From where to where a service goes.
fn way(asked: &Asked, name: &str) -> String {
    let service: Option<&Service> = asked.problem.services.iter().find(|service| service.name == name);
    let units = service.into_iter().flat_map(|service| &service.units);
    let unit = units.into_iter().find(|unit| unit.live.as_slice() != unit.target.as_slice());
    match unit {
        Some(unit) => {
            let live: Vec<&str> = unit.live.iter().map(SmolStr::as_str).collect();
            let to = unit.target.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
            format!("from {} to {to}", live.join(" and "))
        }
        None => "to what ships".to_owned(),
    }
}

/// What is live in a bad state.
fn state(bad: &BadState) -> String {
    let told = |live: &Standing| {
        let versions: Vec<&str> = live.versions.iter().map(SmolStr::as_str).collect();
        match versions.as_slice() {
            [] => format!("no `{}`", live.service),
            versions => format!("`{}` {}", live.service, versions.join(" and ")),
        }
    };
    match &bad.clash {
        Some(clash) => match &clash.target_version {
            Some(version) => {
                format!("`{}` {} beside `{}` {version}", clash.owner, clash.owner_version, clash.target)
            }
            None => format!("`{}` {} without `{}`", clash.owner, clash.owner_version, clash.target),
        },
        None => {
            bad.live.iter().filter(|live| !live.versions.is_empty()).map(told).collect::<Vec<_>>().join(", ")
        }
    }
}

fn opening(opening: &Opening) -> String {
    fn names(services: &[SmolStr]) -> Vec<&str> {
        services.iter().map(SmolStr::as_str).collect()
    }
    match opening {
        Opening::Expand { provider, owner } => {
            format!(
                "let the new `{provider}` provide what the old `{owner}` requires beside the new, and take it away in a later release"
            )
        }
        Opening::Bridge { service, other } => format!(
            "release a version of `{service}` in between that works with both versions of `{other}`, and name it in its `releases`"
        ),
        Opening::Together { services } => {
            format!(
                "let them move as one: `together … {{ services = [{}]  paired = true }}`",
                names(services).join(", ")
            )
        }
        Opening::Apart { services } => format!("let {} move each for itself", list(&names(services))),
        Opening::Stop { services } => {
            format!("stop {} before the new version starts: `moves = recreate`", list(&names(services)))
        }
    }
}

/// Names in quotes, the last one behind an "and".
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A rule that is broken by what is live today, without the environment.
pub(crate) fn standing(asked: &Asked, bad: &BadState, release: Place) -> Diagnostic {
    let place = asked.place(bad.origin).unwrap_or(release);
    let (message, label) = match (&bad.clash, bad.rule) {
        (Some(clash), rule) => {
            let target = clash.target_version.as_deref().unwrap_or_default();
            let (own, other) = (
                format!("`{}` {}", clash.owner, clash.owner_version),
                format!("`{}` {target}", clash.target),
            );
            let message = match rule {
                RuleKind::NeverNewer => format!("{own} is newer than {other}"),
                RuleKind::Match => format!("{own} has not the version of {other}"),
                _ => format!("{own} is too far from {other}"),
            };
            (message, "this rule does not hold today".to_owned())
        }
        (None, _) => {
            (format!("{} are live at once", state(bad)), "these are more than this allows".to_owned())
        }
    };
    Diagnostic::new(catalogue::STANDING_VIOLATION, message, place, label)
        .help("it is tolerated while both sides stay as they are")
}
