//! Where and when.

use std::sync::Arc;

use jiff::civil;
use smol_str::SmolStr;

use super::{At, view};
use crate::value::{CallValue, Reference, Value, ValueKind};

view! {
    /// A place to deploy to.
    Environment {
        /// How close it is to customers.
        tier: Option<At<SmolStr>> = field "tier",
        /// When a deployment may start.
        windows: Vec<At<Arc<Reference>>> = field "windows",
        /// When none may start.
        freezes: Vec<At<Arc<Reference>>> = field "freezes",
        /// What deployments take turns by.
        lock: Option<At<SmolStr>> = field "lock",
        /// What the deploying step identifies itself with.
        credentials: Option<At<Arc<CallValue>>> = field "credentials",
        /// Where its metrics are measured.
        monitoring: Option<At<Arc<CallValue>>> = field "monitoring",
        /// What is deployed there now.
        deployed: Option<At<Arc<CallValue>>> = field "deployed",
        /// What it is meant to be like.
        parity: Vec<Parity> = clauses "parity",
    }
}

impl Environment {
    /// The path of the state file that it names.
    pub fn state_path(&self) -> Option<String> {
        state_path(&self.deployed.as_ref()?.value)
    }
}

/// The path of a `state("…")`.
pub fn state_path(state: &CallValue) -> Option<String> {
    match &state.args.first()?.1.kind {
        ValueKind::Text(path) => Some(path.to_string()),
        _ => None,
    }
}

view! {
    /// An environment that another is meant to be like.
    Parity {
        /// The other one.
        with: Option<At<Arc<Reference>>> = part "with",
        /// The fields in which they may differ.
        except: Vec<At<SmolStr>> = part "except",
    }
}

view! {
    /// Hours in which a deployment may start.
    Window {
        /// The days: a day, a list, or a span.
        days: Option<At<Value>> = field "days",
        /// The hours: a span of times.
        hours: Option<At<Value>> = field "hours",
        /// The zone in which they are meant.
        timezone: Option<At<SmolStr>> = field "timezone",
        /// The calendar whose holidays are left out.
        calendar: Option<At<Arc<Reference>>> = field "calendar",
    }
}

view! {
    /// A time in which no deployment may start.
    Freeze {
        /// The first day or moment.
        from: Option<At<Value>> = field "from",
        /// The last day, or the moment it ends.
        until: Option<At<Value>> = field "until",
        /// The zone in which days are meant.
        timezone: Option<At<SmolStr>> = field "timezone",
        /// Why.
        reason: Option<At<Arc<str>>> = field "reason",
        /// The periods before whose end it recurs.
        every: Option<At<SmolStr>> = field "every",
        /// How many days before that day it begins.
        days_before: Option<At<u32>> = field "days-before",
        /// How many days after that day it ends.
        days_after: Option<At<u32>> = field "days-after",
    }
}

view! {
    /// Something that deployments share.
    Resource {
        /// How much of it may be taken at once.
        capacity: Option<At<u32>> = field "capacity",
    }
}

view! {
    /// Days on which nobody works.
    Calendar {
        /// The days.
        holidays: Vec<At<civil::Date>> = field "holidays",
    }
}

view! {
    /// A day of the business that releases must meet.
    Milestone {
        /// Shipped before this day or moment.
        before: Option<At<Value>> = field "before",
        /// Not shipped before this day or moment.
        after: Option<At<Value>> = field "after",
        /// Shipped on this day.
        on: Option<At<civil::Date>> = field "on",
        /// The zone in which days are meant.
        timezone: Option<At<SmolStr>> = field "timezone",
    }
}
