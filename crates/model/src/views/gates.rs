//! What must be measured before anything is deployed.

use std::sync::Arc;

use jiff::civil;

use super::{At, Quantity, view};
use crate::value::{CallValue, Condition, Reference, Value};

view! {
    /// Measured conditions without which nothing is deployed.
    Gate {
        /// The reports that the conditions are measured in.
        evidence: Vec<At<Arc<CallValue>>> = field "evidence",
        /// The conditions.
        conditions: Vec<GateCondition> = clauses "require",
        /// Older evidence does not count.
        max_age: Option<At<Quantity>> = field "max-age",
        /// The command that makes the evidence.
        run: Option<At<Arc<str>>> = field "run",
        /// When that is given up.
        timeout: Option<At<Quantity>> = field "timeout",
        /// Journeys of users whose tests are among its evidence.
        covers: Vec<At<Arc<Reference>>> = field "covers",
        /// Flaky tests whose failures do not count.
        quarantines: Vec<At<Arc<Reference>>> = field "quarantines",
        /// How many tests, or which share of them, may be in quarantine.
        max_quarantined: Option<At<Value>> = field "max-quarantined",
        /// The services that its evidence is about.
        scope: Vec<At<Arc<Reference>>> = field "scope",
        /// The reports of an earlier release.
        baseline: Vec<At<Arc<CallValue>>> = field "baseline",
        /// Which findings and records block the release.
        triage: Option<At<Arc<Reference>>> = field "triage",
        /// The load that a load test must have put on.
        load: Option<LoadProfile> = clause "load",
    }
}

view! {
    /// A condition that must hold.
    GateCondition {
        /// The condition.
        condition: Option<At<Arc<Condition>>> = part "condition",
    }
}

view! {
    /// The load that a load test must have put on.
    LoadProfile {
        /// How many requests there were in a second, at least.
        rate: Option<At<Quantity>> = field "rate",
        /// How long they were kept up, at least.
        duration: Option<At<Quantity>> = field "duration",
        /// How many users there were at once, at least.
        users: Option<At<u32>> = field "users",
    }
}

view! {
    /// Tests that are known to be flaky.
    Quarantine {
        /// The tests, as reports name them.
        tests: Vec<At<Arc<str>>> = field "test",
        /// Who mends them: a team or a person.
        owner: Option<At<Value>> = field "owner",
        /// The last day.
        until: Option<At<civil::Date>> = field "until",
        /// Why they are flaky.
        reason: Option<At<Arc<str>>> = field "reason",
    }
}

view! {
    /// What is to be done about findings and records.
    Triage {
        /// What blocks the release.
        blockers: Vec<Blocker> = clauses "blocker",
        /// What is mended after it.
        defects: Vec<Defect> = clauses "defect",
        /// Who agreed on these rules.
        agreed_by: Option<At<Arc<Reference>>> = field "agreed-by",
    }
}

view! {
    /// What blocks a release.
    Blocker {
        /// Which findings or records.
        when: Option<At<Arc<Condition>>> = part "when",
    }
}

view! {
    /// What is mended after a release.
    Defect {
        /// Which findings or records.
        when: Option<At<Arc<Condition>>> = part "when",
        /// Who mends it: a team or a person.
        owner: Option<At<Value>> = part "owner",
        /// How long they have.
        within: Option<At<Quantity>> = part "within",
    }
}

view! {
    /// What must be done before a stage.
    Checklist {
        /// The items.
        items: Vec<ChecklistItem> = clauses "item",
    }
}

view! {
    /// An item of a checklist.
    ChecklistItem {
        /// What must be done.
        text: Option<At<Arc<str>>> = part "text",
        /// The gate that decides it.
        gate: Option<At<Arc<Reference>>> = part "gate",
        /// The policy that decides it.
        policy: Option<At<Arc<Reference>>> = part "policy",
        /// The people of whom one attests it.
        attested_by: Option<At<Arc<Reference>>> = part "attested-by",
        /// How long an attestation holds.
        within: Option<At<Quantity>> = part "within",
    }
}

view! {
    /// A way of users through the product.
    Journey {
        /// Production must not be reached without a gate that covers it.
        critical: bool = field "critical",
        /// What its tests are tagged with.
        tag: Option<At<Arc<str>>> = field "tag",
        /// The services that it goes through.
        services: Vec<At<Arc<Reference>>> = field "services",
    }
}
