//! What the plan does with people and resources: how few people can bring a change to production, and that no more is taken at once
//! than there is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clearway_plan::{Path, PathKind, Plan, StepKind};
use clearway_tests::Fixture;
use clearway_verify::Rng;

fn plan(text: &str) -> Plan {
    let compiled = clearway_compile::plan(&Fixture::of(text).workspace());
    assert!(!compiled.fails(), "{text}\n{:#?}", compiled.diagnostics);
    compiled.plan.unwrap()
}

#[test]
fn the_fewest_people_are_told_for_each_way_into_production() {
    let plan = plan(
        r#"
team shop { members = [ana, ben, chloe] }
team money { members = [chloe, dora] }
role board { members = [kira, leo, mona] }
service cart   { version = 1.0.0  owner = shop }
service ledger { version = 1.0.0  owner = money }
environment staging    { tier = staging }
environment production { tier = production }
approval standard {
  step peer  { from = owner }
  step board { from = board  need = 2  when = risk >= high }
}
approval hotfix {
  step pager { from = shop }
  separate none
}
approval back { step pager { from = shop }
  separate approver, deployer }
release train {
  ship cart 1.0.0
  ship ledger 1.0.0
  stage staging    { approval = standard }
  stage production { gates = []  approval = standard  emergency = hotfix }
  rollback { approval = back }
}
"#,
    );
    let told: Vec<(String, u32, u32)> = plan.releases[0]
        .controls
        .iter()
        .map(|control| {
            let way = format!("{} {}", control.environment, control.path);
            (way, control.fewest, control.fewest_unconditional)
        })
        .collect();
    // Chloe speaks for both owners; whoever asks, and whoever deploys, are two more.
    let expected = [
        ("production release".to_owned(), 5, 3),
        ("production emergency".to_owned(), 1, 1),
        ("production rollback".to_owned(), 2, 2),
    ];
    assert_eq!(told, expected);
}

/// The most of each resource that deployments take which nothing keeps from running at once: tried over every set of them that no
/// need orders.
fn most_at_once(plan: &Plan, path: &Path) -> BTreeMap<String, u32> {
    let mut before: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for step in &path.steps {
        let mut all: BTreeSet<&str> = step.needs.iter().map(String::as_str).collect();
        for need in &step.needs {
            all.extend(before[need.as_str()].iter().copied());
        }
        before.insert(&step.id, all);
    }
    let deploys: Vec<(&str, &BTreeMap<String, u32>)> = path
        .steps
        .iter()
        .filter_map(|step| match &step.does {
            StepKind::Deploy { service, .. } => Some((step.id.as_str(), &plan.artifacts[service].uses)),
            _ => None,
        })
        .collect();
    let mut most: BTreeMap<String, u32> = BTreeMap::new();
    for set in 1_u32..1 << deploys.len() {
        let chosen: Vec<_> =
            deploys.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, step)| step).collect();
        let ordered = chosen.iter().any(|(id, _)| chosen.iter().any(|(other, _)| before[id].contains(other)));
        if !ordered {
            let mut sums: BTreeMap<&str, u32> = BTreeMap::new();
            for (name, amount) in chosen.iter().flat_map(|(_, uses)| uses.iter()) {
                *sums.entry(name).or_default() += amount;
            }
            for (name, sum) in sums {
                let known = most.entry(name.to_owned()).or_default();
                *known = sum.max(*known);
            }
        }
    }
    most
}

#[test]
fn no_more_is_taken_at_once_than_there_is() {
    let (mut waited, mut free) = (0, 0);
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let capacities = [1 + rng.below(3), 1 + rng.below(3)];
        let mut text =
            String::from("team shop { members = [ana] }\nenvironment staging { tier = staging }\n");
        for (number, capacity) in capacities.iter().enumerate() {
            let _ = writeln!(text, "resource r{number} {{ capacity = {capacity} }}");
        }
        let services = 2 + rng.below(5);
        for number in 0..services {
            let _ =
                write!(text, "service s{number} {{ version = 1.0.0\n owner = shop\n provides api 1.0.0\n");
            if number > 0 && rng.below(3) == 0 {
                let _ = writeln!(text, "requires s{}.api ^1", rng.below(number));
            }
            for (resource, capacity) in capacities.iter().enumerate() {
                if rng.below(2) == 0 {
                    let _ = writeln!(text, "uses r{resource} amount {}", 1 + rng.below(*capacity));
                }
            }
            text.push_str("}\n");
        }
        text.push_str("release train {\n change = \"C-1\"\n requested-by = ana\n");
        for number in 0..services {
            let _ = writeln!(text, "ship s{number} 1.0.0");
        }
        text.push_str("stage staging\n}\n");
        let plan = plan(&text);
        let path = plan.releases[0].paths.iter().find(|path| path.kind == PathKind::Release).unwrap();
        let most = most_at_once(&plan, path);
        for (name, most) in &most {
            assert!(*most <= plan.resources[name], "{most} of {name} at once\n{text}");
        }
        let alone = |step: &&clearway_plan::Step| {
            matches!(step.does, StepKind::Deploy { .. })
                && step.needs.iter().any(|need| need.starts_with("deploy-"))
        };
        if path.steps.iter().filter(alone).count() > 0 { waited += 1 } else { free += 1 }
    }
    assert!(
        waited >= 10 && free >= 3,
        "{waited} plans in which a deployment waits, {free} in which none does"
    );
}

#[test]
fn what_moves_as_one_takes_what_it_uses_as_one() {
    let plan = plan(
        r#"
team shop { members = [ana] }
environment staging { tier = staging }
resource migrations { capacity = 2 }
service a { version = 1.0.0  owner = shop  uses migrations }
service b { version = 1.0.0  owner = shop  uses migrations }
service c { version = 1.0.0  owner = shop  uses migrations }
together both { services = [a, c] }
release train {
  ship a 1.0.0
  ship b 1.0.0
  ship c 1.0.0
  stage staging
}
"#,
    );
    let path = &plan.releases[0].paths[0];
    let needs = |id: &str| -> Vec<&str> {
        let step = path.step(id).unwrap();
        step.needs.iter().map(String::as_str).filter(|need| need.starts_with("deploy-")).collect()
    };
    assert_eq!(needs("deploy-staging-a"), [""; 0]);
    assert_eq!(needs("deploy-staging-c"), [""; 0]);
    assert_eq!(needs("deploy-staging-b"), ["deploy-staging-a", "deploy-staging-c"]);
}
