//! The retrospective of a project.

use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Db, items, lower, views};

use super::seconds::seconds;
use super::{conditions, gates};
use crate::learning::{Audit, Postmortems, Retrospective, Reviews};

/// The retrospective, where the project has one.
pub(super) fn retrospective(db: &dyn Db) -> Option<Retrospective> {
    let files = db.project().sources(db).iter();
    let mut declared = files.flat_map(|file| items(db, *file));
    let item = declared.find(|item| item.kind(db) == "retrospective" && !views::is_template(db, **item))?;
    let view: views::Retrospective = views::of(lower(db, *item));
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
    let reviews = seconds(view.review_within.as_ref())
        .and_then(|within| Some(Reviews { within, folder: text(&view.reviews)? }));
    let audit =
        view.audit.as_ref().map(|audit| Audit { requests: text(&audit.requests), keys: text(&audit.keys) });
    let conditions = view.conditions.iter().filter_map(|condition| condition.condition.as_ref());
    Some(Retrospective {
        incidents: view.incidents.as_ref().map(gates::evidence),
        follow_within: seconds(view.follow_within.as_ref())?,
        postmortems,
        reviews,
        audit,
        lesson_after: view.lesson_after.as_ref()?.value,
        requires: conditions.map(|condition| conditions::requirement(db, &condition.value)).collect(),
    })
}
