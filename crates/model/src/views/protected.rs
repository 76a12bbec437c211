//! What must not get into the wrong hands.

use std::sync::Arc;

use jiff::civil;
use smol_str::SmolStr;

use super::{At, Quantity, view};
use crate::value::{CallValue, Reference};

view! {
    /// Something that only few may know.
    Secret {
        /// Where it is kept.
        from: Option<At<Arc<CallValue>>> = field "from",
        /// Whose services may use it.
        roles: Vec<At<Arc<Reference>>> = field "roles",
        /// How old it may get.
        max_age: Option<At<Quantity>> = field "max-age",
        /// The day on which it was made.
        rotated: Option<At<civil::Date>> = field "rotated",
    }
}

view! {
    /// Data that is put into environments.
    Dataset {
        /// The kinds of data it holds.
        class: Vec<At<SmolStr>> = field "class",
        /// Where it comes from.
        source: Option<At<SmolStr>> = field "source",
        /// How much it is.
        volume: Option<At<Quantity>> = field "volume",
        /// Where it is put.
        environments: Vec<At<Arc<Reference>>> = field "environments",
        /// The command that puts it there.
        provision: Option<At<Arc<str>>> = field "provision",
        /// When that is given up.
        timeout: Option<At<Quantity>> = field "timeout",
    }
}
