//! Every requirement against what is live: after each release in each of its environments, and as declared for what no
//! release ships. Each owner is judged for itself.

use std::collections::{BTreeMap, BTreeSet};

use clearway_diagnostics::{Code, Diagnostic, Place, Severity, catalogue};
use clearway_model::{Db, Item, deployed_state};
use clearway_versions::{Range, Scheme};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::facts::Need;
use crate::query::{library_conflicts, needs, releases_of, shipment, stops};
use crate::rules::unknown_parts;
use crate::shipments::Stops;
use crate::world::{Live, World, declared, declared_item};

/// What is wrong with the requirements of one owner.
pub(crate) fn check(db: &dyn Db, owner: &SmolStr) -> Vec<Diagnostic> {
    let item = declared_item(db, owner);
    let (mut diagnostics, unknown_parts) =
        item.map(|item| unknown_parts::check(db, item)).unwrap_or_default();
    let mut findings = Findings { db, owner, found: BTreeMap::new() };
    let stops = stops(db, db.project());
    for (environment, release) in stops.of_concern(&concerned(db, owner, item, stops)) {
        if let Some(world) = World::of(db, environment, release) {
            findings.judge(&world);
        }
    }
    let ships = |release: &Item| shipment(db, *release).ships.contains_key(owner);
    if !releases_of(db, owner).iter().any(ships) {
        findings.judge(&World::as_declared(db));
    }
    diagnostics.extend(findings.tell(&unknown_parts));
    diagnostics
}

/// The releases that ship or retire an owner, or something that a version of it may require.
fn concerned(db: &dyn Db, owner: &str, item: Option<Item>, stops: &Stops) -> FxHashSet<Item> {
    let declared = item.into_iter().flat_map(|item| needs(db, item).all()).map(|need| need.target.as_str());
    let states = stops.environments().filter_map(|environment| deployed_state(db, environment));
    let deployed = states.filter_map(|file| file.state.as_ref().ok()?.services.get(owner));
    let recorded =
        deployed.flat_map(|deployed| deployed.versions()).flat_map(|live| &live.requires).flatten();
    let recorded = recorded.map(|requirement| requirement.target().0);
    let names = std::iter::once(owner).chain(declared).chain(recorded);
    names.flat_map(|name| releases_of(db, name)).copied().collect()
}

/// What is wrong, each once with the environments it is wrong in.
struct Findings<'a> {
    db: &'a dyn Db,
    owner: &'a SmolStr,
    found: BTreeMap<Key, Finding>,
}

/// One requirement against one live version of its target.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    range_place: Place,
    owner_version: SmolStr,
    target: SmolStr,
    target_version: Option<SmolStr>,
}

struct Finding {
    code: Code,
    need: Need,
    /// What is there instead: the version with its place.
    instead: Vec<(SmolStr, Place)>,
    retired: Option<Place>,
    environments: BTreeSet<SmolStr>,
    /// Neither side moves: it was so before.
    standing: bool,
}

/// A requirement of a live version, where it is live.
#[derive(Clone, Copy)]
struct Case<'a> {
    world: &'a World<'a>,
    owner: &'a Live<'a>,
    need: &'a Need,
}

impl Findings<'_> {
    fn judge(&mut self, world: &World<'_>) {
        let numbered = Scheme::default();
        let scheme = declared(self.db, self.owner).map_or(&numbered, |owner| &owner.scheme);
        for owner in world.live(self.owner).iter().flatten() {
            let applies = |when: &Range| when.admits(&owner.version, scheme) != Some(false);
            let requires = owner.requires(self.db);
            for need in requires.iter().flat_map(|needs| needs.iter()) {
                if !need.weak && need.when.as_ref().is_none_or(|when| applies(when)) {
                    self.judge_case(Case { world, owner, need });
                }
            }
        }
    }

    fn judge_case(&mut self, case: Case<'_>) {
        let Case { world, owner, need } = case;
        let Some(range) = &need.range else { return };
        let declared = declared(self.db, &need.target);
        if declared.is_some_and(|target| target.broken) {
            return;
        }
        let Some(targets) = world.live(&need.target) else {
            // A target that nothing declares was told where it is named, and one without a readable version where it is declared.
            if !need.optional && declared.is_some_and(|target| target.version.is_some()) {
                let standing = !owner.moved && world.retired(&need.target).is_none();
                self.add(case, catalogue::NOT_DEPLOYED, None, Vec::new(), standing);
            }
            return;
        };
        // A part has versions of its own: they are read as numbers, whatever the scheme of its service.
        let numbered = Scheme::default();
        let scheme = declared.filter(|_| need.part.is_none()).map_or(&numbered, |target| &target.scheme);
        for target in &targets {
            let admits = |version: &SmolStr| range.admits(version, scheme) == Some(true);
            let (fits, offered) = match (&need.part, &target.provides) {
                (None, _) => (admits(&target.version), None),
                (Some((part, _)), Some(provides)) => (
                    provides.versions(part).any(|(version, _)| admits(version)),
                    Some(provides.versions(part)),
                ),
                // What is not known cannot be held against anyone; it proves nothing either.
                (Some(_), None) => continue,
            };
            if !fits {
                let standing = !owner.moved && !target.moved;
                let whole = || vec![(target.version.clone(), target.place)];
                let instead = offered.map_or_else(whole, |offered| offered.cloned().collect());
                self.add(case, catalogue::UNMET_REQUIREMENT, Some(target), instead, standing);
            }
        }
    }

    fn add(
        &mut self,
        case: Case<'_>,
        code: Code,
        target: Option<&Live<'_>>,
        instead: Vec<(SmolStr, Place)>,
        standing: bool,
    ) {
        let Case { world, owner, need } = case;
        let environment = world.environment().map(|environment| environment.name(self.db).clone());
        let key = Key {
            range_place: need.range_place,
            owner_version: owner.version.clone(),
            target: need.target.clone(),
            target_version: target.map(|target| target.version.clone()),
        };
        let finding = self.found.entry(key).or_insert_with(|| Finding {
            code,
            need: need.clone(),
            instead,
            retired: world.retired(&need.target),
            environments: BTreeSet::new(),
            // Where nothing moves because nothing is released, nothing is standing either.
            standing: standing && environment.is_some(),
        });
        finding.standing &= standing;
        finding.environments.extend(environment);
    }

    fn tell(self, unknown_parts: &BTreeSet<Place>) -> Vec<Diagnostic> {
        let db = self.db;
        // Where no version would do, that is told, and not which one is missing.
        let is_conflict = |need: &Need| {
            declared_item(db, &need.target).is_some_and(|item| item.kind(db) == "library")
                && library_conflicts(db, db.project())
                    .iter()
                    .any(|conflict| conflict.ranges.contains(&need.range_place))
        };
        let told = self.found.into_iter().filter(|(_, finding)| {
            !unknown_parts.contains(&finding.need.target_place) && !is_conflict(&finding.need)
        });
        told.map(|(key, finding)| diagnostic(self.owner, &key, &finding)).collect()
    }
}

fn diagnostic(owner: &str, key: &Key, finding: &Finding) -> Diagnostic {
    let need = &finding.need;
    let target = &key.target;
    let range = need.range.as_ref().map(ToString::to_string).unwrap_or_default();
    let part = need.part.as_ref().map(|(part, _)| part);
    let wanted = part.map_or_else(|| target.to_string(), |part| format!("{target}.{part}"));
    let within =
        match finding.environments.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().as_slice() {
            [] => String::new(),
            [one] => format!(" in {one}"),
            [most @ .., last] => format!(" in {} and {last}", most.join(", ")),
        };
    let mut diagnostic = match (&key.target_version, finding.instead.as_slice()) {
        (None, _) => {
            let message = format!("`{owner}` requires `{target}`, which is not deployed{within}");
            let help = match finding.retired {
                Some(_) => format!("keep `{target}`, or release `{owner}` without this requirement first"),
                None => format!(
                    "ship `{target}` in the same release, or say with `deployed = state(…)` that it is there already"
                ),
            };
            let diagnostic = Diagnostic::new(
                finding.code,
                message,
                need.target_place,
                format!("`{owner}` {} needs it", key.owner_version),
            );
            let diagnostic = match finding.retired {
                Some(place) => diagnostic.related(place, format!("`{target}` is taken away here")),
                None => diagnostic,
            };
            diagnostic.help(help).help("if it works without, mark the requirement `optional`")
        }
        (Some(version), []) => {
            let message = format!(
                "`{owner}` requires `{wanted} {range}`, and `{target}` {version} does not provide it{within}",
            );
            Diagnostic::new(
                finding.code,
                message,
                need.range_place,
                format!("`{owner}` {} needs this", key.owner_version),
            )
        }
        (Some(_), offered) => {
            let versions: Vec<&str> = offered.iter().map(|(version, _)| version.as_str()).collect();
            let (message, says) = match part {
                Some(part) => (
                    format!(
                        "`{owner}` requires `{wanted} {range}`, and `{target}` provides {part} {}{within}",
                        versions.join(", ")
                    ),
                    format!("`{target}` provides this version of `{part}`"),
                ),
                None => (
                    format!(
                        "`{owner}` requires `{wanted} {range}`, and `{target}` is {}{within}",
                        versions.join(", ")
                    ),
                    format!("this version of `{target}` is not in the range"),
                ),
            };
            let mut diagnostic = Diagnostic::new(
                finding.code,
                message,
                need.range_place,
                format!("`{owner}` {} needs this", key.owner_version),
            );
            for (_, place) in offered {
                diagnostic = diagnostic.related(*place, says.clone());
            }
            diagnostic.help(format!("ship a version of `{target}` that has it, or widen the range"))
        }
    };
    if finding.standing {
        diagnostic.severity = Severity::Warning;
        diagnostic = diagnostic.help("this is so today, and no release here touches either side");
    }
    diagnostic
}
