//! The environments that the workflows enter, as configuration: what to apply, for the REST API and for Terraform, and what is looked at
//! before every run. An environment that nobody set up is made on the fly, without protection; so a run starts only where all of them are
//! as they are meant.

use std::collections::BTreeMap;

use clearway_plan::{Path, Plan, StepKind};
use serde_json::{Map, Value, json};

use super::jobs::{back_environment, seats};
use super::layout::Layout;
use super::steps::Context;
use crate::expectation::{Element, Expectation, Expectations, Wanted};
use crate::index::Index;
use crate::named::{block, encoded, escaped};
use crate::settings::LEDGER_KEY;
use crate::{File, Settings};

/// Where the settings stand.
const FOLDER: &str = ".clearway/settings/github";

/// The environment of the jobs that write signed records and deploy nothing: it holds the key, and asks nobody.
pub(crate) const RECORDS: &str = "clearway-records";

/// An environment of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Configured {
    /// The team that is asked, `organisation/team`.
    pub team: Option<String>,
    /// The people who are asked, where there is no team.
    pub users: Vec<String>,
    /// Its jobs sign records: it holds the key.
    pub signs: bool,
}

/// Every environment that the workflows of a plan enter.
pub(crate) fn environments(plan: &Plan, settings: &Settings) -> BTreeMap<String, Configured> {
    let mut found: BTreeMap<String, Configured> = BTreeMap::new();
    let signs = !plan.signed_by.is_empty();
    if signs {
        found.insert(RECORDS.to_owned(), Configured { signs, ..Configured::default() });
    }
    for release in &plan.releases {
        for path in &release.paths {
            let (index, layout) = (Index::of(release, path), Layout::default());
            let context =
                Context { plan, settings, release, path, index: &index, layout: &layout, is_called: false };
            of_path(&context, path, &mut found);
        }
    }
    found
}

fn of_path(context: &Context<'_>, path: &Path, found: &mut BTreeMap<String, Configured>) {
    let signs = !context.plan.signed_by.is_empty();
    for step in &path.steps {
        match &step.does {
            StepKind::Deploy { environment, .. } => {
                found.entry(environment.clone()).or_default().signs = signs;
            }
            StepKind::Rollback { environment } => {
                found.entry(back_environment(environment)).or_default().signs = signs;
            }
            StepKind::Approval { chain, step: name, .. } => {
                let asked = context.plan.approvals.get(chain).and_then(|chain| chain.step(name));
                for seat in asked.map(|asked| seats(context, step, asked)).unwrap_or_default() {
                    found.insert(seat.environment, asked_of(context.plan, &seat.group));
                }
            }
            _ => {}
        }
    }
}

/// The team that a group is on GitHub, or its members one by one.
fn asked_of(plan: &Plan, group: &str) -> Configured {
    let Some(group) = plan.groups.get(group) else { return Configured::default() };
    match &group.github {
        Some(team) => Configured { team: Some(team.clone()), ..Configured::default() },
        None => Configured {
            users: group.members.iter().map(|name| login(plan, name)).collect(),
            ..Configured::default()
        },
    }
}

/// A person's name on GitHub.
pub(crate) fn login(plan: &Plan, person: &str) -> String {
    plan.people.get(person).and_then(|person| person.github.clone()).unwrap_or_else(|| person.to_owned())
}

/// The files of settings.
pub(crate) fn files(plan: &Plan, settings: &Settings) -> Vec<File> {
    let environments = environments(plan, settings);
    let branch = settings.get("branch", "main");
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    let expected = serde_json::to_value(expectations(&environments, branch)).unwrap_or_default();
    vec![
        File::new(format!("{FOLDER}/environments.json"), pretty(&payloads(&environments, branch))),
        File::new(format!("{FOLDER}/expectations.json"), pretty(&expected)),
        File::new(format!("{FOLDER}/main.tf.json"), pretty(&terraform(&environments, branch))),
        File { path: format!("{FOLDER}/apply.sh"), text: APPLY.to_owned(), executable: true },
    ]
}

/// Applies `environments.json` with the REST API, by whoever may.
const APPLY: &str = include_str!("apply.sh");

/// For each environment: the body of the REST call, the reviewers by name, the branches that may enter it, and the secrets that it holds.
fn payloads(environments: &BTreeMap<String, Configured>, branch: &str) -> Value {
    let one = |(name, configured): (&String, &Configured)| {
        json!({
            "name": name,
            "body": {
                "wait_timer": 0,
                "prevent_self_review": is_seat(configured),
                "can_admins_bypass": false,
                "deployment_branch_policy": { "protected_branches": false, "custom_branch_policies": true }
            },
            "branches": [branch],
            "secrets": configured.signs.then_some(LEDGER_KEY).into_iter().collect::<Vec<_>>(),
            "reviewers": { "team": configured.team, "users": configured.users }
        })
    };
    json!({ "environments": environments.iter().map(one).collect::<Vec<_>>() })
}

fn is_seat(configured: &Configured) -> bool {
    configured.team.is_some() || !configured.users.is_empty()
}

/// What is looked at before every run.
fn expectations(environments: &BTreeMap<String, Configured>, branch: &str) -> Expectations {
    let mut expectations = Vec::new();
    for (name, configured) in environments {
        let url = format!("/repos/{{repository}}/environments/{}", encoded(name));
        let mut expect = |url: &str, element: Option<Element>, pointer: &str, wanted: Wanted, why: &str| {
            expectations.push(Expectation {
                url: url.to_owned(),
                element,
                pointer: pointer.to_owned(),
                wanted,
                why: format!("environment {name}: {why}"),
            });
        };
        let is = |value: Value| Wanted::Equals { equals: value };
        expect(
            &url,
            None,
            "/can_admins_bypass",
            is(json!(false)),
            "an administrator could pass without being asked",
        );
        expect(
            &url,
            None,
            "/deployment_branch_policy/custom_branch_policies",
            is(json!(true)),
            "any branch could enter it with a pipeline of its own",
        );
        let branches =
            Wanted::SameSet { same_set: vec![branch.to_owned()], pick: "/name".to_owned(), named: None };
        let policies = format!("{url}/deployment-branch-policies");
        expect(&policies, None, "/branch_policies", branches, "only the reviewed branch may enter it");
        if !is_seat(configured) {
            continue;
        }
        let reviewers = || {
            Some(Element {
                at: "/protection_rules".to_owned(),
                key: "type".to_owned(),
                is: "required_reviewers".to_owned(),
            })
        };
        expect(
            &url,
            reviewers(),
            "/prevent_self_review",
            is(json!(true)),
            "who starts a run could approve it",
        );
        let (same_set, pick) = match &configured.team {
            Some(team) => (vec![team.rsplit('/').next().unwrap_or_default().to_owned()], "/reviewer/slug"),
            None => (configured.users.clone(), "/reviewer/login"),
        };
        let who = Wanted::SameSet { same_set, pick: pick.to_owned(), named: None };
        expect(&url, reviewers(), "/reviewers", who, "others than those whom the spec names would be asked");
    }
    Expectations { expectations }
}

/// The same, for Terraform's GitHub provider.
fn terraform(environments: &BTreeMap<String, Configured>, branch: &str) -> Value {
    let (mut teams, mut users) = (Map::new(), Map::new());
    let (mut resources, mut policies, mut secrets) = (Map::new(), Map::new(), Map::new());
    for (name, configured) in environments {
        let key = block(name);
        let mut resource = json!({
            "repository": "${var.repository}",
            "environment": escaped(name),
            "can_admins_bypass": false,
            "prevent_self_review": is_seat(configured),
            "deployment_branch_policy": { "protected_branches": false, "custom_branch_policies": true }
        });
        if is_seat(configured) {
            let mut reviewers = Map::new();
            if let Some(team) = &configured.team {
                let slug = team.rsplit('/').next().unwrap_or_default();
                let team = block(slug);
                teams.insert(team.clone(), json!({ "slug": escaped(slug) }));
                reviewers.insert("teams".to_owned(), json!([format!("${{data.github_team.{team}.id}}")]));
            }
            if !configured.users.is_empty() {
                for user in &configured.users {
                    users.insert(block(user), json!({ "username": escaped(user) }));
                }
                let ids =
                    configured.users.iter().map(|user| format!("${{data.github_user.{}.id}}", block(user)));
                reviewers.insert("users".to_owned(), ids.collect::<Vec<_>>().into());
            }
            if let Some(resource) = resource.as_object_mut() {
                resource.insert("reviewers".to_owned(), reviewers.into());
            }
        }
        resources.insert(key.clone(), resource);
        let entered = format!("${{github_repository_environment.{key}.environment}}");
        if configured.signs {
            secrets.insert(
                key.clone(),
                json!({
                    "repository": "${var.repository}",
                    "environment": entered,
                    "secret_name": LEDGER_KEY,
                    "plaintext_value": "${var.ledger_key}"
                }),
            );
        }
        policies.insert(
            key.clone(),
            json!({
                "repository": "${var.repository}",
                "environment": entered,
                "branch_pattern": escaped(branch)
            }),
        );
    }
    let mut data = Map::new();
    for (kind, found) in [("github_team", teams), ("github_user", users)] {
        if !found.is_empty() {
            data.insert(kind.to_owned(), found.into());
        }
    }
    let mut variables = json!({ "repository": { "type": "string", "description": "The name of the repository, without its owner" } });
    let mut resources = json!({
        "github_repository_environment": resources,
        "github_repository_environment_deployment_policy": policies
    });
    if !secrets.is_empty() {
        variables["ledger_key"] = json!({
            "type": "string", "sensitive": true, "description": "The private key that signs records, in PEM"
        });
        resources["github_actions_environment_secret"] = secrets.into();
    }
    json!({
        "terraform": { "required_providers": { "github": { "source": "integrations/github", "version": "~> 6.6" } } },
        "variable": variables,
        "data": data,
        "resource": resources
    })
}
