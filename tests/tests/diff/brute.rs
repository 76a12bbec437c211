//! Verdicts against all there is: every outcome of what a gate measures, decided as a pipeline decides it, and every set of people who
//! may agree, with every author and deployer.

use std::collections::{BTreeMap, BTreeSet};

use clearway_diff::Verdict;
use clearway_plan::{
    Amount, Approval, ApprovalStep, Compare, Condition, Duty, From, Group, Guarantee, MetricUse, NoData,
    Operand, Operator, PathKind, Plan, Requirement, Scalar,
};
use clearway_runtime::gate::{self, Measure, Measured, judge};
use clearway_tests::Fixture;
use clearway_verify::Rng;
use rust_decimal::Decimal;

use super::{changes, planned};

const PROJECT: &str = r#"
team a { members = [p, q] }
team b { members = [q, r] }
team c { members = [p, r, s] }

service x {
  owner   = a
  version = 1.0.0
  build { run = "make" }
  deploy with command("./deploy")
}

gate g {
  evidence = junit("*.xml")
  require tests.failed == 0
}

approval chain {
  step first  { from = a  need = 1 }
  step second { from = c  need = 1 }
  separate none
}

environment production { tier = production  credentials = oidc("role", ttl = 10 m) }

release r {
  ship x
  stage production { gates = [g]  approval = chain }
  rollback { approval = chain }
}
"#;

fn project() -> Plan {
    planned(&Fixture::of(PROJECT).workspace()).unwrap()
}

/// The worst verdict on a guarantee on the usual way.
fn found(old: &Plan, new: &Plan, guarantee: Guarantee) -> Verdict {
    let found = changes(old, new);
    let of = found
        .iter()
        .filter(|change| change.guarantee == Some(guarantee) && change.path == Some(PathKind::Release));
    of.map(|change| change.verdict).fold(Verdict::Neutral, Verdict::and)
}

// ── Gates ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The metrics: how many samples each needs.
const METRICS: [(&str, u32); 2] = [("one", 1), ("two", 3)];

fn metric(rng: &mut Rng) -> MetricUse {
    let (name, min_samples) = *rng.pick(&METRICS);
    MetricUse {
        name: name.to_owned(),
        args: BTreeMap::new(),
        unit: String::new(),
        no_data: NoData::Inconclusive,
        min_samples,
        least: Some(Decimal::ZERO),
        most: None,
        query: None,
        samples: None,
    }
}

fn condition(rng: &mut Rng, depth: usize) -> Condition {
    let parts = |rng: &mut Rng| (0..2).map(|_| condition(rng, depth - 1)).collect::<Vec<_>>();
    match if depth == 0 { 9 } else { rng.below(10) } {
        0 | 1 => Condition::All(parts(rng)),
        2 | 3 => Condition::Any(parts(rng)),
        4 => Condition::Not(Box::new(condition(rng, depth - 1))),
        _ => {
            let left = Operand::Metric(metric(rng));
            let value = Amount { value: Decimal::from(rng.below(3) + 1), unit: String::new() };
            let right = match rng.below(5) {
                0 => Operand::Metric(metric(rng)),
                _ => Operand::Value(Scalar::Amount(value)),
            };
            let operators = [
                Operator::Equal,
                Operator::NotEqual,
                Operator::Less,
                Operator::LessOrEqual,
                Operator::Greater,
                Operator::GreaterOrEqual,
            ];
            Condition::Compare(Box::new(Compare { left, operator: *rng.pick(&operators), right }))
        }
    }
}

/// What is measured in one outcome.
struct Outcome(BTreeMap<&'static str, Measured>);

impl Measure for Outcome {
    fn measure(&self, metric: &MetricUse) -> Measured {
        self.0[metric.name.as_str()].clone()
    }
}

/// Every outcome: values in thirds, so that two can differ between any two numbers of a condition; samples enough, too few, or none.
fn outcomes() -> Vec<Outcome> {
    let mut each = vec![Measured::Nothing { why: String::new() }];
    for samples in 1..=3 {
        each.extend((0..=13).map(|third| Measured::Number {
            value: Decimal::from(third) / Decimal::from(3),
            unit: String::new(),
            text: String::new(),
            share: None,
            samples: Some(samples),
        }));
    }
    let both = each.iter().flat_map(|one| each.iter().map(move |two| (one.clone(), two.clone())));
    both.map(|(one, two)| Outcome([("one", one), ("two", two)].into())).collect()
}

#[test]
fn gates_are_weighed_as_all_outcomes_say() {
    let (plan, outcomes) = (project(), outcomes());
    let mut rng = Rng::new(11);
    let mut seen = BTreeSet::new();
    for number in 0..250 {
        let gate =
            |rng: &mut Rng| -> Vec<Condition> { (0..=rng.below(2)).map(|_| condition(rng, 2)).collect() };
        let old = gate(&mut rng);
        // Half of them are changed but a little: two at random have seldom anything to do with each other.
        let mut new = if rng.below(2) == 0 { gate(&mut rng) } else { old.clone() };
        if rng.below(2) == 0 {
            new.push(condition(&mut rng, 1));
        }
        let with = |conditions: &[Condition]| {
            let mut plan = plan.clone();
            plan.gates.get_mut("g").unwrap().requires = conditions
                .iter()
                .map(|condition| Requirement { text: String::new(), condition: condition.clone() })
                .collect();
            plan
        };
        let passes = |conditions: &[Condition], outcome: &Outcome| {
            conditions.iter().all(|condition| judge(condition, outcome).verdict == gate::Verdict::Pass)
        };
        let more = outcomes.iter().any(|outcome| passes(&new, outcome) && !passes(&old, outcome));
        let less = outcomes.iter().any(|outcome| passes(&old, outcome) && !passes(&new, outcome));
        let expected = Verdict::of(more, less);
        let verdict = found(&with(&old), &with(&new), Guarantee::Gates);
        assert_eq!(verdict, expected, "{number}: {old:#?}\n{new:#?}");
        seen.insert(verdict);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

// ── Approvals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const PEOPLE: [&str; 4] = ["p", "q", "r", "s"];
const RISKS: [&str; 4] = ["low", "medium", "high", "critical"];

fn chain(rng: &mut Rng, base: &Approval) -> Approval {
    let step = |rng: &mut Rng, name: &str| ApprovalStep {
        name: name.to_owned(),
        from: From::Group((*rng.pick(&["a", "b", "c"])).to_owned()),
        need: 1 + u32::try_from(rng.below(2)).unwrap(),
        within: None,
        escalate: None,
        when: (rng.below(4) == 0).then(|| at_least(1 + rng.below(3))),
        requires: Vec::new(),
    };
    let names: &[&str] = if rng.below(3) == 0 { &["first"] } else { &["first", "second"] };
    Approval {
        origin: base.origin.clone(),
        steps: names.iter().map(|name| step(rng, name)).collect(),
        separate: Duty::ALL.into_iter().filter(|_| rng.below(2) == 0).collect(),
    }
}

/// `risk >= …`
fn at_least(rank: usize) -> Condition {
    let metric = MetricUse {
        name: "risk".to_owned(),
        args: BTreeMap::new(),
        unit: "risk-level".to_owned(),
        no_data: NoData::Inconclusive,
        min_samples: 0,
        least: Some(Decimal::ZERO),
        most: Some(Decimal::from(3)),
        query: None,
        samples: None,
    };
    let word = Scalar::Word { of: "risk-level".to_owned(), word: RISKS[rank].to_owned(), rank };
    let right = Operand::Value(word);
    Condition::Compare(Box::new(Compare {
        left: Operand::Metric(metric),
        operator: Operator::GreaterOrEqual,
        right,
    }))
}

/// Whether some people suffice, with an author and a deployer, where the risk has a rank: some way of giving them to the steps fills all.
fn suffices(
    chain: &Approval,
    groups: &BTreeMap<String, Group>,
    people: u32,
    author: Option<usize>,
    deployer: Option<usize>,
    is_one: bool,
    risk: usize,
) -> bool {
    let apart = |one: Duty, other: Duty| chain.separate.contains(&one) && chain.separate.contains(&other);
    if is_one && apart(Duty::Author, Duty::Deployer) {
        return false;
    }
    let asked: Vec<&ApprovalStep> = chain
        .steps
        .iter()
        .filter(|step| {
            let risk =
                Measured::Word { of: "risk-level".to_owned(), word: RISKS[risk].to_owned(), rank: risk };
            let outcome = Outcome([("risk", risk)].into());
            step.when.as_ref().is_none_or(|when| judge(when, &outcome).verdict != gate::Verdict::Fail)
        })
        .collect();
    let may = |step: &ApprovalStep, person: usize| {
        let From::Group(group) = &step.from else { return false };
        groups[group].members.contains(PEOPLE[person])
            && !(Some(person) == author && apart(Duty::Author, Duty::Approver))
            && !(Some(person) == deployer && apart(Duty::Deployer, Duty::Approver))
    };
    let fills = |step: &ApprovalStep, set: u32| {
        set & !people == 0
            && (0..4).all(|person| set & (1 << person) == 0 || may(step, person))
            && set.count_ones() >= step.need
    };
    let distinct = chain.separate.contains(&Duty::Approver);
    match asked.as_slice() {
        [] => true,
        [one] => (0..16).any(|set| fills(one, set)),
        [one, two] => (0..16).any(|set| {
            fills(one, set) && (0..16).any(|other| fills(two, other) && !(distinct && set & other != 0))
        }),
        _ => panic!("chains here have two steps at most"),
    }
}

#[test]
fn approvals_are_weighed_as_all_sets_of_people_say() {
    let plan = project();
    let groups = plan.groups.clone();
    assert!(["a", "c"].iter().all(|group| groups.contains_key(*group)));
    let mut groups = groups;
    groups.insert(
        "b".to_owned(),
        Group { members: ["q", "r"].map(str::to_owned).into(), github: None, gitlab: None },
    );
    let base = plan.approvals["chain"].clone();
    let mut rng = Rng::new(5);
    let mut seen = BTreeSet::new();
    for number in 0..400 {
        let old = chain(&mut rng, &base);
        let mut new = chain(&mut rng, &base);
        if rng.below(2) == 0 {
            new.steps.clone_from(&old.steps);
        }
        let with = |chain: &Approval| {
            let mut plan = plan.clone();
            plan.groups.clone_from(&groups);
            plan.approvals.insert("chain".to_owned(), chain.clone());
            plan
        };
        let (mut more, mut less) = (false, false);
        // Somebody who may agree to nothing may write or deploy the change, too, and may be one or two.
        let anybody: Vec<Option<usize>> = (0..4).map(Some).chain([None]).collect();
        for (people, risk) in (0..16).flat_map(|people| (0..4).map(move |risk| (people, risk))) {
            for (author, deployer) in
                anybody.iter().flat_map(|author| anybody.iter().map(move |deployer| (*author, *deployer)))
            {
                let ones: &[bool] = match (author, deployer) {
                    (None, None) => &[false, true],
                    (one, other) if one == other => &[true],
                    _ => &[false],
                };
                for is_one in ones {
                    let suffices =
                        |chain: &Approval| suffices(chain, &groups, people, author, deployer, *is_one, risk);
                    let (was, is) = (suffices(&old), suffices(&new));
                    more |= is && !was;
                    less |= was && !is;
                }
            }
        }
        let expected = Verdict::of(more, less);
        let verdict = found(&with(&old), &with(&new), Guarantee::Approvals);
        assert_eq!(verdict, expected, "{number}: {old:#?}\n{new:#?}");
        seen.insert(verdict);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}
