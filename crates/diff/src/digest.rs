//! What ties what is deployed to what was built and tested.

use clearway_plan::{Artifact, Build, Deployer, Guarantee, Origin, Output, Release};

use crate::change::Change;
use crate::verdict::Verdict;

/// What is changed about how a service comes to be deployed.
pub(crate) fn of_artifact(name: &str, old: &Artifact, new: &Artifact) -> Vec<Change> {
    let built = |artifact: &Artifact| artifact.build.as_ref().map(build);
    let deployed = |artifact: &Artifact| artifact.deploy.as_ref().map(deployer);
    let from = |artifact: &Artifact| artifact.imported_from.clone();
    [
        (
            Verdict::Neutral,
            format!("build of `{name}`"),
            "build",
            built(old),
            built(new),
            old.build != new.build,
        ),
        (
            Verdict::Neutral,
            format!("means of deployment of `{name}`"),
            "deploy",
            deployed(old),
            deployed(new),
            old.deploy != new.deploy,
        ),
        (
            Verdict::Incomparable,
            format!("repository that `{name}` is taken from"),
            "repo",
            from(old),
            from(new),
            old.imported_from != new.imported_from,
        ),
    ]
    .into_iter()
    .filter(|(.., differs)| *differs)
    .map(|(verdict, subject, field, before, after, _)| {
        let change = Change::new(verdict, Guarantee::Digest, subject).between(before, after);
        change.from(&old.origin, &[field]).to(&new.origin, &[field])
    })
    .collect()
}

fn build(build: &Build) -> String {
    let output = match &build.output {
        Some(Output::Image(image)) => format!(", which leaves image {image}"),
        Some(Output::Archive(path)) => format!(", which leaves {path}"),
        None => String::new(),
    };
    format!("{}{output} (within {})", build.command.run, crate::words::seconds(build.command.timeout))
}

fn deployer(deployer: &Deployer) -> String {
    match deployer {
        Deployer::Kubernetes { workload, namespace } => format!("kubernetes {workload} {namespace}"),
        Deployer::Helm { release, chart, namespace } => format!("helm {release} {chart} {namespace}"),
        Deployer::Command { run } => run.clone(),
    }
    .trim_end()
    .to_owned()
}

/// The tag that the commit of each run must have.
pub(crate) fn tag(old: &Release, new: &Release) -> Option<Change> {
    let verdict = match (&old.tag, &new.tag) {
        (one, other) if one == other => return None,
        (Some(_), None) => Verdict::Weaker,
        (None, _) => Verdict::Stronger,
        _ => Verdict::Incomparable,
    };
    let witness =
        (verdict == Verdict::Weaker).then(|| "a commit can be released that nobody has tagged".to_owned());
    let change = Change::new(verdict, Guarantee::Digest, format!("tag of release `{}`", new.name));
    let origin = |release: &Release| Origin::new("release", &release.name);
    let change = change.between(old.tag.clone(), new.tag.clone()).witness(witness);
    Some(change.from(&origin(old), &["tag"]).to(&origin(new), &["tag"]))
}
