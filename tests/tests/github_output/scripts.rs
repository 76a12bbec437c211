//! The scripts of emitted workflows, run by bash with the worst that a spec or a person who starts a run can say.
//!
//! Programs are stand-ins that do nothing, so a script gets as far as it can; what a script itself does with its variables is real. A text
//! that was taken for code would leave the file `touched`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use clearway_tests::files_below;
use clearway_tests::specs;
use clearway_verify::github::Workflow;

use super::hostile::as_read;
use clearway_tests::Emits as _;
use clearway_verify::github::Emitted;

/// Each would leave a file, if anything but a text was made of it.
const TEXTS: [&str; 6] = [
    "$(touch touched)",
    "`touch touched`",
    "; touch touched ;",
    "' ; touch touched ; '",
    "\" ; touch touched ; \"",
    "a\ntouch touched\nb",
];

/// What scripts call that is not of the shell or its usual company.
const PROGRAMS: [&str; 13] = [
    "cosign",
    "curl",
    "docker",
    "gh",
    "git",
    "helm",
    "kubectl",
    "make",
    "oras",
    "sha256sum",
    "sleep",
    "sudo",
    "tar",
];

pub fn nothing_is_touched() {
    let mut ran = 0;
    for hostile in TEXTS {
        let emitted = Emitted::of(&specs::project(&specs::with_data(hostile))).unwrap();
        for (file, text) in emitted.workflows() {
            let workflow = Workflow::read(&text).unwrap();
            for (id, job) in &workflow.jobs {
                for step in job.steps() {
                    let Some(script) = &step.run else { continue };
                    // What a run is told by people or earlier steps may be as bad as what the spec says.
                    let variable = |text: String| as_read(&text).unwrap_or_else(|| hostile.to_owned());
                    let variables: BTreeMap<&String, String> = job
                        .env
                        .iter()
                        .chain(&step.env)
                        .map(|(name, scalar)| (name, variable(scalar.text())))
                        .collect();
                    assert!(!is_touched(script, &variables, hostile), "{hostile:?}: {file}, {id}:\n{script}");
                    ran += 1;
                }
            }
        }
    }
    assert!(ran > 200, "only {ran} scripts were run");
}

/// Runs a script in a folder of its own.
fn is_touched(script: &str, variables: &BTreeMap<&String, String>, hostile: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for program in PROGRAMS {
        stand_in(&path("bin").join(program));
    }
    stand_in(&path("temp/clearway/clearway"));
    fs::create_dir_all(path("work/.clearway/run")).unwrap();
    let mut bash = Command::new("timeout");
    bash.args(["10", "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        .current_dir(path("work"))
        .env_clear()
        .envs(variables)
        .env("PATH", format!("{}:/usr/bin:/bin", path("bin").display()))
        .env("RUNNER_TEMP", path("temp"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for name in ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"] {
        bash.env(name, path(name));
    }
    for name in ["GITHUB_ACTOR", "GITHUB_TRIGGERING_ACTOR", "GITHUB_REF_NAME", "GITHUB_HEAD_REF"] {
        bash.env(name, hostile);
    }
    bash.status().unwrap();
    files_below(folder.path()).iter().any(|path| path.ends_with("touched"))
}

fn stand_in(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "#!/bin/sh\nexit 0\n").unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The stand-ins would tell: a command that is given such a text as its script leaves the file.
#[test]
fn a_text_that_is_taken_for_code_is_told() {
    let name = "RUN".to_owned();
    for hostile in [TEXTS[0], TEXTS[1]] {
        assert!(is_touched("bash -c \"echo ${RUN}\"", &[(&name, hostile.to_owned())].into(), hostile));
        assert!(!is_touched("echo \"${RUN}\"", &[(&name, hostile.to_owned())].into(), hostile));
    }
}
