//! What a target expects of the product's live settings, as data: one comparer in the runtime reads it.

use serde::Serialize;
use serde_json::Value;

/// Everything that is looked at before a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expectations {
    /// Each for itself.
    pub expectations: Vec<Expectation>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Expectation {
    /// The path that is asked of the product's API; `{repository}` stands for the repository of the run, `{branch}` for its branch.
    pub url: String,
    /// The one element of a list in the answer that is meant, where it is one.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    pub element: Option<Element>,
    /// The JSON pointer to the setting, from that element or from the answer.
    pub pointer: String,
    /// What it must be.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// Why.
    pub why: String,
}

/// An element of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Element {
    /// The JSON pointer to the list.
    pub at: String,
    /// The key of its elements that is compared.
    pub key: String,
    /// What that must be.
    pub is: String,
}

/// What a setting must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Wanted {
    /// Equal to a value.
    Equals {
        /// The value.
        equals: Value,
    },
    /// A list of the same texts in any order.
    SameSet {
        /// The texts.
        #[serde(rename = "same-set")]
        same_set: Vec<String>,
        /// The JSON pointer to the text in each element.
        pick: String,
        /// What has the name, where it is a number that stands there.
        #[serde(rename = "named-by", skip_serializing_if = "Option::is_none")]
        named: Option<Named>,
    },
}

/// Where the name of a number is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The path that is asked of the product's API, with `{}` for the number.
    pub url: String,
    /// The JSON pointer to the name in the answer.
    pub pointer: String,
}
