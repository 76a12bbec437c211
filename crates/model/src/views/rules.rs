//! What is measured, and what must be true of every spec.

use std::sync::Arc;

use smol_str::SmolStr;

use super::release::GateCondition;
use super::{At, view};
use crate::value::{Moment, Value};

view! {
    /// A measured value.
    Metric {
        /// The query that measures it.
        query: Option<At<Arc<str>>> = field "query",
        /// The query that says how many samples there are.
        samples: Option<At<Arc<str>>> = field "samples",
        /// What is decided when there is no data.
        no_data: Option<At<SmolStr>> = field "no-data",
        /// With fewer samples the result is inconclusive.
        min_samples: Option<At<u32>> = field "min-samples",
    }
}

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
        /// What must hold.
        conditions: Vec<GateCondition> = clauses "require",
    }
}

view! {
    /// What is expected of the specs themselves.
    Test {
        /// The time at which it is tried.
        at: Option<TestTime> = clause "at",
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
    /// What must come of a test.
    Expectation {
        /// What kind of outcome.
        outcome: Option<At<SmolStr>> = part "outcome",
        /// A code, a name, or a list.
        value: Option<At<Value>> = part "value",
    }
}
