//! Who is who: logins of a platform as the people of the plan.

use clearway_plan::Plan;

/// The person that a login of GitHub belongs to; the login itself, marked, where it is nobody of the plan's.
pub(super) fn person(plan: &Plan, login: &str) -> String {
    let is_login = |name: &&str| name.eq_ignore_ascii_case(login);
    let by_name = plan
        .people
        .iter()
        .find(|(_, person)| person.github.as_deref().is_some_and(|github| is_login(&github)));
    if let Some((name, _)) = by_name {
        return name.clone();
    }
    // Whoever has another login on GitHub is not the one who happens to be called there as this person is here.
    let members = plan.groups.values().flat_map(|group| &group.members).chain(plan.people.keys());
    let has_another = |name: &String| plan.people.get(name).is_some_and(|person| person.github.is_some());
    match members.into_iter().find(|name| is_login(&name.as_str()) && !has_another(name)) {
        Some(name) => name.clone(),
        None => format!("@{}", login.to_ascii_lowercase()),
    }
}

/// The person with an e-mail address.
pub(super) fn by_email(plan: &Plan, email: &str) -> Option<String> {
    let found = plan
        .people
        .iter()
        .find(|(_, person)| person.email.as_deref().is_some_and(|at| at.eq_ignore_ascii_case(email)));
    found.map(|(name, _)| name.clone())
}

/// A person who is given by name or by login.
pub(crate) fn named(plan: &Plan, text: &str) -> String {
    let known =
        plan.people.contains_key(text) || plan.groups.values().any(|group| group.members.contains(text));
    if known { text.to_owned() } else { person(plan, text) }
}
