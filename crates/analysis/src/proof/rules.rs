//! What a declaration says of how its versions may stand beside others and how it moves, each with its place: what a proof rests on
//! besides what is provided and required.

use clearway_diagnostics::Place;
use clearway_model::views::{self, At, Deployable, Limit, Quantity, Rollout, Stage, Together};
use clearway_model::{Db, Project, Value, ValueKind, all_sources, items, lower};
use clearway_skew::{After, Distance, Finality, MoveKind, Origin, Skew};
use clearway_versions::Range;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;

/// The rules of a declaration. Origins are not set yet; the place beside each says where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Rules {
    pub kind: Option<MoveKind>,
    pub finality: Option<Finality>,
    pub releases: Vec<At<SmolStr>>,
    /// The groups of its replicas, with those each moves after.
    pub groups: Vec<(SmolStr, Vec<(SmolStr, Place)>)>,
    pub skew: Vec<(Skew, Place)>,
    pub never_newer: Vec<(SmolStr, Place)>,
    pub matches: Vec<(SmolStr, Place)>,
    pub after: Vec<(After, Place)>,
    pub upgrade: Option<(Distance, Place)>,
    pub no_downgrade: Option<Place>,
    /// Versions with what a move to them may start from.
    pub only_from: Vec<(SmolStr, Range, Place)>,
}

/// Services that move as one, and limits over several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sets {
    pub together: Vec<(clearway_skew::Together, Place)>,
    pub limits: Vec<(clearway_skew::Limit, Place)>,
}

impl Rules {
    /// The rules that a declaration says.
    pub(crate) fn of(view: &Deployable) -> Self {
        let skew = |rule: &views::Skew| {
            let target = rule.target.as_ref()?;
            let skew = Skew {
                target: named(&target.value),
                behind: rule.behind.as_ref().and_then(|side| distance_value(&side.value)),
                ahead: rule.ahead.as_ref().and_then(|side| distance_value(&side.value)),
                when: rule.when.as_ref().map(|when| when.value.as_ref().clone()),
                origin: Origin::default(),
            };
            Some((skew, rule.place))
        };
        let after = |rule: &views::After| {
            let target = rule.target.as_ref()?.value.name.clone();
            let when = rule.when.as_ref().map(|when| when.value.as_ref().clone());
            Some((After { target, always: rule.always, when, origin: Origin::default() }, rule.place))
        };
        let group = |group: &views::Group| {
            let after = group
                .after
                .iter()
                .filter_map(|after| Some((after.group.as_ref()?.value.clone(), after.place)));
            Some((group.name.as_ref()?.value.clone(), after.collect()))
        };
        let only_from = |at: &views::FactsAt| {
            let rule = at.only_from.as_ref()?;
            let range = rule.range.as_ref()?.value.as_ref().clone();
            Some((at.version.as_ref()?.value.clone(), range, rule.place))
        };
        Self {
            kind: view.moves.as_ref().map(|moves| kind(&moves.value)),
            finality: view.finality.as_ref().map(|finality| match finality.value.as_str() {
                "on-start" => Finality::OnStart,
                _ => Finality::OnCompletion,
            }),
            releases: view.releases.clone(),
            groups: view.groups.iter().filter_map(group).collect(),
            skew: view.skew.iter().filter_map(skew).collect(),
            never_newer: view
                .never_newer
                .iter()
                .filter_map(|rule| Some((rule.target.as_ref()?.value.name.clone(), rule.place)))
                .collect(),
            matches: view
                .matches
                .iter()
                .filter_map(|rule| Some((rule.target.as_ref()?.value.name.clone(), rule.place)))
                .collect(),
            after: view.after.iter().filter_map(after).collect(),
            upgrade: view
                .upgrade
                .as_ref()
                .and_then(|rule| Some((distance(&rule.by.as_ref()?.value)?, rule.place))),
            no_downgrade: view.no_downgrade.as_ref().map(|rule| rule.place),
            only_from: view.at.iter().filter_map(only_from).collect(),
        }
    }
}

impl Sets {
    /// What the project's files declare.
    pub(crate) fn of(db: &dyn Db, project: Project) -> Self {
        let mut sets = Self::default();
        for item in all_sources(db, project).flat_map(|file| items(db, file)) {
            let name =
                |reference: &At<std::sync::Arc<clearway_model::Reference>>| reference.value.name.clone();
            match item.kind(db).as_str() {
                _ if views::is_template(db, *item) => {}
                "together" => {
                    let view: Together = views::declared(db, *item).view;
                    let together = clearway_skew::Together {
                        name: item.name(db).clone(),
                        services: view.services.iter().map(name).collect(),
                        paired: view.paired,
                        origin: Origin::default(),
                    };
                    sets.together.push((together, view.place));
                }
                "limit" => {
                    let view: Limit = views::declared(db, *item).view;
                    let Some(versions) = view.versions.as_ref() else { continue };
                    let limit = clearway_skew::Limit {
                        services: view.services.iter().map(name).collect(),
                        versions: versions.value,
                        origin: Origin::default(),
                    };
                    sets.limits.push((limit, view.place));
                }
                _ => {}
            }
        }
        sets
    }
}

/// How services move in a stage that do not say so themselves.
pub(crate) fn rollout_kind(db: &dyn Db, stage: &Stage) -> MoveKind {
    let overlaps = stage
        .rollout
        .as_ref()
        .is_none_or(|rollout| views::of::<Rollout>(lower(db, rollout.value.item)).overlap);
    if overlaps { MoveKind::Rolling } else { MoveKind::Switch }
}

/// A distance that a state file records.
pub(crate) fn recorded_distance(distance: &clearway_model::state::Distance) -> Distance {
    match distance {
        clearway_model::state::Distance::Any => Distance::Any,
        clearway_model::state::Distance::Releases { minor: Some(minor), .. } => Distance::Minor(*minor),
        clearway_model::state::Distance::Releases { minor: None, major } => {
            Distance::Major(major.unwrap_or(0))
        }
    }
}

fn kind(word: &str) -> MoveKind {
    match word {
        "recreate" => MoveKind::Recreate,
        "switch" => MoveKind::Switch,
        _ => MoveKind::Rolling,
    }
}

/// The service that is meant; `None` for `self`.
fn named(target: &Value) -> Option<SmolStr> {
    match &target.kind {
        ValueKind::Reference(reference) => Some(reference.name.clone()),
        _ => None,
    }
}

fn distance_value(value: &Value) -> Option<Distance> {
    match &value.kind {
        ValueKind::Quantity(amount, unit) => distance(&Quantity { amount: *amount, unit: unit.clone() }),
        ValueKind::Word(..) => Some(Distance::Any),
        _ => None,
    }
}

fn distance(quantity: &Quantity) -> Option<Distance> {
    let amount = quantity.amount.to_u32()?;
    Some(if quantity.unit == "major" { Distance::Major(amount) } else { Distance::Minor(amount) })
}
