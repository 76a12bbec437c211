//! Owners of service folders, from a CODEOWNERS file.

use crate::found::{Found, Owner, Person};
use crate::{Files, path, text};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::BTreeSet;

/// Where the hosts look for owners, in their order.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Adds the owner of each service's folder, or else of the file that declares it.
pub(crate) fn read(files: &Files<'_>, found: &mut Found) {
    let Some(file) = PLACES.into_iter().find(|place| files.has(place)) else { return };
    let Some(source) = files.read(file, found) else { return };
    let rules: Vec<Rule> = source.lines().filter_map(rule).collect();
    let is_gitlab =
        file.starts_with(".gitlab/") || (files.has(".gitlab-ci.yml") && !file.starts_with(".github/"));
    let platform = if is_gitlab { "gitlab" } else { "github" };
    let mut is_used = false;
    let names: Vec<String> = found.services.keys().cloned().collect();
    for name in names {
        let declared = found.sources.iter().find(|(_, services)| services.contains(&name));
        let Some(service) = found.services.get_mut(&name) else { continue };
        let place = match (&service.folder, declared) {
            (Some(folder), _) => path::join(folder, "Dockerfile"),
            (None, Some((file, _))) => file.clone(),
            (None, None) => continue,
        };
        // The last rule that matches holds, even if it names nobody.
        let rule = rules.iter().rev().find(|rule| rule.matches(&place));
        let Some((key, owner)) = rule.and_then(|rule| owner(&rule.owners, platform)) else { continue };
        service.owner = Some(key.clone());
        found.owners.insert(key, owner);
        is_used = true;
    }
    found.owners_file = is_used.then(|| file.to_owned());
}

struct Rule {
    paths: Gitignore,
    owners: Vec<String>,
}

impl Rule {
    fn matches(&self, place: &str) -> bool {
        !place.starts_with('/') && self.paths.matched_path_or_any_parents(place, false).is_ignore()
    }
}

/// A line of the file; comments, GitLab's sections and what cannot be a pattern are none.
fn rule(line: &str) -> Option<Rule> {
    let line = line.split_once(" #").map_or(line, |(rule, _)| rule).trim();
    if line.starts_with(['#', '[', '^', '!']) {
        return None;
    }
    let mut words = line.split_whitespace();
    let mut paths = GitignoreBuilder::new("");
    paths.add_line(None, words.next()?).ok()?;
    let owners = words.filter(|word| word.contains('@') && text::is_presentable(word)).map(str::to_owned);
    Some(Rule { paths: paths.build().ok()?, owners: owners.collect() })
}

/// A team if there is one among the owners, else the people.
fn owner(owners: &[String], platform: &'static str) -> Option<(String, Owner)> {
    let team = owners.iter().find(|owner| owner.starts_with('@') && owner.contains('/'));
    if let Some(team) = team {
        let name = text::slug(path::last(team));
        return (!name.is_empty()).then(|| (team.clone(), Owner::Team(name)));
    }
    let people: BTreeSet<Person> = owners.iter().filter_map(|owner| person(owner, platform)).collect();
    let key = people.iter().map(|person| person.account.as_str()).collect::<Vec<_>>().join(" ");
    (!people.is_empty()).then_some((key, Owner::People(people)))
}

/// `ana` of `@ana` or `ana@acme.example`.
fn person(owner: &str, platform: &'static str) -> Option<Person> {
    let (platform, account, name) = match (owner.strip_prefix('@'), owner.split_once('@')) {
        (Some(account), _) => (platform, account, account),
        (None, Some((name, _))) => ("email", owner, name),
        (None, None) => return None,
    };
    let name = text::slug(name);
    (!name.is_empty()).then(|| Person { name, platform, account: account.to_owned() })
}
