//! The ways into an environment: who must agree on each, and how few people together can go it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clearway_diagnostics::Place;
use clearway_model::views::{self, Approval, ApprovalStep, At, Release};
use clearway_model::{Db, Item, Reference, Value, ValueKind, deployable, environment, instance, release};
use clearway_quorum::{Chain, Seat, Separation, Step};
use smol_str::SmolStr;

use crate::groups;
use crate::world::declared_item;

/// Which way a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The release as it is meant.
    Release,
    /// The emergency chains in the place of the usual ones.
    Emergency,
    /// Back to what was before.
    Rollback,
}

/// How few people can bring a change to production on one of its ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The environment.
    pub environment: SmolStr,
    /// Which way.
    pub direction: Direction,
    /// The fewest people who together can go it: those who agree, who asks for it, and who deploys.
    pub fewest: u32,
    /// The same where no step is asked that is asked only sometimes.
    pub fewest_unconditional: u32,
}

/// A chain on the way of a release into one environment.
pub(crate) struct Used {
    /// The environment, and where the stage names it.
    pub environment: At<Item>,
    pub direction: Direction,
    /// Who must agree, and where that is written; nobody without it.
    pub chain: Option<At<Arc<Reference>>>,
}

/// The ways of a release, stage by stage.
pub(crate) fn ways(view: &Release) -> Vec<Used> {
    let has_emergency = view.stages.iter().any(|stage| stage.emergency.is_some());
    let rollback = view.rollback.as_ref().and_then(|rollback| rollback.approval.clone());
    let mut ways = Vec::new();
    for stage in &view.stages {
        let Some(environment) = &stage.environment else { continue };
        let environment = At { value: environment.value.item, place: environment.place };
        let mut way = |direction, chain: &Option<At<Arc<Reference>>>| {
            ways.push(Used { environment: environment.clone(), direction, chain: chain.clone() });
        };
        way(Direction::Release, &stage.approval);
        // The emergency path goes also to where nobody is asked anyway.
        if has_emergency && (stage.emergency.is_some() || stage.approval.is_none()) {
            way(Direction::Emergency, &stage.emergency);
        }
        way(Direction::Rollback, &rollback);
    }
    ways
}

/// Whose people a seat asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A team or role.
    Group(Item),
    /// The owner of something that ships, which has none.
    Nobody(SmolStr),
}

/// A chain with its places.
pub(crate) struct Staffed {
    pub way: clearway_quorum::Way,
    /// The steps of the chain.
    pub steps: Vec<ApprovalStep>,
    /// Whom each seat of each step asks.
    pub asked: Vec<Vec<Asked>>,
}

impl Staffed {
    /// A chain as a release uses it, where some people are away.
    pub(crate) fn of(
        db: &dyn Db,
        view: &Release,
        direction: Direction,
        chain: Option<&Reference>,
        is_away: impl Fn(&SmolStr) -> bool,
    ) -> Self {
        let approval: Option<Approval> = chain.map(|chain| views::of(instance(db, chain)));
        let steps: Vec<ApprovalStep> = approval.iter().flat_map(|approval| approval.steps.clone()).collect();
        let seats: Vec<Vec<(Seat, Asked)>> = steps.iter().map(|step| seats(db, view, step)).collect();
        let separation = separation(approval.as_ref());
        let step =
            |seats: &Vec<(Seat, Asked)>| Step { seats: seats.iter().map(|(seat, _)| seat.clone()).collect() };
        let chain = Chain { steps: seats.iter().map(step).collect(), apart: separation.approver };
        let way = clearway_quorum::Way {
            chain: chain.without(is_away),
            separation,
            author: view.requested_by.as_ref().map(|person| person.value.clone()),
            is_asked_for: direction != Direction::Rollback,
        };
        let asked = seats.into_iter().map(|seats| seats.into_iter().map(|(_, asked)| asked).collect());
        Self { way, steps, asked: asked.collect() }
    }

    /// The way without the steps that are asked only sometimes.
    fn unconditional(&self) -> clearway_quorum::Way {
        let mut way = self.way.clone();
        let always = way.chain.steps.into_iter().zip(&self.steps).filter(|(_, step)| step.when.is_none());
        way.chain.steps = always.map(|(step, _)| step).collect();
        way
    }
}

/// Where to change how many people a step needs.
pub(crate) fn need_place(step: &ApprovalStep) -> Place {
    let name = step.name.as_ref().map_or(step.place, |name| name.place);
    step.need.as_ref().map_or(name, |need| need.place)
}

/// What a chain keeps apart: everything where it says nothing, and nothing where nobody is asked.
pub(crate) fn separation(approval: Option<&Approval>) -> Separation {
    let Some(approval) = approval else { return Separation::default() };
    let named = |duty: &str| {
        approval
            .separate
            .as_ref()
            .is_none_or(|separate| separate.duties.iter().any(|word| word.value == duty))
    };
    Separation { author: named("author"), approver: named("approver"), deployer: named("deployer") }
}

/// Whose agreement a step asks, and of how many.
fn seats(db: &dyn Db, view: &Release, step: &ApprovalStep) -> Vec<(Seat, Asked)> {
    // As the runtime has it, a step always asks somebody.
    let need = step.need.as_ref().map_or(1, |need| need.value).max(1);
    if let Some(ValueKind::Reference(group)) = step.from.as_ref().map(|from| &from.value.kind) {
        let mut people = groups::members(db, group.item);
        // Whoever is asked when the others do not answer may answer once their time is over.
        if let (Some(escalate), Some(_)) = (&step.escalate, &step.within) {
            people.extend(escalation(db, &escalate.value));
        }
        return vec![(Seat { people, need }, Asked::Group(group.item))];
    }
    let mut owners: BTreeMap<SmolStr, Item> = BTreeMap::new();
    let mut unowned: BTreeSet<SmolStr> = BTreeSet::new();
    let shipped = view.ship.iter().filter_map(|ship| Some(ship.service.as_ref()?.value.name.clone()));
    let retired = view.retire.iter().filter_map(|retire| Some(retire.service.as_ref()?.value.clone()));
    for name in shipped.chain(retired) {
        let owner = declared_item(db, &name).and_then(|item| deployable(db, item).view.owner.clone());
        match owner {
            Some(owner) => drop(owners.insert(owner.value.name.clone(), owner.value.item)),
            None => drop(unowned.insert(name)),
        }
    }
    let owned = owners
        .into_values()
        .map(|team| (Seat { people: groups::members(db, team), need }, Asked::Group(team)));
    let nobody =
        unowned.into_iter().map(|name| (Seat { people: BTreeSet::new(), need }, Asked::Nobody(name)));
    owned.chain(nobody).collect()
}

fn escalation(db: &dyn Db, value: &Value) -> BTreeSet<SmolStr> {
    match &value.kind {
        ValueKind::Reference(group) => groups::members(db, group.item),
        _ => BTreeSet::from([SmolStr::new(value.to_string())]),
    }
}

/// Whether an environment serves customers.
pub(crate) fn is_production(db: &dyn Db, item: Item) -> bool {
    environment(db, item).view.tier.as_ref().is_some_and(|tier| tier.value == "production")
}

/// How few people can bring a change to each production environment of a release, way by way.
pub(crate) fn controls(db: &dyn Db, item: Item) -> Vec<Control> {
    let view = &release(db, item).view;
    let ways = ways(view).into_iter().filter(|used| is_production(db, used.environment.value));
    ways.filter_map(|used| {
        let chain = used.chain.as_ref().map(|chain| &*chain.value);
        let staffed = Staffed::of(db, view, used.direction, chain, |_| false);
        Some(Control {
            environment: used.environment.value.name(db).clone(),
            direction: used.direction,
            // A chain that cannot be given is an error, and such a project is not checked.
            fewest: clearway_quorum::fewest(&staffed.way).ok()?,
            fewest_unconditional: clearway_quorum::fewest(&staffed.unconditional()).ok()?,
        })
    })
    .collect()
}
