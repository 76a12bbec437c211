//! The environments that the pipelines enter, and who is asked by them.

use std::collections::BTreeMap;

use clearway_plan::{Plan, StepKind};

use super::context::Context;
use super::jobs::way_back;
use crate::index::Index;
use crate::settings::Settings;

/// An environment of the project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Configured {
    /// Its tier.
    pub tier: String,
    /// Who may enter it at all, by the number that GitLab has for a role.
    pub level: u64,
    /// Who must agree, all of these; nobody where it is not asked by it.
    pub rules: Vec<Rule>,
}

/// So many of some people must agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// The group on GitLab; whoever may deploy, where the spec names none: then the job itself looks who they were.
    pub group: Option<String>,
    /// How many.
    pub need: u32,
    /// The team or role of the spec.
    pub of: String,
}

/// As many can one rule of GitLab want.
pub(crate) const MOST: u32 = 5;

/// Developers: they may be asked, and go back.
const DEVELOPER: u64 = 30;
/// Maintainers: they may deploy.
const MAINTAINER: u64 = 40;

/// Every environment that the pipelines of a plan enter.
pub(crate) fn environments(plan: &Plan, settings: &Settings) -> BTreeMap<String, Configured> {
    let mut found: BTreeMap<String, Configured> = BTreeMap::new();
    each(plan, settings, |context, step| {
        let tier = |environment: &String| {
            plan.environments.get(environment).map_or_else(|| "other".to_owned(), |place| place.tier.clone())
        };
        match &step.does {
            StepKind::Deploy { environment, .. } | StepKind::Flag { environment, .. } => {
                found.insert(
                    environment.clone(),
                    Configured { tier: tier(environment), level: MAINTAINER, rules: Vec::new() },
                );
            }
            StepKind::Rollback { environment } => {
                if let Some(stage) = context.release.stage(environment) {
                    let configured =
                        Configured { tier: tier(environment), level: DEVELOPER, rules: Vec::new() };
                    found.insert(way_back(stage), configured);
                }
            }
            StepKind::Approval { chain, step: name, .. } => {
                let asked = plan.approvals.get(chain).and_then(|chain| chain.step(name));
                if let Some(asked) = asked {
                    let rule = |of: &str| Rule {
                        group: plan.groups.get(of).and_then(|group| group.gitlab.clone()),
                        need: asked.need,
                        of: of.to_owned(),
                    };
                    let rules = askable(context.groups(asked).into_iter().map(rule).collect());
                    let tier = "other".to_owned();
                    found.insert(context.seat(step, asked), Configured { tier, level: DEVELOPER, rules });
                }
            }
            _ => {}
        }
    });
    found
}

/// The rules of a step as GitLab can keep them. It gives an approval to the first rule that fits whoever agrees, so a second one for whoever may
/// deploy would wait for ever: where one group is unknown to it, all are asked together, and the job looks who they were.
fn askable(rules: Vec<Rule>) -> Vec<Rule> {
    if rules.iter().all(|rule| rule.group.is_some()) {
        return rules;
    }
    let need = rules.iter().map(|rule| rule.need).sum::<u32>().min(MOST);
    let of: Vec<String> = rules.into_iter().map(|rule| rule.of).collect();
    vec![Rule { group: None, need, of: of.join("`, `") }]
}

/// Every step of every way, in the pipeline that it is in.
pub(crate) fn each(
    plan: &Plan,
    settings: &Settings,
    mut visit: impl FnMut(&Context<'_>, &clearway_plan::Step),
) {
    for release in &plan.releases {
        for path in &release.paths {
            let index = Index::of(release, path);
            let context = Context { plan, settings, release, path, index: &index, inside: None };
            for step in &path.steps {
                visit(&context, step);
            }
        }
    }
}
