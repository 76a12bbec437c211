//! What must be true of every spec, what need not be for a time, and what is expected of the specs themselves.

use std::sync::Arc;

use smol_str::SmolStr;

use super::gates::GateCondition;
use super::{At, Quantity, view};
use crate::value::{CallValue, Moment, Reference, Value};

view! {
    /// Rules of an organisation or a framework.
    Policy {
        /// The controls.
        controls: Vec<Control> = clauses "control",
    }
}

view! {
    /// A control that must be covered.
    Control {
        /// Its number in the framework.
        id: Option<At<Arc<str>>> = part "id",
        /// What it demands.
        text: Option<At<Arc<str>>> = part "text",
        /// How much a finding weighs.
        severity: Option<At<SmolStr>> = field "severity",
        /// What must hold of the whole.
        conditions: Vec<GateCondition> = clauses "require",
        /// What must hold of each of a list.
        every: Vec<Every> = clauses "every",
        /// How long records must be kept.
        keeps: Vec<Keep> = clauses "keep",
        /// Diagnostics that weigh as much as a finding.
        raises: Vec<Raise> = clauses "raise",
    }
}

view! {
    /// What must hold of each of a list.
    Every {
        /// What each is called.
        name: Option<At<SmolStr>> = part "name",
        /// The list.
        list: Option<At<Value>> = part "in",
        /// Only those for which this is true.
        filter: Option<At<Value>> = part "where",
        /// What must hold of each.
        conditions: Vec<GateCondition> = clauses "require",
        /// What must hold of each of a list that each has.
        every: Vec<EveryOf> = clauses "every",
    }
}

view! {
    /// What must hold of each of a list that each of another has.
    EveryOf {
        /// What each is called.
        name: Option<At<SmolStr>> = part "name",
        /// The list.
        list: Option<At<Value>> = part "in",
        /// Only those for which this is true.
        filter: Option<At<Value>> = part "where",
        /// What must hold of each.
        conditions: Vec<GateCondition> = clauses "require",
    }
}

view! {
    /// How long records are kept.
    Retention {
        /// Each kind of records.
        keeps: Vec<Keep> = clauses "keep",
    }
}

view! {
    /// How long records of a kind are kept.
    Keep {
        /// The kind of records.
        records: Option<At<SmolStr>> = part "records",
        /// At least so long.
        least: Option<At<Quantity>> = part "for",
        /// No longer than this.
        most: Option<At<Quantity>> = part "at-most",
    }
}

view! {
    /// A diagnostic that weighs as much as a finding.
    Raise {
        /// Its code or name.
        code: Option<At<SmolStr>> = part "code",
    }
}

view! {
    /// What is expected of the project.
    Test {
        /// The time at which it is tried.
        at: Option<TestTime> = clause "at",
        /// The zone in which the time is meant.
        timezone: Option<At<SmolStr>> = field "timezone",
        /// What ships in another version.
        ship: Vec<TestShip> = clauses "ship",
        /// What is deployed instead.
        deployed: Vec<TestState> = clauses "deployed",
        /// What must come of it.
        expect: Vec<Expectation> = clauses "expect",
    }
}

view! {
    /// The time at which a test is tried.
    TestTime {
        /// The time.
        time: Option<At<Moment>> = part "time",
    }
}

view! {
    /// A service that ships in another version.
    TestShip {
        /// The service.
        service: Option<At<Arc<Reference>>> = part "service",
        /// The version.
        version: Option<At<SmolStr>> = part "version",
    }
}

view! {
    /// What is deployed in an environment.
    TestState {
        /// The environment.
        environment: Option<At<Arc<Reference>>> = part "environment",
        /// The state file.
        from: Option<At<Arc<CallValue>>> = part "from",
    }
}

view! {
    /// What must come of a test.
    Expectation {
        /// What kind of outcome.
        outcome: Option<At<SmolStr>> = part "outcome",
        /// A code, services, or an environment.
        value: Option<At<Value>> = part "value",
        /// Words that the diagnostic must have.
        about: Option<At<Arc<str>>> = part "about",
        /// The environment whose order is meant.
        environment: Option<At<Arc<Reference>>> = part "in",
    }
}

view! {
    /// Something that, for a time, need not hold.
    Waiver {
        /// The gates that need not pass.
        gates: Vec<At<Arc<Reference>>> = field "gates",
        /// The controls that need not hold, by their numbers.
        controls: Vec<At<Arc<str>>> = field "controls",
        /// Only on the way to these environments.
        environments: Vec<At<Arc<Reference>>> = field "environments",
        /// The incident that makes it necessary.
        incident: Option<At<Arc<str>>> = field "incident",
        /// Who allows it.
        approver: Option<At<SmolStr>> = field "approver",
        /// The last day on which it counts, or the moment it ends.
        expires: Option<At<Value>> = field "expires",
        /// The zone in which days are meant.
        timezone: Option<At<SmolStr>> = field "timezone",
        /// When it is looked at again, or in what.
        retrospective: Option<At<Value>> = field "retrospective",
        /// Why it is allowed.
        reason: Option<At<Arc<str>>> = field "reason",
    }
}
