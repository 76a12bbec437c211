//! For how long records are kept, and which guarantees are given up by name.

use std::collections::BTreeSet;

use clearway_plan::{Acceptance, Guarantee, Origin, Plan, PublicKey, Release};

use crate::change::Change;
use crate::verdict::Verdict;

/// For how many days each kind of record is kept.
pub(crate) fn retention(old: &Plan, new: &Plan) -> Vec<Change> {
    let kinds: BTreeSet<&String> = old.retention.keys().chain(new.retention.keys()).collect();
    let changed = kinds.into_iter().filter(|kind| old.retention.get(*kind) != new.retention.get(*kind));
    changed
        .map(|kind| {
            let days = |plan: &Plan| plan.retention.get(kind).copied().unwrap_or_default();
            let told = |plan: &Plan| plan.retention.get(kind).map(|days| format!("{days} days"));
            let verdict = Verdict::of_limit(&days(new), &days(old));
            let witness = (verdict == Verdict::Weaker)
                .then(|| format!("what is older than {} days may be gone when an auditor asks", days(new)));
            let change = Change::new(verdict, Guarantee::Records, format!("how long {kind} are kept"));
            change.between(told(old), told(new)).witness(witness)
        })
        .collect()
}

/// Who looks at what was done, and until when: a look that is later, or that nobody must take any more, is a weaker one.
pub(crate) fn looks(old: &Plan, new: &Plan) -> Vec<Change> {
    let ours = |plan: &'_ Plan| plan.retrospective.clone();
    let access = |plan: &Plan| ours(plan)?.access_review.map(|review| (review.every, Some(review.by)));
    let changes = |plan: &Plan| ours(plan)?.reviews.map(|reviews| (reviews.within, reviews.by));
    let looks = [
        (
            "the review of who may do what",
            access(old),
            access(new),
            "who may no longer need it keeps a right for longer",
        ),
        (
            "the review of changes in production",
            changes(old),
            changes(new),
            "what went wrong in a change is seen later, or by nobody",
        ),
    ];
    looks.into_iter().filter_map(|(subject, was, is, witness)| look(subject, was, is, witness)).collect()
}

/// How long until something is looked at, and by which group.
type Look = (u64, Option<String>);

fn look(subject: &str, was: Option<Look>, is: Option<Look>, witness: &str) -> Option<Change> {
    let verdict = match (&was, &is) {
        (was, is) if was == is => return None,
        (Some(_), None) => Verdict::Weaker,
        (None, _) => Verdict::Stronger,
        (Some((before, who)), Some((after, whom))) => {
            let is_weaker = after > before || whom.is_none() && who.is_some();
            let is_stronger = after < before || who.is_none() && whom.is_some();
            Verdict::of(is_weaker, is_stronger)
        }
    };
    let told = |look: Option<Look>| {
        look.map(|(seconds, by)| {
            let by = by.map(|group| format!(", by {group}")).unwrap_or_default();
            format!("within {} days{by}", seconds.div_ceil(24 * 60 * 60))
        })
    };
    let witness = (verdict == Verdict::Weaker).then(|| witness.to_owned());
    let change = Change::new(verdict, Guarantee::Records, subject.to_owned());
    Some(change.between(told(was), told(is)).witness(witness))
}

/// The keys of which one must have signed every record.
pub(crate) fn signers(old: &Plan, new: &Plan) -> Option<Change> {
    let keys = |plan: &'_ Plan| plan.signed_by.iter().cloned().collect::<BTreeSet<_>>();
    let (before, after) = (keys(old), keys(new));
    if before == after {
        return None;
    }
    // Without keys anybody signs; with another one somebody does who could not. Who leaves takes nothing from that.
    let is_weaker = !before.is_empty() && (after.is_empty() || !after.is_subset(&before));
    let verdict = Verdict::of(is_weaker, !is_weaker);
    let witness = is_weaker.then(|| match after.difference(&before).next() {
        Some(key) => {
            format!("whoever has the private half of {} writes records that are believed", key.as_str())
        }
        None => "whoever may write to the ledger's store writes records that are believed".to_owned(),
    });
    let told = |keys: &BTreeSet<PublicKey>| {
        let keys: Vec<&str> = keys.iter().map(PublicKey::as_str).collect();
        (!keys.is_empty()).then(|| keys.join(", "))
    };
    let change = Change::new(verdict, Guarantee::Records, "the keys that records are signed with".to_owned());
    Some(change.between(told(&before), told(&after)).witness(witness))
}

/// Guarantees that a release gives up by name.
pub(crate) fn accepts(old: &Release, new: &Release) -> Vec<Change> {
    let key = |accept: &Acceptance| (accept.guarantee, accept.target.clone());
    let keys: BTreeSet<(Guarantee, Option<String>)> =
        old.accepts.iter().chain(&new.accepts).map(key).collect();
    let origin = |release: &Release| Origin::new("release", &release.name);
    keys.into_iter()
        .filter_map(|(guarantee, target)| {
            let of = |release: &Release| -> BTreeSet<String> {
                let all =
                    release.accepts.iter().filter(|one| (one.guarantee, &one.target) == (guarantee, &target));
                all.map(|one| one.reason.clone()).collect()
            };
            let (before, after) = (of(old), of(new));
            if before == after {
                return None;
            }
            let verdict = Verdict::of(before.is_empty(), after.is_empty());
            let on = target.as_ref().map_or("every target".to_owned(), |target| target.clone());
            let told = |reasons: &BTreeSet<String>| {
                (!reasons.is_empty()).then(|| reasons.iter().cloned().collect::<Vec<_>>().join("; "))
            };
            let witness = (verdict == Verdict::Weaker)
                .then(|| format!("a target is built for that does not keep {guarantee}"));
            let change = Change::new(
                verdict,
                guarantee,
                format!("release `{}` gives up {guarantee} on {on}", new.name),
            );
            let change = change.between(told(&before), told(&after)).witness(witness);
            Some(change.from(&origin(old), &["accept"]).to(&origin(new), &["accept"]))
        })
        .collect()
}
