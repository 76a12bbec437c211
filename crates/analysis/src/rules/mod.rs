//! The rules, one a file. A rule is a function from the model to diagnostics; the catalogue's pages say what each means.

pub(crate) mod alerts;
pub(crate) mod approvals;
pub(crate) mod capacity;
pub(crate) mod contradictory_facts;
pub(crate) mod datasets;
pub(crate) mod declarations;
pub(crate) mod definition_cycle;
pub(crate) mod deployed_state;
pub(crate) mod duplicate_names;
pub(crate) mod flags;
pub(crate) mod import_cycle;
pub(crate) mod live_measurements;
pub(crate) mod lock_cycle;
pub(crate) mod lock_waits;
pub(crate) mod people;
pub(crate) mod requirement_cycle;
pub(crate) mod requirements;
pub(crate) mod reserved_names;
pub(crate) mod secrets;
pub(crate) mod syntax;
pub(crate) mod times;
pub(crate) mod unknown_parts;
pub(crate) mod unreadable_version;
pub(crate) mod unused;
