//! What a spec says, declaration by declaration, as plain data.
//!
//! A plan says what a release does. What a spec demands of itself (policies, tests), what it promises and what was given to prove an order
//! is spent by then: it decides whether there is a plan, and which. Whoever compares two specs compares that too.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::ir::Origin;

/// What a spec says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spec {
    /// The statements of each declaration of the project and of its packages. The manifest is one as well.
    pub declarations: BTreeMap<Origin, Vec<Statement>>,
}

/// A field or a clause. What it stands in is said with it, so that the statements of a declaration are a flat list, without an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// The clauses around it, from the outside in: `control PAY-1`.
    pub within: Vec<String>,
    /// The name of the field, or the keyword of the clause.
    pub word: String,
    /// What a clause is about: its first operand.
    pub about: Option<Written>,
    /// What else it says, by name: the other operands, labels and flags. The value of a field has no name.
    pub parts: BTreeMap<String, Written>,
}

/// A value: how it is written, and what it is. Two are equal where they are the same, however they are written.
#[derive(Debug, Clone)]
pub struct Written {
    /// How it is told.
    pub text: String,
    /// What it is: one text for all that is the same.
    pub key: String,
    /// How much it is, and of what; none where it is no amount.
    pub amount: Option<(Decimal, String)>,
    /// What is in it, where it is a list, or joined by `and`.
    pub items: BTreeSet<String>,
}

impl Written {
    /// A value that is nothing but its text.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { key: text.clone(), text, amount: None, items: BTreeSet::new() }
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Written {}

impl PartialOrd for Written {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Written {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}
