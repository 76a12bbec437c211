//! Who is who: logins of a platform as the people of the plan.

use clearway_plan::Plan;

use crate::platform::Platform;

/// The person that a login of a platform belongs to; the login itself, marked, where it is nobody of the plan's.
pub(crate) fn person(plan: &Plan, platform: Platform, login: &str) -> String {
    let is_login = |name: &&str| name.eq_ignore_ascii_case(login);
    let by_name =
        plan.people.iter().find(|(_, person)| platform.login(person).is_some_and(|own| is_login(&own)));
    if let Some((name, _)) = by_name {
        return name.clone();
    }
    // Whoever has another login there is not the one who happens to be called there as this person is here.
    let members = plan.groups.values().flat_map(|group| &group.members).chain(plan.people.keys());
    let has_another =
        |name: &String| plan.people.get(name).is_some_and(|person| platform.login(person).is_some());
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
pub(super) fn named(plan: &Plan, platform: Platform, text: &str) -> String {
    let known =
        plan.people.contains_key(text) || plan.groups.values().any(|group| group.members.contains(text));
    if known { text.to_owned() } else { person(plan, platform, text) }
}

/// The same where nobody says on which platform the login is.
pub(crate) fn known(plan: &Plan, text: &str) -> String {
    let on = |platform| Some(named(plan, platform, text)).filter(|name| !name.starts_with('@'));
    on(Platform::GitHub)
        .or_else(|| on(Platform::GitLab))
        .or_else(|| on(Platform::Argo))
        .unwrap_or_else(|| format!("@{}", text.to_ascii_lowercase()))
}
