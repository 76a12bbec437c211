//! Names with places: what a message can point at.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A place in the caller's files. What the number stands for is the caller's business; here it is only carried along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origin(pub u32);

/// The name of a declaration and the place of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The name, as declared.
    pub name: SmolStr,
    /// Where it is declared.
    #[serde(default)]
    pub origin: Origin,
}

impl Named {
    /// A name at a place.
    pub fn new(name: impl Into<SmolStr>, origin: Origin) -> Self {
        Self { name: name.into(), origin }
    }
}

/// The name alone.
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The names of a list, as a message writes them: `a`, `a or b`, `a, b or c`.
pub(crate) fn list<T: fmt::Display>(names: &[T], last: &str) -> String {
    match names {
        [] => String::new(),
        [only] => only.to_string(),
        [before @ .., end] => {
            let before: Vec<String> = before.iter().map(ToString::to_string).collect();
            format!("{} {last} {end}", before.join(", "))
        }
    }
}
