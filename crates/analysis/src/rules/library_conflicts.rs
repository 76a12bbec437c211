//! Ranges on one library that no version of it meets: a diamond. A library is the same version everywhere, so whoever needs it has to
//! agree on one.

use std::collections::{BTreeMap, VecDeque};

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::{Db, Item, Project, all_sources};
use clearway_versions::Scheme;
use smol_str::SmolStr;

use crate::facts::Need;
use crate::query::{deployables, interface, needs};
use crate::world::declared_item;

/// Two ranges with nothing in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LibraryConflict {
    /// Where they are written: what else is wrong with them is not told.
    pub ranges: [Place; 2],
    /// What there is to tell.
    pub told: Diagnostic,
}

/// Who needs a library, and how.
struct Wanted<'n> {
    owner: Item,
    need: &'n Need,
}

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<LibraryConflict> {
    let mut wanted: BTreeMap<(&SmolStr, Option<&SmolStr>), Vec<Wanted<'_>>> = BTreeMap::new();
    let owners: Vec<Item> = all_sources(db, project).flat_map(|file| deployables(db, file)).collect();
    for owner in &owners {
        for need in needs(db, *owner).declared().iter().filter(|need| !need.weak) {
            let is_library = declared_item(db, &need.target).is_some_and(|item| item.kind(db) == "library");
            if is_library && applies(db, *owner, need) {
                let part = need.part.as_ref().map(|(part, _)| part);
                wanted.entry((&need.target, part)).or_default().push(Wanted { owner: *owner, need });
            }
        }
    }
    let mut found = Vec::new();
    for ((library, part), mut wanted) in wanted {
        wanted.sort_by(|a, b| a.owner.name(db).cmp(b.owner.name(db)));
        found.extend(conflict(db, library, part, &wanted));
    }
    found
}

/// Whether a requirement is one of the declared version.
fn applies(db: &dyn Db, owner: Item, need: &Need) -> bool {
    let (Some(when), Some(version)) = (&need.when, &interface(db, owner).version) else { return true };
    when.admits(&version.value, &interface(db, owner).scheme) != Some(false)
}

/// The first two that exclude each other: where every two have a version in common, an error at each that the declared version does
/// not meet says all there is to say.
fn conflict(
    db: &dyn Db,
    library: &SmolStr,
    part: Option<&SmolStr>,
    wanted: &[Wanted<'_>],
) -> Option<LibraryConflict> {
    let numbers = Scheme::default();
    // A part has versions of its own, which are read as numbers.
    let scheme = match part {
        Some(_) => &numbers,
        None => &interface(db, declared_item(db, library)?).scheme,
    };
    let excludes = |one: &Need, other: &Need| {
        let both = one.range.as_ref()?.and(other.range.as_ref()?);
        Some(both.versions(scheme)?.is_empty())
    };
    let pairs = wanted
        .iter()
        .enumerate()
        .flat_map(|(at, one)| wanted[at + 1..].iter().map(move |other| (one, other)));
    let (one, other) = { pairs }.find(|(one, other)| excludes(one.need, other.need) == Some(true))?;
    let name = part.map_or_else(|| library.to_string(), |part| format!("{library}.{part}"));
    let range = |wanted: &Wanted<'_>| wanted.need.range.as_ref().map(ToString::to_string).unwrap_or_default();
    let (first, second) = (one.owner.name(db), other.owner.name(db));
    let message = format!(
        "no version of `{name}` is in `{}`, as `{first}` requires, and in `{}`, as `{second}` does",
        range(one),
        range(other)
    );
    let mut told = Diagnostic::new(
        catalogue::LIBRARY_CONFLICT,
        message,
        other.need.range_place,
        format!("`{second}` needs this"),
    )
    .related(one.need.range_place, format!("`{first}` needs this"));
    if let Some((root, edges)) = common_root(db, one.owner, other.owner) {
        for (owner, need) in &edges {
            told = told.related(need.target_place, format!("`{owner}` is built with `{}`", need.target));
        }
        if !edges.is_empty() {
            told = told.help(format!("both end up in `{root}`"));
        }
    }
    let help = format!(
        "a library has one version everywhere: release `{first}` or `{second}` with a range that the other shares"
    );
    Some(LibraryConflict { ranges: [one.need.range_place, other.need.range_place], told: told.help(help) })
}

/// A declaration in which both end up, by the fewest steps, with these steps.
fn common_root(db: &dyn Db, one: Item, other: Item) -> Option<(SmolStr, Vec<(SmolStr, &Need)>)> {
    let (ways_one, ways_other) = (dependents(db, one), dependents(db, other));
    let both = ways_one.iter().filter_map(|(root, way)| Some((root, way, ways_other.get(root)?)));
    let (root, way_one, way_other) =
        both.min_by_key(|(root, one, other)| (one.len() + other.len(), (*root).clone()))?;
    let mut edges = way_one.clone();
    edges.extend(way_other.iter().cloned());
    Some((root.clone(), edges))
}

/// Whatever is built with an item, over libraries alone, with the steps from there to it.
fn dependents(db: &dyn Db, item: Item) -> BTreeMap<SmolStr, Vec<(SmolStr, &Need)>> {
    let mut ways: BTreeMap<SmolStr, Vec<(SmolStr, &Need)>> =
        BTreeMap::from([(item.name(db).clone(), Vec::new())]);
    let mut queue = VecDeque::from([item]);
    while let Some(at) = queue.pop_front() {
        // Only code is built into something else.
        if at.kind(db) != "library" {
            continue;
        }
        let way = ways.get(at.name(db)).cloned().unwrap_or_default();
        for edge in crate::query::dependents(db, at.name(db)) {
            let Some(owner) =
                declared_item(db, &edge.from).filter(|owner| !ways.contains_key(owner.name(db)))
            else {
                continue;
            };
            let Some(need) = needs(db, owner).declared().iter().find(|need| need.target == *at.name(db))
            else {
                continue;
            };
            let mut longer = vec![(owner.name(db).clone(), need)];
            longer.extend(way.iter().cloned());
            ways.insert(owner.name(db).clone(), longer);
            queue.push_back(owner);
        }
    }
    ways
}
