//! The control matrix: which construct of a spec shows which control, and which controls nothing shows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Place, Report, Table};

/// The controls in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The project.
    pub project: String,
    /// Each control, policy by policy.
    pub controls: Vec<Control>,
}

/// A control, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Control {
    /// The policy that puts it in force.
    pub policy: String,
    /// Its number.
    pub id: String,
    /// What it demands.
    pub text: String,
    /// How much a finding weighs.
    pub severity: String,
    /// How it stands: as its worst construct does.
    pub status: Status,
    /// Where its number is written.
    pub place: Place,
    /// What shows it, or should.
    pub constructs: Vec<Construct>,
}

/// What shows a control, or should.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Construct {
    /// What it is: ``stage `production` of release `shop` ``.
    pub what: String,
    /// Where it is written.
    pub place: Place,
    /// How it stands.
    pub status: Status,
    /// The waiver that lets it through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<String>,
}

/// How something stands to a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It meets it.
    Met,
    /// It does not, and a waiver lets it through.
    Waived,
    /// It does not meet it.
    Unmet,
    /// Nothing in the project shows it.
    Uncovered,
}

impl Status {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Waived => "waived",
            Self::Unmet => "unmet",
            Self::Uncovered => "uncovered",
        }
    }

    /// How a control stands, by its constructs.
    pub fn of(constructs: &[Construct]) -> Self {
        constructs.iter().map(|construct| construct.status).max().unwrap_or(Self::Uncovered)
    }
}

/// Constructs of which a control demands several things, each once, as the worst of them.
pub fn merged(constructs: impl IntoIterator<Item = Construct>) -> Vec<Construct> {
    let mut merged: Vec<Construct> = Vec::new();
    let mut known: BTreeMap<(String, Place), usize> = BTreeMap::new();
    for construct in constructs {
        let key = (construct.what.clone(), construct.place.clone());
        match known.get(&key) {
            Some(at) if merged[*at].status < construct.status => merged[*at] = construct,
            Some(_) => {}
            None => {
                known.insert(key, merged.len());
                merged.push(construct);
            }
        }
    }
    merged
}

impl Report for Matrix {
    fn title(&self) -> String {
        format!("Controls of `{}`", self.project)
    }

    fn preface(&self) -> Vec<String> {
        let count = |status| self.controls.iter().filter(|control| control.status == status).count();
        let of = [Status::Met, Status::Waived, Status::Unmet, Status::Uncovered];
        let told = of.map(|status| format!("{} {}", count(status), status.word()));
        vec![format!("{} controls are in force: {}.", self.controls.len(), told.join(", "))]
    }

    fn table(&self) -> Table {
        let mut table = Table::new([
            "policy",
            "control",
            "demands",
            "severity",
            "status",
            "construct",
            "where",
            "waiver",
        ]);
        for control in &self.controls {
            let mut row = |status: Status, what: &str, place: &Place, waiver: &str| {
                table.row([
                    control.policy.clone(),
                    control.id.clone(),
                    control.text.clone(),
                    control.severity.clone(),
                    status.word().to_owned(),
                    what.to_owned(),
                    place.to_string(),
                    waiver.to_owned(),
                ]);
            };
            if control.constructs.is_empty() {
                row(Status::Uncovered, "", &control.place, "");
            }
            for construct in &control.constructs {
                let waiver = construct.waiver.as_deref().unwrap_or_default();
                row(construct.status, &construct.what, &construct.place, waiver);
            }
        }
        table
    }
}
