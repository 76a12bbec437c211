//! Printing what was found as a project.

use crate::NewFile;
use crate::found::{Found, Owner, Person, Service, Workload};
use crate::image;
use crate::resolve::{Links, Requirement, Strength};
use crate::text::{listed, name, shown, slug, string};
use std::collections::{BTreeMap, BTreeSet};

/// The project's files.
pub(crate) fn files(project: &str, found: &Found, links: &Links) -> Vec<NewFile> {
    let names = Names::new(found);
    vec![
        manifest(project),
        NewFile { path: "services.cw".to_owned(), text: services(found, links, &names) },
        NewFile { path: "release.cw".to_owned(), text: release(found, &names) },
    ]
}

/// `clearway.toml` with the project's name.
pub(crate) fn manifest(project: &str) -> NewFile {
    let shown = shown(project);
    let project = if shown.is_empty() { "project" } else { &shown };
    let text = format!("[project]\nname = {}\n", toml::Value::from(project));
    NewFile { path: "clearway.toml".to_owned(), text }
}

/// How many guesses a text marks.
pub(crate) fn marks(text: &str) -> usize {
    text.matches("// ? ").count()
}

/// A guess's mark, for a line's end.
fn mark(doubt: Option<&str>) -> String {
    doubt.map_or_else(String::new, |doubt| format!("  // ? {doubt}"))
}

/// Names for what is proposed beside the services, none of them taken.
struct Names {
    staging: String,
    production: String,
    release: String,
    /// The team that owns what nobody else does.
    unowned: String,
    /// Teams by key of [`Found::owners`].
    teams: BTreeMap<String, String>,
    /// What their identities are called.
    people: BTreeMap<Person, String>,
}

impl Names {
    fn new(found: &Found) -> Self {
        let mut taken: BTreeSet<String> = found.services.keys().cloned().collect();
        let mut free = |wanted: &str, kind: &str| {
            let more = (2_usize..).map(|number| format!("{wanted}-{kind}-{number}"));
            let mut all = [wanted.to_owned(), format!("{wanted}-{kind}")].into_iter().chain(more);
            let name = all.find(|name| !taken.contains(name)).unwrap_or_default();
            taken.insert(name.clone());
            name
        };
        let staging = free("staging", "environment");
        let production = free("production", "environment");
        let release = free("first", "release");
        let unowned = free("owners", "team");
        let people: BTreeSet<&Person> = found.owners.values().flat_map(Owner::people).collect();
        let people = people.into_iter().map(|it| (it.clone(), free(&it.name, "person"))).collect();
        let teams = found.owners.iter().map(|(key, owner)| {
            let wanted = match owner {
                Owner::Team(team) => team.clone(),
                Owner::People(people) => {
                    format!("{}-team", slug(&listed(people.iter().map(|person| person.name.as_str()))))
                }
            };
            (key.clone(), free(&wanted, "team"))
        });
        let teams = teams.collect();
        Self { staging, production, release, unowned, teams, people }
    }

    fn owner(&self, service: &Service) -> &str {
        service.owner.as_ref().and_then(|key| self.teams.get(key)).unwrap_or(&self.unowned)
    }
}

impl Owner {
    fn people(&self) -> impl Iterator<Item = &Person> {
        let people = match self {
            Self::Team(_) => None,
            Self::People(people) => Some(people),
        };
        people.into_iter().flatten()
    }
}

fn services(found: &Found, links: &Links, names: &Names) -> String {
    let mut out = format!(
        "// Proposed by `clearway init` from {}.\n\
         // `// ?` marks a guess: look at it, then delete the mark.\n",
        listed(found.sources.keys().map(String::as_str))
    );
    if !links.requirements.values().all(BTreeMap::is_empty) {
        out += "// `any` accepts every version of what is required: narrow it, to `^1.4` for example, where a\n\
                // service relies on more than that the other is there.\n";
    }
    let undeployed: Vec<&str> = found
        .services
        .iter()
        .filter(|(_, service)| service.workloads.is_empty())
        .map(|(name, _)| name.as_str())
        .collect();
    if !undeployed.is_empty() {
        out += &format!(
            "// ? no `deploy with kubernetes(\"deployment/NAME\")` or the like could be told for {}\n",
            listed(undeployed)
        );
    }
    out += "\n";
    out += &teams(found, names);
    for (name, service) in &found.services {
        out += "\n";
        out += &one_service(name, service, links, names);
    }
    out
}

fn teams(found: &Found, names: &Names) -> String {
    let mut out = String::new();
    for (person, identity) in &names.people {
        let account = string(&person.account);
        out += &format!("identity {} {{ {} = {account} }}\n", name(identity), person.platform);
    }
    for (key, owner) in &found.owners {
        let Some(team) = names.teams.get(key) else { continue };
        let members: Vec<String> =
            owner.people().filter_map(|person| names.people.get(person)).map(|person| name(person)).collect();
        let doubt = match owner {
            Owner::Team(_) => Some(format!("list the people of {}", shown(key))),
            Owner::People(_) => None,
        };
        let mark = mark(doubt.as_deref());
        out += &format!("team {} {{ members = [{}] }}{mark}\n", name(team), members.join(", "));
    }
    if found.services.values().any(|service| service.owner.is_none()) {
        let team = name(&names.unowned);
        out += &format!("team {team} {{ members = [] }}  // ? say who owns what, and list the people\n");
    }
    out
}

fn one_service(key: &str, service: &Service, links: &Links, names: &Names) -> String {
    let mut out = String::new();
    if let Some(about) = service.package.as_ref().and_then(|package| package.about.as_deref()).map(shown) {
        // A fourth slash would make the line a comment.
        let about = about.trim_start_matches('/').trim_start();
        if !about.is_empty() {
            out += &format!("/// {about}\n");
        }
    }
    let (version, doubt) = version(service);
    out += &format!("service {} {{\n", name(key));
    out += &format!("  owner   = {}\n", name(names.owner(service)));
    out += &format!("  version = {version}{}\n", mark(doubt.as_deref()));

    let mut parts = Vec::new();
    if let Some(build) = &service.build {
        parts.push(format!(
            "  build {{ run = {}  output = image({}) }}\n",
            string(&build.command),
            string(&build.image)
        ));
    }
    parts.extend(deploy(key, service));
    let mut needs = String::new();
    for (target, requirement) in links.requirements.get(key).into_iter().flatten() {
        needs += &requires(target, requirement);
    }
    for (host, variable) in links.dangling.get(key).into_iter().flatten() {
        let host = shown(host);
        needs += &match variable {
            Some(variable) => {
                format!("  // ? points at {host} ({}), which nothing here deploys\n", shown(variable))
            }
            None => format!("  // ? depends on {host}, which nothing here declares\n"),
        };
    }
    for part in [parts.concat(), needs].iter().filter(|part| !part.is_empty()) {
        out += "\n";
        out += part;
    }
    out += "}\n";
    out
}

fn requires(target: &str, requirement: &Requirement) -> String {
    let flag = match requirement.strength {
        Strength::Hard => "",
        Strength::Optional => " optional",
        Strength::Weak => " weak",
    };
    format!("  requires {} any{flag}{}\n", name(target), mark(requirement.doubt.as_deref()))
}

/// How the service is deployed, where a manifest says so.
fn deploy(key: &str, service: &Service) -> Option<String> {
    let mut workloads = service.workloads.iter();
    let Workload { kind, namespace } = workloads.next()?;
    let within = namespace.as_ref().map(|name| format!(", namespace = {}", string(name))).unwrap_or_default();
    let others: Vec<String> = workloads
        .map(|other| match &other.namespace {
            Some(namespace) => format!("{} in namespace {}", other.kind, shown(namespace)),
            None => other.kind.clone(),
        })
        .collect();
    let doubt = (!others.is_empty()).then(|| format!("or {}", listed(others.iter().map(String::as_str))));
    let workload = string(&format!("{kind}/{key}"));
    Some(format!("  deploy with kubernetes({workload}{within}){}\n", mark(doubt.as_deref())))
}

/// The version, and why it may be another.
///
/// What runs counts: a tag that is a version wins over a package of another version, a vague one does not.
fn version(service: &Service) -> (String, Option<String>) {
    let tags = || service.images.iter().filter_map(|it| Some((image::tag(&it.reference)?, it)));
    let read = || tags().filter_map(|(tag, image)| Some((image::version(tag)?, tag, image)));
    let exact = read().find(|(version, ..)| version.exact).map(|(version, ..)| version.text);

    if let Some(package) = &service.package
        && exact.as_ref().is_none_or(|exact| *exact == package.version)
    {
        let file = shown(&package.file);
        return match package.key {
            Some("") => (format!("from-file({})", string(&package.file)), None),
            Some(key) => (format!("from-file({}, {})", string(&package.file), string(key)), None),
            None => (package.version.clone(), Some(format!("as {file} says today"))),
        };
    }
    if let Some(exact) = exact {
        let package = service.package.as_ref().map(|package| (&package.version, &package.file));
        let mut others = read().filter(|(version, ..)| version.exact && version.text != exact);
        let doubt = match (others.next(), package) {
            (Some((other, _, image)), _) => Some(format!("{} says {}", shown(&image.file), other.text)),
            (None, Some((version, file))) => Some(format!("{} says {version}", shown(file))),
            (None, None) => None,
        };
        return (exact, doubt);
    }
    if let Some((about, tag, _)) = read().next() {
        return (about.text, Some(format!("from tag {}", shown(tag))));
    }
    let reason = match (tags().next(), service.images.first()) {
        (Some((tag, _)), _) if tag.contains(['$', '{']) => {
            format!("the tag is {}, not known here", shown(tag))
        }
        (Some((tag, _)), _) => format!("tag {} is no version", shown(tag)),
        (None, Some(image)) => format!("image {} has no tag", shown(&image.reference)),
        (None, None) => "no version found".to_owned(),
    };
    ("0.0.0".to_owned(), Some(format!("{reason}: say what runs today")))
}

fn release(found: &Found, names: &Names) -> String {
    let (staging, production) = (name(&names.staging), name(&names.production));
    let ships: String = found.services.keys().map(|service| format!("  ship {}\n", name(service))).collect();
    let release = name(&names.release);
    format!(
        "// One release that takes every service to staging, and from there to production.\n\
         // What usually comes next: gates over test reports, an approval chain and a rollout in steps.\n\
         \n\
         environment {staging} {{ tier = staging }}\n\
         environment {production} {{ tier = production }}\n\
         \n\
         release {release} {{\n\
         {ships}\n\
         \x20 stage {staging} {{}}\n\
         \x20 stage {production} {{}}\n\
         }}\n"
    )
}
