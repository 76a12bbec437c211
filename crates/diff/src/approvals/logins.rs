//! Who people are on the platforms on which they agree.

use clearway_plan::{Guarantee, Origin, Plan};

use crate::change::Change;
use crate::verdict::Verdict;

/// Logins and groups of the platforms that now stand for a person or a team, in the place of others.
pub(crate) fn compare(old: &Plan, new: &Plan) -> Vec<Change> {
    let is_asked =
        |plan: &Plan, name: &String| plan.groups.values().any(|group| group.members.contains(name));
    let known = old.people.keys().chain(new.people.keys().filter(|name| !old.people.contains_key(*name)));
    let logins = |plan: &Plan, name: &String| {
        let person = plan.people.get(name);
        let named = |platform: &str, login: Option<&String>| login.map(|login| format!("{platform} {login}"));
        let all = [
            named("GitHub", person.and_then(|person| person.github.as_ref())),
            named("GitLab", person.and_then(|person| person.gitlab.as_ref())),
            named("e-mail", person.and_then(|person| person.email.as_ref())),
        ];
        let all: Vec<String> = all.into_iter().flatten().collect();
        if all.is_empty() { "by their own name".to_owned() } else { all.join(", ") }
    };
    let mut changes: Vec<Change> = known
        .filter(|name| is_asked(old, name) && is_asked(new, name) && logins(old, name) != logins(new, name))
        .map(|name| {
            Change::new(Verdict::Incomparable, Guarantee::Approvals, format!("who `{name}` is"))
                .between(Some(logins(old, name)), Some(logins(new, name)))
                .witness(format!("another account agrees in the name of `{name}`"))
                .at(&Origin::new("identity", name), &[])
        })
        .collect();
    for (name, group) in &old.groups {
        let Some(after) = new.groups.get(name) else { continue };
        let told = |group: &clearway_plan::Group| {
            let named = |platform: &str, team: &Option<String>| {
                team.as_ref().map(|team| format!("{platform} {team}"))
            };
            let all: Vec<String> = [named("GitHub", &group.github), named("GitLab", &group.gitlab)]
                .into_iter()
                .flatten()
                .collect();
            (!all.is_empty()).then(|| all.join(", "))
        };
        if told(group) != told(after) {
            changes.push(
                Change::new(
                    Verdict::Incomparable,
                    Guarantee::Approvals,
                    format!("whom the platforms take for `{name}`"),
                )
                .between(told(group), told(after))
                .at(&Origin::new("team", name), &[]),
            );
        }
    }
    changes
}
