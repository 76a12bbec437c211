//! Why one service comes before another.

use clearway_diagnostics::Place;
use clearway_model::{Db, Item, release};
use clearway_skew::{Cause, Link};
use smol_str::SmolStr;

use super::problem::question;
use super::told;
use crate::query::{asked, release_stage};

/// One service waits for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// What moves first.
    pub before: SmolStr,
    /// What waits.
    pub after: SmolStr,
    /// The facts that make it wait: what each says, and where it is written.
    pub reasons: Vec<(String, Place)>,
}

/// Why one service comes before another in a stage: a shortest chain of services that wait for one another. `None` when it does not
/// have to.
pub(crate) fn why(db: &dyn Db, item: Item, stage: usize, before: &str, after: &str) -> Option<Vec<Wait>> {
    let view = &release(db, item).view;
    let proved = release_stage(db, item, stage as u32).stage.as_ref()?;
    let (recorded, kind) = question(db, view.stages.get(stage)?)?;
    let asked = asked(db, item, recorded, kind);
    let links = clearway_skew::why(&asked.problem, &proved.order, before, after)?;
    let wait = |link: Link| {
        let reasons = link.reasons.into_iter().filter_map(|(origin, rule, excludes)| {
            let owner = excludes.as_ref().map_or(&link.after, |clash| &clash.owner).clone();
            let target = excludes.as_ref().map_or(&link.before, |clash| &clash.target).clone();
            let cause = Cause { origin, rule, owner, target: Some(target), excludes };
            Some((told::label(asked, &cause), asked.place(origin)?))
        });
        let reasons = reasons.collect();
        Wait { before: link.before.clone(), after: link.after.clone(), reasons }
    };
    Some(links.into_iter().map(wait).collect())
}
