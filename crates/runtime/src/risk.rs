//! How risky a change is.
//!
//! The rule is small, so that anybody can foresee it. Points are counted: one where more than three services move, another where more
//! than ten do; one where a service is taken away; one where the change is of the class `normal`, two where it is an
//! `emergency`; two where the stage has a point of no return; one where production gets all of it at once, without shares or watches. No
//! point is `low`, one or two are `medium`, three or four `high`, more `critical`.

use clearway_plan::{MetricUse, Release, Stage};

use crate::gate::{Measure, Measured};

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

    /// The risk of a release at a stage; of one without a stage, what the release alone says.
    pub fn of(release: &Release, stage: Option<&Stage>) -> Self {
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

impl Measure for Risk {
    fn measure(&self, metric: &MetricUse) -> Measured {
        Measured::Word { of: metric.unit.clone(), word: self.word().to_owned(), rank: self.rank }
    }
}
