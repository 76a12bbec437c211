//! What is broken, in lines: the name of the claim first, then the way.

pub use clearway_verify::gitlab::claims::ALL;
use clearway_verify::gitlab::{Emitted, claims};

/// All that is broken.
pub fn broken(emitted: &Emitted) -> Vec<String> {
    broken_of(emitted, &|_| true)
}

/// What is broken of some claims.
pub fn broken_of(emitted: &Emitted, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Vec<String> {
    match claims::broken(emitted, wanted) {
        Ok(told) => told.iter().map(ToString::to_string).collect(),
        Err(refused) => vec![format!("reading: {refused}")],
    }
}
