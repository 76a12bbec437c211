//! What a target has to say about a project, as diagnostics at the declarations that it is about.

use clearway_diagnostics::{Diagnostic, Place, Severity, Span, catalogue};
use clearway_model::{Db, Workspace};
use clearway_plan::{Guarantee, Origin, Plan};
use clearway_targets::{Binary, BinaryError, Hindrance, Keeping, Kept, Ledger, Obstacle, Settings, Target};

use crate::locate::declared_at;
use crate::lock;

/// The settings of a build, or why there is none.
pub(crate) fn settings(workspace: &Workspace, target: &dyn Target) -> (Vec<Diagnostic>, Option<Settings>) {
    let manifest = workspace.manifest();
    let place = manifest.pipeline_place.unwrap_or_else(|| manifest_place(workspace));
    let mut problems = Vec::new();
    let binary = match Binary::read(&manifest.pipeline) {
        Ok(binary) => Some(binary),
        Err(error) => {
            let (message, help) = match error {
                BinaryError::Missing => (
                    format!("nothing says how a job of {} gets `clearway`", target.name()),
                    "write `clearway = { version = \"…\", url = \"https://…\", sha256 = \"…\" }` below `[pipeline]`, or `image`, or `path`".to_owned(),
                ),
                BinaryError::Bad(why) => ("how a job gets `clearway` is not pinned".to_owned(), why),
            };
            problems
                .push(Diagnostic::new(catalogue::NO_BINARY, message, place, "in this manifest").help(help));
            None
        }
    };
    let ledger = match Ledger::read(&manifest.pipeline) {
        Ok(ledger) => Some(ledger),
        Err(error) => {
            problems.push(Diagnostic::new(catalogue::BAD_MANIFEST, "the ledger is nowhere", place, error.0));
            None
        }
    };
    let settings = binary.zip(ledger).map(|(binary, ledger)| Settings {
        target: manifest.targets.get(target.name()).cloned().unwrap_or_default(),
        binary,
        ledger,
        pins: lock::pins(workspace),
    });
    (problems, settings)
}

/// The place that stands for the manifest.
pub(crate) fn manifest_place(workspace: &Workspace) -> Place {
    Place::Bytes(workspace.project().manifest_id(workspace), Span::new(0, 0))
}

/// The guarantees that a target does not keep, but for those that a release gives up by name. It is told once for each release.
pub(crate) fn losses(
    workspace: &Workspace,
    plan: &Plan,
    target: &dyn Target,
    guarantees: &[Keeping],
) -> Vec<Diagnostic> {
    let lost: Vec<&Keeping> = guarantees.iter().filter(|keeping| keeping.kept == Kept::NotAtAll).collect();
    let mut told = Vec::new();
    for release in &plan.releases {
        let accepted = |guarantee: Guarantee| {
            release.accepts.iter().any(|accept| {
                accept.guarantee == guarantee && accept.target.as_deref().is_none_or(|on| on == target.name())
            })
        };
        let lost: Vec<&&Keeping> = lost.iter().filter(|keeping| !accepted(keeping.guarantee)).collect();
        // What is lost for one reason is one mistake.
        let mut reasons: Vec<&str> = lost.iter().map(|keeping| keeping.how.as_str()).collect();
        reasons.dedup();
        for reason in reasons {
            let names: Vec<String> = lost
                .iter()
                .filter(|keeping| keeping.how == reason)
                .map(|keeping| format!("`{}`", keeping.guarantee))
                .collect();
            let message = format!("{} would not keep {} of `{}`", target.name(), list(&names), release.name);
            let place = place_of(workspace, &Origin::new("release", &release.name));
            let accept = names.iter().map(|name| format!("accept {} \"…\"", name.trim_matches('`')));
            let accept = accept.collect::<Vec<_>>().join("`, `");
            told.push(
                Diagnostic::new(
                    catalogue::LOST_GUARANTEE,
                    message,
                    place,
                    "this release would run without it",
                )
                .help(reason)
                .help(format!("or give it up by name, in the release: `{accept}`")),
            );
        }
    }
    told
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// What a target cannot express.
pub(crate) fn obstacles(
    workspace: &Workspace,
    target: &dyn Target,
    obstacles: Vec<Obstacle>,
) -> Vec<Diagnostic> {
    let told = |obstacle: Obstacle| {
        let place = place_of(workspace, &obstacle.origin);
        let what = format!("for {}", target.name());
        let code = match obstacle.kind {
            Hindrance::Form => catalogue::CANNOT_COMPILE,
            Hindrance::Size => catalogue::TOO_LARGE,
            Hindrance::Setting => catalogue::TARGET_SETTING,
            Hindrance::Name => catalogue::TARGET_NAME,
        };
        let mut diagnostic = Diagnostic::new(code, obstacle.message, place, what).help(obstacle.help);
        if !obstacle.is_fatal {
            diagnostic.severity = Severity::Warning;
        }
        diagnostic
    };
    obstacles.into_iter().map(told).collect()
}

/// A file that cannot be written down.
pub(crate) fn unwritable(workspace: &Workspace, target: &dyn Target, why: &str) -> Diagnostic {
    let message = format!("a file for {} cannot be written down: {why}", target.name());
    Diagnostic::new(catalogue::CANNOT_COMPILE, message, manifest_place(workspace), "")
}

/// Where a declaration is written; the manifest where there is no such declaration.
pub(crate) fn place_of(workspace: &Workspace, origin: &Origin) -> Place {
    declared_at(workspace, origin).unwrap_or_else(|| manifest_place(workspace))
}
