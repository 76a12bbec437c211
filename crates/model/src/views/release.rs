//! Who must agree, how a version comes in, and what is shipped.

use std::sync::Arc;

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::{At, Quantity, view};
use crate::value::{Condition, Reference, Value};

view! {
    /// Who must agree, in order.
    Approval {
        /// The steps.
        steps: Vec<ApprovalStep> = clauses "step",
        /// Duties that one person may not have together.
        separate: Option<Separation> = clause "separate",
    }
}

view! {
    /// A step of an approval chain.
    ApprovalStep {
        /// Its name.
        name: Option<At<SmolStr>> = part "name",
        /// The people who may agree: a team, a role, or `owner`.
        from: Option<At<Value>> = field "from",
        /// How many different people must.
        need: Option<At<u32>> = field "need",
        /// How long they have.
        within: Option<At<Quantity>> = field "within",
        /// Who is asked when they do not answer.
        escalate: Option<At<Value>> = field "escalate",
        /// Only then it is asked.
        when: Option<At<Arc<Condition>>> = field "when",
        /// Gates that must have passed before anybody is asked.
        requires: Vec<At<Arc<Reference>>> = field "requires",
    }
}

view! {
    /// Duties that one person may not have together.
    Separation {
        /// The duties.
        duties: Vec<At<SmolStr>> = part "duties",
    }
}

view! {
    /// How a new version comes into an environment.
    Rollout {
        /// Whether old and new versions serve together.
        overlap: bool = field "overlap",
        /// The shares of the traffic.
        steps: Vec<RolloutStep> = clauses "step",
        /// What is watched.
        watches: Vec<Watch> = clauses "watch",
        /// What happens when it does not hold.
        on_breach: Option<At<SmolStr>> = field "on-breach",
    }
}

view! {
    /// A share of the traffic.
    RolloutStep {
        /// The share.
        share: Option<At<Decimal>> = part "share",
        /// How long it is held.
        hold: Option<At<Quantity>> = part "hold",
    }
}

view! {
    /// A condition that must hold while a rollout is under way.
    Watch {
        /// The condition.
        condition: Option<At<Arc<Condition>>> = part "condition",
        /// The time over which it is measured.
        over: Option<At<Quantity>> = part "over",
    }
}

view! {
    /// What is shipped, through which stages.
    Release {
        /// The change request.
        change: Option<At<Arc<str>>> = field "change",
        /// The class of the change.
        class: Option<At<SmolStr>> = field "class",
        /// Who asked for it.
        requested_by: Option<At<SmolStr>> = field "requested-by",
        /// The milestone it must meet.
        milestone: Option<At<Arc<Reference>>> = field "milestone",
        /// The environments that must have a time in common.
        common_slot: Vec<At<Arc<Reference>>> = field "common-slot",
        /// The tag that the commit of each run must have.
        tag: Option<At<Arc<str>>> = field "tag",
        /// What is shipped.
        ship: Vec<Ship> = clauses "ship",
        /// What is taken away.
        retire: Vec<Retire> = clauses "retire",
        /// The environments on the way.
        stages: Vec<Stage> = clauses "stage",
        /// The way back.
        rollback: Option<Rollback> = clause "rollback",
        /// Guarantees that are given up knowingly.
        accepts: Vec<Accept> = clauses "accept",
    }
}

view! {
    /// Something that is shipped.
    Ship {
        /// The service.
        service: Option<At<Arc<Reference>>> = part "service",
        /// Its version; the declared one where it is left open.
        version: Option<At<SmolStr>> = part "version",
    }
}

view! {
    /// Something that is taken away.
    Retire {
        /// The service; it may be declared no longer.
        service: Option<At<SmolStr>> = part "service",
    }
}

view! {
    /// An environment on the way.
    Stage {
        /// The environment.
        environment: Option<At<Arc<Reference>>> = part "environment",
        /// What must hold before.
        gates: Vec<At<Arc<Reference>>> = field "gates",
        /// What must be done before, item by item.
        checklist: Option<At<Arc<Reference>>> = field "checklist",
        /// Who must agree before.
        approval: Option<At<Arc<Reference>>> = field "approval",
        /// Who must agree on the emergency path.
        emergency: Option<At<Arc<Reference>>> = field "emergency",
        /// How the new versions come in.
        rollout: Option<At<Arc<Reference>>> = field "rollout",
        /// How long they are watched before the next stage.
        bake: Option<At<Quantity>> = field "bake",
        /// The bake time must end inside the window.
        bake_in_window: bool = field "bake-in-window",
        /// What must hold when that is over.
        validate: Option<Validation> = clause "validate",
    }
}

view! {
    /// What must hold of the running system before a stage is accepted.
    Validation {
        /// The conditions.
        requires: Vec<Watch> = clauses "require",
    }
}

view! {
    /// The way back.
    Rollback {
        /// Who must agree.
        approval: Option<At<Arc<Reference>>> = field "approval",
        /// What takes it.
        when: Vec<Watch> = clauses "when",
    }
}

view! {
    /// A guarantee that is given up knowingly.
    Accept {
        /// The guarantee.
        guarantee: Option<At<SmolStr>> = part "guarantee",
        /// Why.
        reason: Option<At<Arc<str>>> = part "reason",
        /// Only on this target.
        on: Option<At<SmolStr>> = part "on",
    }
}
