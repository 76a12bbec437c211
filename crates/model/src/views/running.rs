//! What is said of the running system besides its deployments.

use std::sync::Arc;

use jiff::civil;
use smol_str::SmolStr;

use super::release::RolloutStep;
use super::{At, Quantity, view};
use crate::value::{Condition, Reference};

view! {
    /// A condition that somebody is told of.
    Alert {
        /// What it is about.
        service: Option<At<Arc<Reference>>> = field "service",
        /// The condition.
        when: Option<AlertCondition> = clause "when",
        /// How soon somebody must look.
        severity: Option<At<SmolStr>> = field "severity",
        /// The labels by which alerts are told together.
        group_by: Vec<At<SmolStr>> = field "group-by",
        /// Where it says what to do.
        runbook: Option<At<Arc<str>>> = field "runbook",
        /// Who is told.
        notify: Option<At<Arc<Reference>>> = field "notify",
        /// Where it holds.
        environments: Vec<At<Arc<Reference>>> = field "environments",
    }
}

view! {
    /// The condition of an alert.
    AlertCondition {
        /// The condition.
        condition: Option<At<Arc<Condition>>> = part "condition",
        /// The time over which it is measured.
        over: Option<At<Quantity>> = part "over",
        /// How long it must hold.
        lasts: Option<At<Quantity>> = part "for",
    }
}

view! {
    /// A part of a service that is turned on by itself.
    Flag {
        /// The team that answers for it.
        owner: Option<At<Arc<Reference>>> = field "owner",
        /// What it is a part of.
        service: Option<At<Arc<Reference>>> = field "service",
        /// What everybody is answered before it is ramped.
        default: bool = field "default",
        /// How it reaches everybody.
        ramp: Option<Ramp> = clause "ramp",
        /// The day by which nobody asks for it any more.
        expires: Option<At<civil::Date>> = field "expires",
    }
}

view! {
    /// How a flag reaches everybody.
    Ramp {
        /// The shares of the users.
        steps: Vec<RolloutStep> = clauses "step",
        /// The command that puts a share in place.
        run: Option<At<Arc<str>>> = field "run",
        /// When that is given up.
        timeout: Option<At<Quantity>> = field "timeout",
    }
}
