//! What a decision was made of besides its reports, as its record says it: nobody is asked again.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::live::Said;
use crate::trouble::Trouble;
use crate::vendor::Page;

/// What servers said.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Recorded {
    /// What was measured.
    #[serde(default)]
    pub live: Vec<Said>,
    /// The status pages, by address.
    #[serde(default)]
    pub pages: BTreeMap<String, Page>,
}

impl Recorded {
    /// As a decision says.
    pub fn of(decision: &Value) -> Result<Self, Trouble> {
        serde_json::from_value(decision.clone())
            .map_err(|error| Trouble::new(format!("what servers said cannot be read in the record: {error}")))
    }
}
