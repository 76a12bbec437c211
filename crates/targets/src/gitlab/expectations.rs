//! What is looked at before every run: the live settings, as the project has them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::environments::Configured;
use super::guarantees::Tier;
use super::schedules::Schedule;
use super::settings::{key_variable, project};
use crate::expectation::{Element, Expectation, Expectations, Named, Wanted};
use crate::named::encoded;
use crate::settings::LEDGER_KEY;

/// Every expectation, by what it is of.
pub(crate) fn expectations(
    environments: &BTreeMap<String, Configured>,
    locks: &BTreeSet<String>,
    clocked: &[Schedule],
    tier: Tier,
    signed: bool,
) -> Expectations {
    let mut all = Expecting(Vec::new());
    let url = "/projects/{repository}";
    for (name, value, why) in project(tier) {
        all.expect(url, None, &format!("/{name}"), is(value), &format!("project: {why}"));
    }
    all.expect(
        &format!("{url}/protected_branches/{{branch}}"),
        None,
        "/allow_force_push",
        is(json!(false)),
        "branch: what was reviewed could be replaced",
    );
    let key = key_variable().into_iter().filter(|_| signed);
    for (name, value, why) in key {
        let url = format!("{url}/variables/{LEDGER_KEY}");
        all.expect(&url, None, &format!("/{name}"), is(value), &format!("variable {LEDGER_KEY}: {why}"));
    }
    for lock in locks {
        all.expect(
            &format!("{url}/resource_groups/{}", encoded(lock)),
            None,
            "/process_mode",
            is(json!("unordered")),
            &format!("lock {lock}: a run that is ready would wait for one that waits for people"),
        );
    }
    for schedule in clocked {
        let element =
            Element { at: String::new(), key: "description".to_owned(), is: schedule.description.clone() };
        all.expect(
            // GitLab puts a schedule out of action by itself when its owner may start nothing any more.
            &format!("{url}/pipeline_schedules?scope=active&per_page=100"),
            Some(element),
            "/cron",
            is(json!(schedule.cron)),
            &format!("schedule of {}: the clock would not begin it in time", schedule.pipeline),
        );
    }
    for (name, one) in environments {
        let element = Element { at: String::new(), key: "name".to_owned(), is: name.clone() };
        all.expect(
            &format!("{url}/environments?name={}", encoded(name)),
            Some(element),
            "/tier",
            is(json!(one.tier)),
            &format!("environment {name}: a group protects environments by their tier"),
        );
        if tier.is_paid() {
            all.protected(url, name, one);
        }
    }
    Expectations { expectations: all.0 }
}

fn is(value: Value) -> Wanted {
    Wanted::Equals { equals: value }
}

struct Expecting(Vec<Expectation>);

impl Expecting {
    fn expect(&mut self, url: &str, element: Option<Element>, pointer: &str, wanted: Wanted, why: &str) {
        self.0.push(Expectation {
            url: url.to_owned(),
            element,
            pointer: pointer.to_owned(),
            wanted,
            why: why.to_owned(),
        });
    }

    /// Who may enter an environment, and who must agree before.
    fn protected(&mut self, url: &str, name: &str, one: &Configured) {
        let url = format!("{url}/protected_environments/{}", encoded(name));
        let set = |texts: Vec<String>, pick: &str, named: Option<Named>| Wanted::SameSet {
            same_set: texts,
            pick: pick.to_owned(),
            named,
        };
        self.expect(
            &url,
            None,
            "/deploy_access_levels",
            set(vec![one.level.to_string()], "/access_level", None),
            &format!("environment {name}: others than those who may could enter it"),
        );
        let named = Named { url: "/groups/{}".to_owned(), pointer: "/full_path".to_owned() };
        let why = format!("environment {name}: others than those whom the spec names would be asked");
        let groups: Vec<String> = one.rules.iter().filter_map(|rule| rule.group.clone()).collect();
        if groups.len() == one.rules.len() {
            self.expect(&url, None, "/approval_rules", set(groups, "/group_id", Some(named)), &why);
        } else {
            // Whoever may deploy is asked, and the job looks who they were: the number is what is left to look at.
            self.expect(
                &url,
                None,
                "/approval_rules",
                set(vec!["30".to_owned()], "/access_level", None),
                &why,
            );
        }
        // All rules of a step want as many, so it does not matter in which order they come.
        for (number, rule) in one.rules.iter().enumerate() {
            self.expect(
                &url,
                None,
                &format!("/approval_rules/{number}/required_approvals"),
                is(json!(rule.need)),
                &format!("environment {name}: fewer of `{}` than the spec says could agree", rule.of),
            );
        }
    }
}
