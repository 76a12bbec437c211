//! How risky a change is.
//!
//! The rule is small, so that anybody can foresee it. Points are counted: one where more than three services move, another where more
//! than ten do; one where a service is taken away; one where the change is of the class `normal`, two where it is an
//! `emergency`; two where the stage has a point of no return; one where production gets all of it at once, without shares or watches; one
//! where production has no window, so that it may change when nobody is there; one where one of the last five changes of what moves went
//! wrong there, two where more did. No point is `low`, one or two are `medium`, three or four `high`, more `critical`.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{MetricUse, Plan, Release, Stage};

use crate::gate::{Measure, Measured};
use crate::ledger::{Act, Log};

/// The risk of a release at a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// Its place among [`WORDS`].
    rank: usize,
    /// What it comes from.
    pub reasons: Vec<String>,
}

/// The words of the set, by rank.
const WORDS: [&str; 4] = ["low", "medium", "high", "critical"];

impl Risk {
    /// The metric.
    pub const METRIC: &'static str = "risk";

    /// The risk of a release at a stage; of one without a stage, what the release alone says. `run` is the run that asks: what it did
    /// itself is no past.
    pub fn of(plan: &Plan, release: &Release, stage: Option<&Stage>, log: &Log, run: &str) -> Self {
        let mut points = 0;
        let mut reasons = Vec::new();
        let mut add = |count: usize, why: &str| {
            points += count;
            reasons.push(why.to_owned());
        };
        match release.class.as_str() {
            "standard" => {}
            "emergency" => add(2, "it is an emergency"),
            _ => add(1, "it is no standard change"),
        }
        if !release.retires.is_empty() {
            add(1, "a service is taken away");
        }
        if let Some(stage) = stage {
            let moves = stage.waves.iter().map(|wave| wave.moves.len()).sum::<usize>();
            if moves > 3 {
                add(1, "more than three services move");
            }
            if moves > 10 {
                add(1, "more than ten services move");
            }
            if stage.no_return.is_some() {
                add(2, "it has a point of no return");
            }
            if stage.rollout.shares.is_empty() && stage.rollout.watches.is_empty() {
                add(1, "all of it goes over at once, and nothing is watched");
            }
            let environment = plan.environments.get(&stage.environment);
            if environment.is_some_and(|one| one.is_production() && one.opening.windows.is_empty()) {
                add(1, "production may change at any time");
            }
            match failures(stage, log, run) {
                0 => {}
                1 => add(1, "one of the last five changes of what moves went wrong there"),
                _ => add(2, "more than one of the last five changes of what moves went wrong there"),
            }
        }
        let rank = match points {
            0 => 0,
            1 | 2 => 1,
            3 | 4 => 2,
            _ => 3,
        };
        Self { rank, reasons }
    }

    /// Its word.
    pub fn word(&self) -> &'static str {
        WORDS.get(self.rank).copied().unwrap_or("critical")
    }
}

/// How many changes count as the past.
const PAST: usize = 5;

/// How many of the last changes of what a stage moves failed, were stopped or were taken back.
fn failures(stage: &Stage, log: &Log, run: &str) -> usize {
    let moves: BTreeSet<&str> =
        stage.waves.iter().flat_map(|wave| &wave.moves).map(|moved| moved.service.as_str()).collect();
    let undone: BTreeSet<_> = log.undone().into_iter().collect();
    let mut wrong: BTreeMap<&str, bool> = BTreeMap::new();
    let is_there = |act: &Act<'_>| {
        act.record.run != run
            && act.intent.does.environment() == Some(&stage.environment)
            && act
                .intent
                .moves
                .as_ref()
                .is_some_and(|moved| moved.undoes.is_none() && moves.contains(moved.service.as_str()))
    };
    for act in log.acts().rev().filter(is_there) {
        let id = act.record.run.as_str();
        if wrong.len() == PAST && !wrong.contains_key(id) {
            continue;
        }
        // What is still under way has not failed.
        let ended_badly = act.end.is_some() && !act.succeeded();
        *wrong.entry(id).or_default() |= ended_badly || undone.contains(act.digest);
    }
    wrong.values().filter(|wrong| **wrong).count()
}

impl Measure for Risk {
    fn measure(&self, metric: &MetricUse) -> Measured {
        Measured::Word { of: metric.unit.clone(), word: self.word().to_owned(), rank: self.rank }
    }
}
