//! The retrospective of a project.

use std::collections::BTreeMap;

use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Db, Item, Reference, lower, views};

use super::seconds::seconds;
use super::{Parts, conditions, gates};
use crate::ir::Origin;
use crate::learning::{AccessReview, Audit, Postmortems, Retrospective, Reviews};
use crate::recurring::Recurring;

/// What is done again and again by the clock. What is kept is put away where the spec says for how long.
pub(super) fn recurring(db: &dyn Db, ours: Option<&Retrospective>) -> BTreeMap<Recurring, Origin> {
    let origin = |item: Item| Origin::new(item.kind(db), item.name(db));
    let looks = [
        (Recurring::AccessReview, ours.is_some_and(|ours| ours.access_review.is_some())),
        (Recurring::ChangeReview, ours.is_some_and(|ours| ours.reviews.is_some())),
    ];
    let looks = looks.into_iter().filter(|(_, is_asked)| *is_asked);
    let looks = looks.filter_map(|(one, _)| Some((one, origin(declared(db)?))));
    let kept = clearway_analysis::kept(db, db.project()).into_iter().filter(|kept| kept.records == "records");
    looks.chain(kept.take(1).map(|kept| (Recurring::Archive, origin(kept.retention)))).collect()
}

fn declared(db: &dyn Db) -> Option<Item> {
    super::declarations(db).find(|item| item.kind(db) == "retrospective")
}

/// The retrospective, where the project has one. Whom it asks is noted in `parts`.
pub(super) fn retrospective(db: &dyn Db, parts: &mut Parts) -> Option<Retrospective> {
    let view: views::Retrospective = views::of(lower(db, declared(db)?));
    let text = |at: &Option<views::At<std::sync::Arc<str>>>| at.as_ref().map(|at| at.value.to_string());
    let postmortems = view.postmortem_from.as_ref().and_then(|from| {
        let words = &Vocabulary::get().enums.get("finding-severity")?.words;
        Some(Postmortems {
            from: from.value.to_string(),
            rank: words.iter().position(|word| word.name == from.value)?,
            within: seconds(view.postmortem_within.as_ref())?,
            folder: text(&view.postmortems)?,
        })
    });
    let mut asked = |group: &Option<views::At<std::sync::Arc<Reference>>>| {
        let group = group.as_ref()?.value.name.to_string();
        parts.groups.insert(group.clone());
        Some(group)
    };
    let reviews = seconds(view.review_within.as_ref()).and_then(|within| {
        Some(Reviews { within, folder: text(&view.reviews)?, by: asked(&view.reviewed_by) })
    });
    let access_review = view.access_review.as_ref().and_then(|review| {
        Some(AccessReview { by: asked(&review.by)?, every: seconds(review.every.as_ref())? })
    });
    let audit =
        view.audit.as_ref().map(|audit| Audit { requests: text(&audit.requests), keys: text(&audit.keys) });
    let conditions = view.conditions.iter().filter_map(|condition| condition.condition.as_ref());
    Some(Retrospective {
        incidents: view.incidents.as_ref().map(gates::evidence),
        follow_within: seconds(view.follow_within.as_ref())?,
        postmortems,
        reviews,
        access_review,
        audit,
        lesson_after: view.lesson_after.as_ref()?.value,
        requires: conditions.map(|condition| conditions::requirement(db, &condition.value)).collect(),
    })
}
