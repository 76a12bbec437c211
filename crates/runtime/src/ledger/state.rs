//! What is deployed in an environment, derived from the records.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::log::Log;
use super::record::{Ending, Entry, Moved};
use crate::digest::Digest;

/// What is live of each service, or of each group of its replicas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployed {
    live: BTreeMap<Spot, Live>,
}

/// A service, or a group of its replicas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The service.
    pub service: String,
    /// The group.
    pub group: Option<String>,
}

impl Spot {
    /// A service, or a group of it.
    pub fn new(service: &str, group: Option<&str>) -> Self {
        Self { service: service.to_owned(), group: group.map(str::to_owned) }
    }
}

/// What is live: one version or none when all that was begun has ended well; what it may be while a move is under way, or when one
/// was not brought to its end. In the form of a state file; `None` is nothing.
pub type Live = Vec<Option<Value>>;

impl Deployed {
    /// What the records say of an environment. `None` when they say nothing.
    pub fn of(log: &Log, environment: &str) -> Option<Self> {
        let mut deployed = None;
        let mut begun: BTreeMap<&Digest, &Moved> = BTreeMap::new();
        for logged in log.records() {
            match &logged.record.entry {
                Entry::Adopted(adopted) if adopted.environment == environment => {
                    deployed.get_or_insert_with(Self::default).adopt(&adopted.services);
                }
                Entry::Intent(intent) if intent.does.environment() == Some(environment) => {
                    let Some(moved) = &intent.moves else { continue };
                    deployed.get_or_insert_with(Self::default).begin(moved);
                    begun.insert(&logged.digest, moved);
                }
                Entry::Outcome(outcome) if outcome.result == Ending::Success => {
                    if let (Some(deployed), Some(moved)) = (&mut deployed, begun.get(&outcome.intent)) {
                        deployed.settle(moved);
                    }
                }
                Entry::Adopted(_)
                | Entry::Intent(_)
                | Entry::Outcome(_)
                | Entry::Closed(_)
                | Entry::Attested(_)
                | Entry::Leased(_)
                | Entry::Looked(_)
                | Entry::Reviewed(_) => {}
            }
        }
        deployed
    }

    /// What a state file says, by service.
    pub fn from_services(services: &BTreeMap<String, Value>) -> Self {
        let mut deployed = Self::default();
        deployed.adopt(services);
        deployed
    }

    fn adopt(&mut self, services: &BTreeMap<String, Value>) {
        for (service, value) in services {
            match value.get("groups").and_then(Value::as_object) {
                Some(groups) => {
                    for (group, value) in groups {
                        self.live.insert(Spot::new(service, Some(group)), vec![Some(value.clone())]);
                    }
                }
                None => drop(self.live.insert(Spot::new(service, None), vec![Some(value.clone())])),
            }
        }
    }

    /// What is live of a service or a group. A group of a service that was recorded as a whole is as the whole.
    pub fn live(&self, spot: &Spot) -> Live {
        let whole = || self.live.get(&Spot::new(&spot.service, None));
        let live = self.live.get(spot).or_else(|| spot.group.as_ref().and_then(|_| whole()));
        live.cloned().unwrap_or_else(|| vec![None])
    }

    /// Every service.
    pub fn services(&self) -> BTreeSet<&str> {
        self.live.keys().map(|spot| spot.service.as_str()).collect()
    }

    /// Every service and group.
    pub fn spots(&self) -> impl Iterator<Item = &Spot> {
        self.live.keys()
    }

    /// Makes room for what moves: a service that was recorded as a whole is taken apart when its groups move, and put together when it
    /// moves as a whole.
    fn spot(&mut self, moved: &Moved) -> Spot {
        let spot = Spot::new(&moved.service, moved.group.as_deref());
        let before = self.live(&spot);
        if moved.group.is_some() {
            if let Some(whole) = self.live.remove(&Spot::new(&moved.service, None)) {
                for group in &moved.groups {
                    self.live.entry(Spot::new(&moved.service, Some(group))).or_insert_with(|| whole.clone());
                }
            }
        } else {
            let groups: Vec<Live> = self
                .live
                .iter()
                .filter(|(at, _)| at.service == moved.service && at.group.is_some())
                .map(|(_, live)| live.clone())
                .collect();
            if !groups.is_empty() {
                self.live.retain(|at, _| at.service != moved.service || at.group.is_none());
                let mut all: Live = Vec::new();
                for live in groups.into_iter().flatten() {
                    add(&mut all, live);
                }
                self.live.insert(spot.clone(), all);
                return spot;
            }
        }
        self.live.entry(spot.clone()).or_insert(before);
        spot
    }

    fn begin(&mut self, moved: &Moved) {
        let spot = self.spot(moved);
        add(self.live.entry(spot).or_default(), moved.after.clone());
    }

    fn settle(&mut self, moved: &Moved) {
        let spot = self.spot(moved);
        self.live.insert(spot, vec![moved.after.clone()]);
    }

    /// As a state file says it, by service.
    pub fn to_services(&self) -> BTreeMap<String, Value> {
        let mut services: BTreeMap<String, Value> = BTreeMap::new();
        for (spot, live) in &self.live {
            let Some(value) = written(live) else { continue };
            match &spot.group {
                None => drop(services.insert(spot.service.clone(), value)),
                Some(group) => {
                    let entry = services.entry(spot.service.clone()).or_insert_with(|| json!({"groups": {}}));
                    if let Some(groups) = entry.get_mut("groups").and_then(Value::as_object_mut) {
                        groups.insert(group.clone(), value);
                    }
                }
            }
        }
        services
    }

    /// As a state file.
    pub fn to_state_file(&self, environment: &str) -> Value {
        let services: Map<String, Value> = self.to_services().into_iter().collect();
        json!({"clearway": 1, "environment": environment, "services": services})
    }
}

fn add(live: &mut Live, version: Option<Value>) {
    if !live.contains(&version) {
        live.push(version);
    }
}

/// Live versions as a state file says them: one object, or a list of several.
fn written(live: &Live) -> Option<Value> {
    let mut versions: Vec<Value> = Vec::new();
    // A first deployment that was not brought to its end has deployed nothing that anybody may rely on.
    if live.len() > 1 && live.first() == Some(&None) {
        return None;
    }
    for version in live.iter().flatten() {
        let each = version.as_array().map_or_else(|| vec![version.clone()], Clone::clone);
        for version in each {
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
    }
    match versions.len() {
        0 => None,
        1 => versions.pop(),
        _ => Some(Value::Array(versions)),
    }
}
