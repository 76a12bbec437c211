//! What is answered: an order in waves, or why there is none.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::problem::{Finality, MoveKind, Origin};

/// How many states may be looked at for one entangled set of services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The number of states.
    pub states: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { states: 200_000 }
    }
}

/// The answer to a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A safe order.
    Order(Order),
    /// There is none, or none is proved.
    No(Refusal),
}

/// A safe order from what is live to what ships.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Order {
    /// The waves, none of them empty.
    pub waves: Vec<Wave>,
    /// The first wave with a move that cannot be undone.
    pub no_return: Option<usize>,
    /// What does not move and was relied on: the live versions by service.
    pub basis: Vec<Standing>,
}

/// What is live of a service that does not move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The service.
    pub service: SmolStr,
    /// Its live versions, as written.
    pub versions: Vec<SmolStr>,
}

/// Moves that may be made at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wave {
    /// The moves, by service and group.
    pub moves: Vec<Move>,
}

/// One service, or one group of its replicas, goes to another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The service.
    pub service: SmolStr,
    /// The group of its replicas.
    pub group: Option<SmolStr>,
    /// The versions that are live before; none on a first deployment.
    pub from: Vec<SmolStr>,
    /// The version after; `None` when it is retired.
    pub to: Option<SmolStr>,
    /// How it moves.
    pub kind: MoveKind,
    /// From when on it cannot be undone.
    pub finality: Option<Finality>,
    /// What it moves together with, by name.
    pub together: Option<SmolStr>,
    /// The last wave after which it may still be undone alone, while everything else stays. `None` when it cannot be undone.
    pub undo_until: Option<usize>,
    /// No replica of it serves half-way.
    pub downtime: bool,
}

/// Why there is no proved order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// Facts that exclude every order, each set for itself.
    pub conflicts: Vec<Conflict>,
    /// What is not known, and would have to be.
    pub missing: Vec<Missing>,
    /// Sets of services for which the budget was not enough.
    pub beyond: Vec<Vec<SmolStr>>,
}

/// An irreducible set of facts: alone they exclude every order, and without any one of them the others do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The facts.
    pub facts: Vec<Cause>,
    /// Of what moves as one, the sets that some of the services are in: they are no rules, and hold whatever rules are left out.
    pub together: Vec<Origin>,
    /// The services that would have to move and cannot.
    pub services: Vec<SmolStr>,
    /// What is incompatible is the end itself, not the way there.
    pub in_the_end: bool,
    /// The first bad state on the way that is tried first.
    pub first_bad: Option<BadState>,
    /// What would open an order.
    pub openings: Vec<Opening>,
}

/// A fact of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Where it comes from.
    pub origin: Origin,
    /// What kind of rule it is.
    pub rule: RuleKind,
    /// The service it belongs to.
    pub owner: SmolStr,
    /// The service it speaks of.
    pub target: Option<SmolStr>,
    /// A pair of versions that it excludes; rules about steps and sets have none.
    pub excludes: Option<Clash>,
}

/// Two versions that must not be live at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// The service that the rule belongs to.
    pub owner: SmolStr,
    /// Its version.
    pub owner_version: SmolStr,
    /// The other service.
    pub target: SmolStr,
    /// Its version; `None` when it is not deployed.
    pub target_version: Option<SmolStr>,
}

/// A state that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadState {
    /// The rule.
    pub origin: Origin,
    /// What kind of rule it is.
    pub rule: RuleKind,
    /// The versions that clash.
    pub clash: Option<Clash>,
    /// What is live of the services that the rule is about.
    pub live: Vec<Standing>,
}

/// The kinds of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleKind {
    /// A requirement.
    Requirement,
    /// A distance between versions.
    Skew,
    /// Never newer than another.
    NeverNewer,
    /// The same version as another.
    Match,
    /// After another.
    After,
    /// A limit over a set.
    Limit,
    /// How far one move may go.
    Upgrade,
    /// No way back.
    NoDowngrade,
    /// What a move may start from.
    OnlyFrom,
    /// Something that nobody recorded.
    Unknown,
}

/// What would open an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// The new version of `provider` also provides what the old `owner` requires.
    Expand {
        /// Who provides.
        provider: SmolStr,
        /// Who requires.
        owner: SmolStr,
    },
    /// A version of `service` in between that works with both versions of `other`.
    Bridge {
        /// What gets a release in between.
        service: SmolStr,
        /// What it must work with, old and new.
        other: SmolStr,
    },
    /// The services move as one, paired.
    Together {
        /// The services.
        services: Vec<SmolStr>,
    },
    /// What moves as one moves each for itself.
    Apart {
        /// The services.
        services: Vec<SmolStr>,
    },
    /// The services are stopped before their new versions start.
    Stop {
        /// The services.
        services: Vec<SmolStr>,
    },
}

/// Something that is not known of a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The service.
    pub service: SmolStr,
    /// The version.
    pub version: SmolStr,
    /// What is not known.
    pub what: Unknown,
}

/// What can be unknown of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// What it provides.
    Provides,
    /// What it requires.
    Requires,
}
