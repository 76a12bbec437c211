//! How a way through a release is held to claims, whichever product takes it. What a way is, and what a claim looks at, is the product's own.

use clearway_plan::{Guarantee, Path, Step};

use crate::finding::{Broken, Finding, Spot, Told};
use crate::kept_by;

/// A way through a release, as far as every product has it.
pub(crate) trait Way {
    /// Its name.
    fn name(&self) -> String;

    /// The steps that the plan wants.
    fn path(&self) -> &Path;

    /// Those of them that must have a job.
    fn wanted(&self) -> Vec<&Step>;

    /// What it begins with.
    fn begins(&self) -> Spot;

    /// Where the job of a step stands, if there is one.
    fn place(&self, step: &str) -> Option<Spot>;
}

/// A claim: its name, the guarantees that it keeps, and how it is looked at.
pub(crate) type Claim<C> = (&'static str, &'static [Guarantee], C);

/// The steps of a way that have no job, each at the job of what it needs or of what needs it: there it is missing.
pub(crate) fn missing(way: &impl Way) -> Vec<Told> {
    let lacks = |step: &&Step| way.place(&step.id).is_none();
    let told = |step: &Step| {
        let guarantee = kept_by(way.path(), &step.id).unwrap_or(Guarantee::Order);
        let what = format!("there is no job for the step `{}`", step.id);
        let finding = beside(way, step).says(what).of(guarantee);
        Told { claim: "missing", keeps: &[], way: way.name(), finding, follows: false }
    };
    way.wanted().into_iter().filter(lacks).map(told).collect()
}

fn beside(way: &impl Way, step: &Step) -> Spot {
    let needed = step.needs.iter().rev().map(String::as_str);
    let needing = way.path().steps.iter().filter(|other| other.needs.contains(&step.id));
    let mut beside = needed.chain(needing.map(|other| other.id.as_str()));
    beside.find_map(|id| way.place(id)).unwrap_or_else(|| way.begins())
}

/// What of a claim is broken on a way. What cannot be looked at because a job is missing is broken where that is missing.
pub(crate) fn held<W: Way>(
    way: &W,
    missing: &[Told],
    (claim, keeps, check): Claim<impl Fn(&W) -> Result<Broken, String>>,
) -> Vec<Told> {
    // A claim says of a job that is missing what is said where it is missing; of another one, what else that leaves open.
    let nowhere = |why: String| {
        let same = missing.iter().find(|one| one.finding.what.ends_with(&why));
        match (same, missing.iter().find_map(|one| one.finding.spot.clone())) {
            (Some(same), _) => Finding { guarantee: None, ..same.finding.clone() },
            (None, Some(spot)) => spot.says(why),
            (None, None) => Finding::nowhere(why),
        }
    };
    let broken = check(way).unwrap_or_else(|why| vec![nowhere(why)]);
    let told = |finding| Told { claim, keeps, way: way.name(), finding, follows: false };
    broken.into_iter().map(told).collect()
}
