//! Generated workspaces for benchmarks and laws: N services in files of 50.

use std::fmt::Write as _;

/// How many services stand in a file.
pub const PER_FILE: usize = 50;

/// A workspace of this many services. Each has an owner, a version, a part, up to three requirements on services before it
/// (the half, the third and two thirds of its number: a depth that grows with the logarithm), a build and a deployment; one
/// release ships them all.
pub fn workspace(services: usize) -> Vec<(String, String)> {
    let mut files = vec![("common.cw".to_owned(), COMMON.to_owned())];
    for first in (0..services).step_by(PER_FILE) {
        let mut text = "use common.owners\n".to_owned();
        for number in first..(first + PER_FILE).min(services) {
            service(&mut text, number);
        }
        files.push((format!("services/f{}.cw", first / PER_FILE), text));
    }
    let mut release = "use common.{ careful, standard, tests }\n\nrelease everything {\n".to_owned();
    for number in 0..services {
        let _ = writeln!(release, "  ship svc-{number}");
    }
    release += "\n  stage staging { gates = [tests] }\n";
    release += "  stage production { gates = [tests]  approval = standard  rollout = careful() }\n";
    release += "  rollback { approval = standard }\n}\n";
    files.push(("release.cw".to_owned(), release));
    files
}

fn service(text: &mut String, number: usize) {
    let (minor, patch) = (number % 7, number % 5);
    let _ = write!(
        text,
        "\n/// Service number {number}.\nservice svc-{number} {{\n  owner   = owners\n  repo    = \"acme/svc-{number}\"\n  \
         version = 1.{minor}.{patch}\n  data    = [personal]\n\n  provides api 1.{minor}.0\n"
    );
    let mut targets = vec![number / 2, number / 3, 2 * number / 3];
    targets.sort_unstable();
    targets.dedup();
    for target in targets.into_iter().filter(|target| *target < number) {
        let _ = writeln!(text, "  requires svc-{target}.api ^1.{}", target % 7);
    }
    let _ = write!(
        text,
        "\n  build {{ run = \"make svc-{number}\"  output = image(\"ghcr.io/acme/svc-{number}\") }}\n  \
         deploy with kubernetes(\"deployment/svc-{number}\")\n}}\n"
    );
}

const COMMON: &str = r#"// What all services share.

team owners { members = [ana, ben, chloe, dimitri] }

environment staging { tier = staging }
environment production { tier = production }

gate tests {
  evidence = junit("reports/**/*.xml")
  require tests.pass-rate >= 95%
  require tests.failed(tag = "critical-journey") == 0
}

approval standard {
  step peer-review { from = owners  need = 2 }
  separate author, approver, deployer
}

rollout careful(max-errors: percent = 1%) : canary {
  step 5%  hold 10 m
  step 25% hold 20 m
  step 100%
  watch http.error-rate <= max-errors over 5 m
  on-breach = rollback
}
"#;
