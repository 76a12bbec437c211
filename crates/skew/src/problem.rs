//! What is asked: what is live, what ships, and the rules between versions.

use std::sync::Arc;

use clearway_versions::{Range, Scheme};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Where a fact comes from: a number by which the caller finds its place again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Origin(pub u32);

/// Services with what is live of them and what ships, and the rules between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// Everything that is deployed, linked or called, moving or not. A name that is required and not here is not deployed.
    pub services: Vec<Service>,
    /// Services that move as one.
    pub together: Vec<Together>,
    /// Limits over the live versions of sets of services.
    pub limits: Vec<Limit>,
}

/// A service, library, vendor or infrastructure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// Its name.
    pub name: SmolStr,
    /// How its versions are read.
    pub scheme: Scheme,
    /// The release ships or retires it, though it may be there already.
    pub released: bool,
    /// Its replicas: one without a name, or its named groups.
    pub units: Vec<Unit>,
    /// Versions in between, which are used only when there is no order without them.
    pub releases: Vec<SmolStr>,
    /// How it moves.
    pub kind: MoveKind,
    /// When its moves can no longer be undone.
    pub finality: Option<Finality>,
    /// What is known of its versions. Of a version that is not here nothing is known.
    pub facts: Vec<Facts>,
    /// What some version of it is known to require: what one of which nothing is known may require too.
    pub related: Vec<SmolStr>,
    /// How far its versions may be from others.
    pub skew: Vec<Skew>,
    /// What it is never newer than.
    pub never_newer: Vec<Relation>,
    /// What it has the same version as.
    pub matches: Vec<Relation>,
    /// What it moves after.
    pub after: Vec<After>,
    /// How far one move may go, in both directions.
    pub upgrade: Option<(Distance, Origin)>,
    /// It cannot go back to an older version.
    pub no_downgrade: Option<Origin>,
}

/// Replicas that move together: all of a service, or a named group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    /// The group's name.
    pub name: Option<SmolStr>,
    /// The versions that are live today, none when it is not deployed.
    pub live: Vec<SmolStr>,
    /// The version that is live in the end; `None` when it is not there then.
    pub target: Option<SmolStr>,
    /// The groups it moves after.
    pub after: Vec<(SmolStr, Origin)>,
}

/// What is known of a version. What is `None` is unknown, which is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The version.
    pub version: SmolStr,
    /// The parts it provides, each with a version.
    pub provides: Option<Vec<(SmolStr, SmolStr)>>,
    /// What it requires.
    pub requires: Option<Vec<Requirement>>,
    /// Skew rules recorded for this version; they stand in for those of the service.
    pub skew: Option<Vec<Skew>>,
    /// What a move to it may start from.
    pub only_from: Option<(Range, Origin)>,
}

/// Something that a version requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The service.
    pub target: SmolStr,
    /// A part of it; without one its own version is meant.
    pub part: Option<SmolStr>,
    /// The versions that will do.
    pub range: Arc<Range>,
    /// Only for these versions of the owner.
    pub when: Option<Arc<Range>>,
    /// It may be absent, but must fit where it is present.
    pub optional: bool,
    /// It never stands in the way.
    pub weak: bool,
    /// Where it comes from.
    pub origin: Origin,
}

/// How far versions may be apart while both are live. A side that is not written is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skew {
    /// The other service; `None` for the service's own versions.
    pub target: Option<SmolStr>,
    /// How far the owner may be behind.
    pub behind: Option<Distance>,
    /// How far the owner may be ahead.
    pub ahead: Option<Distance>,
    /// Only for these versions of the owner.
    pub when: Option<Range>,
    /// Where it comes from.
    pub origin: Origin,
}

/// A distance between versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// So many minor releases, within one major.
    Minor(u32),
    /// So many major releases.
    Major(u32),
    /// However far.
    Any,
}

/// A rule about two services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The other service.
    pub target: SmolStr,
    /// Where it comes from.
    pub origin: Origin,
}

/// When both move, the owner begins after the other has finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The other service.
    pub target: SmolStr,
    /// Also when one of them goes down.
    pub always: bool,
    /// Only when one of these versions of the owner is live today.
    pub when: Option<Range>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Services that move as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// Its name.
    pub name: SmolStr,
    /// The services.
    pub services: Vec<SmolStr>,
    /// Half-way, old meets old and new meets new.
    pub paired: bool,
    /// Where it comes from.
    pub origin: Origin,
}

/// At most so many versions are live among some services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The services.
    pub services: Vec<SmolStr>,
    /// The number of versions.
    pub versions: u32,
    /// Where it comes from.
    pub origin: Origin,
}

/// How replicas go to another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveKind {
    /// Old and new serve together for a while.
    #[default]
    Rolling,
    /// All old replicas stop before the first new one starts.
    Recreate,
    /// All change at one moment.
    Switch,
}

/// When a move can no longer be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finality {
    /// From its first step on.
    OnStart,
    /// When no old replica is left.
    OnCompletion,
}
