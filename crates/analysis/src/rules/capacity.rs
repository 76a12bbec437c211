//! Resources of which more is taken than there is: by one deployment, by services that move as one, or by runs that nothing keeps
//! apart. What one run takes is kept below the capacity by its plan, which makes the moves of a wave one batch after the other.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::{self, Resource, Together};
use clearway_model::{Db, Item, Project, SourceFile, all_sources, deployable, environment, lower, release};
use smol_str::SmolStr;

use crate::query::{self, deployables, releases};
use crate::world::declared_item;

/// What a deployment takes of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The resource.
    pub resource: Item,
    /// How much.
    pub amount: u32,
    /// Where that is written.
    pub place: Place,
}

/// What the deployment of a service takes, in the order of the text.
fn taken_by(db: &dyn Db, item: Item) -> Vec<Taken> {
    let uses = deployable(db, item).view.uses.iter();
    uses.filter_map(|used| {
        let resource = used.resource.as_ref()?;
        let place = used.amount.as_ref().map_or(resource.place, |amount| amount.place);
        Some(Taken { resource: resource.value.item, amount: used.taken(), place })
    })
    .collect()
}

/// What the deployments of a file's declarations take.
pub(crate) fn taken(db: &dyn Db, file: SourceFile) -> Vec<(SmolStr, Vec<Taken>)> {
    let all = deployables(db, file).map(|item| (item.name(db).clone(), taken_by(db, item)));
    all.filter(|(_, taken)| !taken.is_empty()).collect()
}

/// How much there is of a resource, with the place that says it.
fn capacity(db: &dyn Db, resource: Item) -> Option<(u32, Place)> {
    let view: Resource = views::of(lower(db, resource));
    view.capacity.map(|capacity| (capacity.value, capacity.place))
}

/// One deployment, or several that are one move, for which there is not enough.
pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    match item.kind(db).as_str() {
        _ if views::is_template(db, item) => Vec::new(),
        "together" => as_one(db, item),
        kind if views::DEPLOYABLE.contains(&kind) => alone(db, item),
        _ => Vec::new(),
    }
}

fn alone(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let sums = sums(taken_by(db, item));
    let too_much = sums.into_iter().filter_map(|(resource, (amount, places))| {
        let (there, place) = capacity(db, resource).filter(|(there, _)| amount > *there)?;
        let (name, resource) = (item.name(db), resource.name(db));
        let message =
            format!("a deployment of `{name}` takes {amount} of `{resource}`, whose capacity is {there}");
        let last = places.last().copied()?;
        Some(
            Diagnostic::new(catalogue::OVER_CAPACITY, message, last, "it could never start")
                .related(place, format!("all there is of `{resource}`"))
                .help("take less, or raise the capacity"),
        )
    });
    too_much.collect()
}

fn as_one(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view: Together = views::declared(db, item).view;
    let members: Vec<Item> = view.services.iter().map(|at| at.value.item).collect();
    let all = members.iter().flat_map(|member| taken_by(db, *member)).collect();
    let single = |resource: Item, there: u32| {
        members.iter().any(|member| {
            sums(taken_by(db, *member)).iter().any(|(of, (amount, _))| *of == resource && *amount > there)
        })
    };
    let too_much = sums(all).into_iter().filter_map(|(resource, (amount, places))| {
        let (there, place) = capacity(db, resource).filter(|(there, _)| amount > *there)?;
        // One that takes too much alone was told there.
        if single(resource, there) {
            return None;
        }
        let resource = resource.name(db);
        let message = format!(
            "what moves as one by `{}` takes {amount} of `{resource}`, whose capacity is {there}",
            item.name(db)
        );
        let told =
            Diagnostic::new(catalogue::OVER_CAPACITY, message, item.name_place(db), "it could never start");
        let told = places.into_iter().fold(told, |told, place| told.related(place, "takes of it"));
        Some(
            told.related(place, format!("all there is of `{resource}`"))
                .help("take less, or raise the capacity"),
        )
    });
    too_much.collect()
}

/// Something of each resource, in the order in which they are met.
type ByResource<T> = Vec<(Item, T)>;

/// What belongs to a resource.
fn of<T: Default>(all: &mut ByResource<T>, resource: Item) -> &mut T {
    let at = all.iter().position(|(known, _)| *known == resource).unwrap_or_else(|| {
        all.push((resource, T::default()));
        all.len() - 1
    });
    &mut all[at].1
}

/// How much is taken of each resource, and where.
fn sums(taken: Vec<Taken>) -> ByResource<(u32, Vec<Place>)> {
    let mut sums: ByResource<(u32, Vec<Place>)> = Vec::new();
    for Taken { resource, amount, place } in taken {
        let sum = of(&mut sums, resource);
        sum.0 = sum.0.saturating_add(amount);
        sum.1.push(place);
    }
    sums
}

/// The most that one deployment of a release takes of a resource while it has a lock.
struct Holder {
    lock: SmolStr,
    amount: u32,
    service: SmolStr,
    place: Place,
    release: Item,
}

/// Runs that nothing keeps apart: two releases, or two runs of a process, that go to environments with different locks.
pub(crate) fn at_once(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let files = all_sources(db, project);
    let taken: BTreeMap<&SmolStr, &Vec<Taken>> =
        files.flat_map(|file| query::taken(db, file)).map(|(name, taken)| (name, taken)).collect();
    if taken.is_empty() {
        return Vec::new();
    }
    let mut holders: ByResource<Vec<Holder>> = Vec::new();
    for item in releases(db, project) {
        let view = &release(db, *item).view;
        let mut locks: Vec<SmolStr> = Vec::new();
        for stage in view.stages.iter().filter_map(|stage| stage.environment.as_ref()) {
            let place = &environment(db, stage.value.item).view;
            let lock =
                place.lock.as_ref().map_or_else(|| stage.value.name.clone(), |lock| lock.value.clone());
            if !locks.contains(&lock) {
                locks.push(lock);
            }
        }
        for service in view.ship.iter().filter_map(|ship| ship.service.as_ref()).map(|at| &at.value.name) {
            if declared_item(db, service).is_none() {
                continue;
            }
            for Taken { resource, amount, place } in taken.get(service).into_iter().copied().flatten() {
                for lock in &locks {
                    let all = of(&mut holders, *resource);
                    match all.iter_mut().find(|holder| holder.lock == *lock && holder.release == *item) {
                        Some(holder) if holder.amount >= *amount => {}
                        Some(holder) => {
                            (holder.amount, holder.service, holder.place) =
                                (*amount, service.clone(), *place);
                        }
                        None => all.push(Holder {
                            lock: lock.clone(),
                            amount: *amount,
                            service: service.clone(),
                            place: *place,
                            release: *item,
                        }),
                    }
                }
            }
        }
    }
    holders.iter().filter_map(|(resource, holders)| shared(db, *resource, holders)).collect()
}

fn shared(db: &dyn Db, resource: Item, holders: &[Holder]) -> Option<Diagnostic> {
    let (there, place) = capacity(db, resource)?;
    let pairs = holders
        .iter()
        .enumerate()
        .flat_map(|(at, one)| holders[at + 1..].iter().map(move |other| (one, other)));
    let may_meet = |one: &Holder, other: &Holder| {
        one.lock != other.lock && (one.release != other.release || is_process(db, one.release))
    };
    let fits_alone = |holder: &Holder| holder.amount <= there;
    let (one, other) = { pairs }.find(|(one, other)| {
        may_meet(one, other)
            && fits_alone(one)
            && fits_alone(other)
            && one.amount.saturating_add(other.amount) > there
    })?;
    let name = resource.name(db);
    let sum = one.amount.saturating_add(other.amount);
    let message = format!(
        "runs that nothing keeps apart may take {sum} of `{name}` at once, whose capacity is {there}"
    );
    let what = |holder: &Holder| {
        format!(
            "`{}` takes {} under the lock `{}` of `{}`",
            holder.service,
            holder.amount,
            holder.lock,
            holder.release.name(db)
        )
    };
    let mut told = Diagnostic::new(catalogue::SHARED_CAPACITY, message, place, "all there is")
        .related(one.place, what(one));
    if other.place != one.place || other.lock != one.lock {
        told = told.related(other.place, what(other));
    }
    Some(told.help("give the environments one `lock`: then their deployments take turns"))
}

fn is_process(db: &dyn Db, item: Item) -> bool {
    let view = &release(db, item).view;
    view.change.is_none()
        || view.requested_by.is_none()
        || view.ship.iter().any(|ship| ship.version.is_none())
}
