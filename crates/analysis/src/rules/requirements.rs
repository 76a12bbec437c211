//! Every requirement against what is live: after each release in each of its environments, and as declared for what no
//! release ships.

use std::collections::{BTreeMap, BTreeSet};

use clearway_diagnostics::{Code, Diagnostic, Place, Severity, catalogue, suggest};
use clearway_model::{Db, deployed_state, release};
use clearway_versions::Scheme;
use smol_str::SmolStr;

use crate::world::{self, Declarations, Live, Need, World, declarations};

pub(crate) fn check(db: &dyn Db) -> Vec<Diagnostic> {
    let declared = declarations(db);
    let mut findings = Findings::default();
    let mut unknown_parts = BTreeSet::new();
    let mut diagnostics: Vec<Diagnostic> =
        declared.keys().flat_map(|name| parts(&declared, name, &mut unknown_parts)).collect();

    let mut shipped = BTreeSet::new();
    for item in world::releases(db) {
        let release = release(db, item);
        let moved: BTreeSet<SmolStr> = release
            .view
            .ship
            .iter()
            .filter_map(|ship| ship.service.as_ref())
            .map(|service| service.value.name.clone())
            .collect();
        let retired: Vec<_> =
            release.view.retire.iter().filter_map(|retire| retire.service.as_ref()).collect();
        shipped.extend(moved);
        for environment in release.view.stages.iter().filter_map(|stage| stage.environment.as_ref()) {
            let state = deployed_state(db, environment.value.item);
            if state.as_ref().is_some_and(|file| file.state.is_err()) {
                continue;
            }
            let mut world = world::deployed(db, &declared, state.as_deref());
            world::ship(db, &declared, &release.view.ship, &mut world);
            for service in &retired {
                world.remove(&service.value);
            }
            let place = Setting {
                environment: Some(environment.value.name.clone()),
                retired: retired.iter().map(|service| (service.value.clone(), service.place)).collect(),
            };
            findings.judge(&declared, &world, &place, |_| true);
        }
    }
    let everything = world::as_declared(db, &declared);
    findings.judge(&declared, &everything, &Setting::default(), |owner| !shipped.contains(owner));
    diagnostics.extend(findings.tell(&unknown_parts));
    diagnostics
}

/// Parts that their service never provides: most often a misspelt name.
fn parts(declared: &Declarations, owner: &SmolStr, unknown: &mut BTreeSet<Place>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let Some(owner) = declared.get(owner) else { return diagnostics };
    let facts = owner.view.at.iter().map(|facts| &facts.requires);
    for requirement in std::iter::once(&owner.view.requires).chain(facts).flatten() {
        let Some(target) = &requirement.target else { continue };
        let Some((part, place)) = &target.value.part else { continue };
        let Some(provider) = declared.get(&target.value.name).filter(|provider| !provider.broken) else {
            continue;
        };
        let provides =
            provider.view.provides.iter().chain(provider.view.at.iter().flat_map(|facts| &facts.provides));
        let names: BTreeSet<&str> =
            provides.filter_map(|provide| Some(provide.part.as_ref()?.value.as_str())).collect();
        if names.contains(part.as_str()) {
            continue;
        }
        unknown.insert(target.place);
        let message = format!("`{}` provides no `{part}`", provider.name);
        let diagnostic = Diagnostic::new(catalogue::UNKNOWN_PART, message, *place, "nothing provides this")
            .related(provider.view.place, format!("`{}` is declared here", provider.name));
        diagnostics.push(match suggest::closest(part, names.iter().copied()) {
            Some(closest) => diagnostic.help(format!("did you mean `{closest}`?")),
            None if names.is_empty() => diagnostic.help(format!(
                "it provides no parts: require its own version, `requires {} …`",
                provider.name
            )),
            None => diagnostic
                .help(format!("it provides `{}`", names.into_iter().collect::<Vec<_>>().join("`, `"))),
        });
    }
    diagnostics
}

/// Where a world is.
#[derive(Default)]
struct Setting {
    environment: Option<SmolStr>,
    retired: BTreeMap<SmolStr, Place>,
}

/// What is wrong, each once with the environments it is wrong in.
#[derive(Default)]
struct Findings {
    found: BTreeMap<Key, Finding>,
}

/// One requirement against one live version of its target.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    range_place: Place,
    owner: SmolStr,
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

impl Findings {
    fn judge(
        &mut self,
        declared: &Declarations,
        world: &World,
        setting: &Setting,
        owners: impl Fn(&SmolStr) -> bool,
    ) {
        for (name, versions) in world.iter().filter(|(name, _)| owners(name)) {
            let scheme = scheme_of(declared, name);
            for live in versions {
                for need in live.requires.iter().flat_map(|needs| needs.iter()).filter(|need| !need.weak) {
                    let applies = need
                        .when
                        .as_ref()
                        .is_none_or(|when| when.admits(&live.version, &scheme) != Some(false));
                    if applies {
                        self.judge_one(declared, world, setting, (name, live), need);
                    }
                }
            }
        }
    }

    fn judge_one(
        &mut self,
        declared: &Declarations,
        world: &World,
        setting: &Setting,
        owner: (&SmolStr, &Live),
        need: &Need,
    ) {
        // A target that nothing declares or deploys was told where it is named.
        if !declared.contains_key(&need.target) && !world.contains_key(&need.target) {
            return;
        }
        let Some(targets) = world.get(&need.target) else {
            // Of a target without a readable version nothing can be said; that was told where it is declared.
            let known = declared.get(&need.target).is_none_or(|target| target.view.version.is_some());
            if !need.optional && known {
                let standing = !owner.1.moved && !setting.retired.contains_key(&need.target);
                self.add(setting, owner, need, None, catalogue::NOT_DEPLOYED, Vec::new(), standing);
            }
            return;
        };
        let scheme = scheme_of(declared, &need.target);
        for target in targets {
            let offered: Vec<(SmolStr, Place)> = match &need.part {
                None => vec![(target.version.clone(), target.place)],
                // What is not known cannot be held against anyone; it proves nothing either.
                Some(part) => match &target.provides {
                    None => continue,
                    Some(provides) => provides.get(part).cloned().unwrap_or_default(),
                },
            };
            // A part has versions of its own: they are read as numbers, whatever the scheme of its service.
            let scheme = if need.part.is_some() { Scheme::default() } else { scheme.clone() };
            let fits = offered.iter().any(|(version, _)| need.range.admits(version, &scheme) == Some(true));
            if !fits {
                let standing = !owner.1.moved && !target.moved;
                self.add(setting, owner, need, Some(target), catalogue::UNMET_REQUIREMENT, offered, standing);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one finding")]
    fn add(
        &mut self,
        setting: &Setting,
        (owner, live): (&SmolStr, &Live),
        need: &Need,
        target: Option<&Live>,
        code: Code,
        instead: Vec<(SmolStr, Place)>,
        standing: bool,
    ) {
        let key = Key {
            range_place: need.range_place,
            owner: owner.clone(),
            owner_version: live.version.clone(),
            target: need.target.clone(),
            target_version: target.map(|target| target.version.clone()),
        };
        let finding = self.found.entry(key).or_insert_with(|| Finding {
            code,
            need: need.clone(),
            instead,
            retired: setting.retired.get(&need.target).copied(),
            environments: BTreeSet::new(),
            // Where nothing moves because nothing is released, nothing is standing either.
            standing: standing && setting.environment.is_some(),
        });
        finding.standing &= standing;
        finding.environments.extend(setting.environment.clone());
    }

    fn tell(self, unknown_parts: &BTreeSet<Place>) -> Vec<Diagnostic> {
        let told =
            self.found.into_iter().filter(|(_, finding)| !unknown_parts.contains(&finding.need.target_place));
        told.map(|(key, finding)| diagnostic(&key, &finding)).collect()
    }
}

fn scheme_of(declared: &Declarations, name: &SmolStr) -> Scheme {
    declared.get(name).map_or_else(Scheme::default, |owner| owner.view.scheme())
}

fn diagnostic(key: &Key, finding: &Finding) -> Diagnostic {
    let need = &finding.need;
    let (owner, target) = (&key.owner, &key.target);
    let wanted = need.part.as_ref().map_or_else(|| target.to_string(), |part| format!("{target}.{part}"));
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
                "`{owner}` requires `{wanted} {}`, and `{target}` {version} does not provide it{within}",
                need.range
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
            let (message, says) = match &need.part {
                Some(part) => (
                    format!(
                        "`{owner}` requires `{wanted} {}`, and `{target}` provides {part} {}{within}",
                        need.range,
                        versions.join(", ")
                    ),
                    format!("`{target}` provides this version of `{part}`"),
                ),
                None => (
                    format!(
                        "`{owner}` requires `{wanted} {}`, and `{target}` is {}{within}",
                        need.range,
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
