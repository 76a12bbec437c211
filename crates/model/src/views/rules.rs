//! What is measured.

use std::sync::Arc;

use smol_str::SmolStr;

use super::{At, view};

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
        /// It may be below zero.
        signed: bool = field "signed",
    }
}
