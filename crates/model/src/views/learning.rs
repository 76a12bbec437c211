//! What is learnt from what went wrong.

use std::sync::Arc;

use smol_str::SmolStr;

use super::gates::GateCondition;
use super::{At, Quantity, view};
use crate::value::{CallValue, Reference};

view! {
    /// How a project looks back.
    Retrospective {
        /// Where incidents come from.
        incidents: Option<At<Arc<CallValue>>> = field "incidents",
        /// How long after a deployment an incident may follow it.
        follow_within: Option<At<Quantity>> = field "follow-within",
        /// From this severity on a postmortem is written.
        postmortem_from: Option<At<SmolStr>> = field "postmortem-from",
        /// How long after the incident.
        postmortem_within: Option<At<Quantity>> = field "postmortem-within",
        /// In which folder they are.
        postmortems: Option<At<Arc<str>>> = field "postmortems",
        /// How long after a change in production it is reviewed.
        review_within: Option<At<Quantity>> = field "review-within",
        /// In which folder the reviews are.
        reviews: Option<At<Arc<str>>> = field "reviews",
        /// Who says that they were held.
        reviewed_by: Option<At<Arc<Reference>>> = field "reviewed-by",
        /// Who looks at who may do what, and how often.
        access_review: Option<AccessReview> = clause "access-review",
        /// What goes wrong in so many changes is a lesson.
        lesson_after: Option<At<u32>> = field "lesson-after",
        /// What every change in production must show.
        audit: Option<Audit> = clause "audit",
        /// How well changes are to be delivered.
        conditions: Vec<GateCondition> = clauses "require",
    }
}

view! {
    /// What every change in production must show to an auditor.
    Audit {
        /// The form of a change request's number.
        requests: Option<At<Arc<str>>> = field "requests",
        /// The public keys of which one has signed each record.
        keys: Option<At<Arc<str>>> = field "keys",
    }
}

view! {
    /// Who looks at who may do what, and how often.
    AccessReview {
        /// The team or role.
        by: Option<At<Arc<Reference>>> = part "by",
        /// How long after it was looked at before.
        every: Option<At<Quantity>> = part "every",
    }
}
