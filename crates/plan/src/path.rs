//! The ways that a run can take through a release, as steps.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ir::Origin;

/// A way that a run can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Path {
    /// Which way it is.
    pub kind: PathKind,
    /// Its steps; each stands after all that it needs.
    pub steps: Vec<Step>,
}

impl Path {
    /// The step with an id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }
}

/// Which way a run takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathKind {
    /// The release as it is meant.
    Release,
    /// The emergency chains in the place of the usual ones.
    Emergency,
    /// From what is deployed back to what was before.
    Rollback,
}

impl PathKind {
    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Emergency => "emergency",
            Self::Rollback => "rollback",
        }
    }
}

impl fmt::Display for PathKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A step: it starts only after everything it needs has succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// Its name on this way; it begins with the kind of the step, and every platform takes it for a job.
    pub id: String,
    /// What it does.
    pub does: StepKind,
    /// The declaration that it comes from.
    pub origin: Origin,
    /// The steps that must have succeeded.
    pub needs: Vec<String>,
    /// The steps of which one must have failed or been cancelled, where it is a step of the way back in the middle of a release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after_failure_of: Vec<String>,
    /// When it is given up, in seconds.
    pub timeout: u64,
    /// What it holds from its start until its stage is accepted or back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<String>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Looks whether the platform is set up as the plan assumes, and whether what is deployed is what the plan was proved for.
    Preflight,
    /// Builds an artifact, once.
    Build {
        /// Of which service.
        service: String,
    },
    /// Takes an artifact from another repository, by digest.
    Import {
        /// Of which service.
        service: String,
    },
    /// Tests what was built.
    Test {
        /// Of which service.
        service: String,
    },
    /// Puts data where it is measured with.
    Provision {
        /// Where.
        environment: String,
        /// Which data.
        dataset: String,
    },
    /// Makes the evidence of a gate.
    Scan {
        /// Of which gate.
        gate: String,
    },
    /// Decides a gate.
    Gate {
        /// Before which environment.
        environment: String,
        /// Which gate.
        gate: String,
    },
    /// Looks whether every item of a checklist is done.
    Checklist {
        /// Before which environment.
        environment: String,
        /// Which checklist.
        checklist: String,
    },
    /// Asks people, and looks who agreed.
    Approval {
        /// Before which environment.
        environment: String,
        /// The chain.
        chain: String,
        /// Its step.
        step: String,
    },
    /// Moves one service.
    Deploy {
        /// Where.
        environment: String,
        /// In which wave, from 0.
        wave: usize,
        /// Which service.
        service: String,
        /// Which group of its replicas.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// Looks at what one move brought.
    Smoke {
        /// Where.
        environment: String,
        /// In which wave, from 0.
        wave: usize,
        /// Which service.
        service: String,
        /// Which group of its replicas.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// Waits until a large wave is done, so that what comes after waits for one step and not for each of many.
    Wave {
        /// Where.
        environment: String,
        /// Which wave, from 0.
        wave: usize,
    },
    /// Watches what was deployed for the bake time, and looks at its end whether it is as it must be.
    Validate {
        /// Where.
        environment: String,
    },
    /// Records that an environment has what it should.
    Accept {
        /// Where.
        environment: String,
    },
    /// Gives a flag to a share of the users: the next one that it is time for.
    Flag {
        /// Where.
        environment: String,
        /// Which flag.
        flag: String,
        /// The share, in a record of what was done; the ledger says which is next.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "rust_decimal::serde::str_option")]
        share: Option<Decimal>,
    },
    /// Goes back, in the reverse order of the deployment.
    Rollback {
        /// Where.
        environment: String,
    },
    /// Looks whether all that was required succeeded.
    Outcome,
}

impl StepKind {
    /// The environment that it acts on or stands before.
    pub fn environment(&self) -> Option<&str> {
        match self {
            Self::Provision { environment, .. }
            | Self::Gate { environment, .. }
            | Self::Checklist { environment, .. }
            | Self::Approval { environment, .. }
            | Self::Deploy { environment, .. }
            | Self::Smoke { environment, .. }
            | Self::Wave { environment, .. }
            | Self::Validate { environment }
            | Self::Accept { environment }
            | Self::Flag { environment, .. }
            | Self::Rollback { environment } => Some(environment),
            _ => None,
        }
    }

    /// The word that its id begins with.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Build { .. } => "build",
            Self::Import { .. } => "import",
            Self::Test { .. } => "test",
            Self::Provision { .. } => "provision",
            Self::Scan { .. } => "scan",
            Self::Gate { .. } => "gate",
            Self::Checklist { .. } => "checklist",
            Self::Approval { .. } => "approval",
            Self::Deploy { .. } => "deploy",
            Self::Smoke { .. } => "smoke",
            Self::Wave { .. } => "wave",
            Self::Validate { .. } => "validate",
            Self::Accept { .. } => "accept",
            Self::Flag { .. } => "flag",
            Self::Rollback { .. } => "rollback",
            Self::Outcome => "outcome",
        }
    }
}
