//! Generated releases: services, requirements, stages, gates, chains, environments, with and without locks, ways back and
//! emergencies.

use std::fmt::Write as _;

use clearway_verify::Rng;

/// The manifest of a project whose pipelines are emitted for GitHub.
pub const MANIFEST: &str = r#"[project]
name = "generated"
repo = "acme/generated"

[targets.github]
plan       = "enterprise"
visibility = "private"

[pipeline]
image  = "ghcr.io/acme/clearway@sha256:5c1f8a3e6b0d4927c1f8a3e6b0d4927c5c1f8a3e6b0d4927c1f8a3e6b0d49271"
ledger = { url = "s3://acme-releases/generated", role = "arn:aws:iam::123456789012:role/ledger", region = "eu-central-1" }
"#;

/// The manifest of a project whose pipelines are emitted for GitLab.
pub const GITLAB: &str = r#"[project]
name = "generated"
repo = "acme/generated"

[targets.gitlab]
tier = "premium"
tags = "release"

[pipeline]
image  = "ghcr.io/acme/clearway@sha256:5c1f8a3e6b0d4927c1f8a3e6b0d4927c5c1f8a3e6b0d4927c1f8a3e6b0d49271"
ledger = { url = "s3://acme-releases/generated", role = "arn:aws:iam::123456789012:role/ledger", region = "eu-central-1" }
"#;

/// The manifest of a project whose releases are emitted for Argo.
pub const ARGO: &str = r#"[project]
name = "generated"
repo = "acme/generated"

[targets.argo]
namespace = "releases"
image     = "ghcr.io/acme/release-tools@sha256:0f5b3f6a1c9e4d7b8a2c6e0d4f1b3a5c7e9d1f3b5a7c9e1d3f5b7a9c1e3d5f70"

[pipeline]
image  = "ghcr.io/acme/clearway@sha256:5c1f8a3e6b0d4927c1f8a3e6b0d4927c5c1f8a3e6b0d4927c1f8a3e6b0d49271"
ledger = { url = "s3://acme-releases/generated", role = "arn:aws:iam::123456789012:role/ledger", region = "eu-central-1" }
"#;

const PEOPLE: &str = "
team payments { members = [ana, ben, chloe, dora] }
team orders { members = [dimitri, eva, farid, gil] }
role board { members = [jonas, kira, leo, mona, nils, otto] }
role on-call { members = [pia, quinn, rosa] }
role head { members = [sofia, theo] }
";

/// A random release that holds.
pub fn random(seed: u64) -> String {
    let mut rng = Rng::new(seed);
    let mut text = PEOPLE.to_owned();
    let services = 1 + rng.below(4);
    for number in 0..services {
        service(&mut text, &mut rng, number);
    }
    let gates = rng.below(4);
    for number in 0..gates {
        gate(&mut text, &mut rng, number);
    }
    let chains = 1 + rng.below(2);
    for number in 0..chains {
        chain(&mut text, &mut rng, &format!("chain-{number}"));
    }
    text += "approval back { step carries { from = on-call  need = 1 }\n separate approver, deployer }\n";
    text += "approval hotfix { step carries { from = on-call  need = 1 }\n step head { from = head  need = 1 } }\n";
    let stages = 1 + rng.below(3);
    let mut release = String::from("release shop {\n  class = normal\n");
    for number in 0..services {
        let _ = writeln!(release, "  ship svc-{number}");
    }
    let emergency = rng.below(2) == 0;
    for number in 0..stages {
        environment(&mut text, &mut rng, number);
        let _ = write!(release, "  stage env-{number} {{\n    gates = [");
        let some: Vec<String> =
            (0..gates).filter(|_| rng.below(3) > 0).map(|gate| format!("gate-{gate}")).collect();
        let _ = writeln!(release, "{}]", some.join(", "));
        if rng.below(4) > 0 {
            let _ = writeln!(release, "    approval = chain-{}", rng.below(chains));
            if emergency {
                release += "    emergency = hotfix\n";
            }
        }
        match rng.below(3) {
            0 => {}
            1 => release += "    bake = 30 m\n",
            _ => release += "    rollout = slow()\n    bake = 1 h\n",
        }
        release += "  }\n";
    }
    if rng.below(4) > 0 {
        release += "  rollback { approval = back }\n";
    }
    text += "rollout slow() : canary {\n  step 10% hold 5 m\n  step 100%\n  on-breach = rollback\n}\n";
    text + &release + "}\n"
}

fn service(text: &mut String, rng: &mut Rng, number: usize) {
    let owner = *rng.pick(&["payments", "orders"]);
    let _ = write!(
        text,
        "service svc-{number} {{\n  owner = {owner}\n  repo = \"acme/generated\"\n  version = 1.{number}.0\n  provides api 1.{number}.0\n"
    );
    for target in (0..number).filter(|_| rng.below(2) == 0) {
        let _ = writeln!(text, "  requires svc-{target}.api ^1.0");
    }
    let _ = writeln!(
        text,
        "  build {{ run = \"make svc-{number}\"  output = image(\"ghcr.io/acme/svc-{number}\") }}"
    );
    if rng.below(2) == 0 {
        let _ = writeln!(text, "  test {{ run = \"make test-{number}\" }}");
    }
    if rng.below(3) == 0 {
        let _ = writeln!(text, "  smoke look {{ run = \"./smoke/{number}\" }}");
    }
    let means = *rng.pick(&["kubernetes(\"deployment/svc\")", "command(\"./deploy\")"]);
    let _ = writeln!(text, "  deploy with {means}\n}}");
}

fn gate(text: &mut String, rng: &mut Rng, number: usize) {
    let (evidence, condition) = *rng.pick(&[
        ("junit(\"reports/tests/*.xml\")", "tests.pass-rate >= 98%"),
        ("lcov(\"reports/coverage.lcov\")", "coverage.lines >= 80%"),
        ("trivy(\"reports/trivy.json\")", "vulnerabilities.count(severity = high) == 0"),
    ]);
    let _ = writeln!(text, "gate gate-{number} {{\n  evidence = {evidence}\n  require {condition}\n}}");
}

fn chain(text: &mut String, rng: &mut Rng, name: &str) {
    let _ = writeln!(text, "approval {name} {{");
    if rng.below(2) == 0 {
        text.push_str("  step peer { from = owner  need = 1 }\n");
    }
    let when = *rng.pick(&["", "  when = risk >= high"]);
    let _ = writeln!(text, "  step board {{ from = board  need = {}{when} }}", 1 + rng.below(3));
    if rng.below(2) == 0 {
        text.push_str("  step head { from = head  need = 1 }\n");
    }
    text.push_str("}\n");
}

fn environment(text: &mut String, rng: &mut Rng, number: usize) {
    let tier = if number == 0 { "staging" } else { "production" };
    let _ = writeln!(text, "environment env-{number} {{\n  tier = {tier}");
    if rng.below(2) == 0 {
        let _ = writeln!(text, "  lock = {}", rng.pick(&["shared", "other"]));
    }
    if rng.below(2) == 0 {
        let _ = writeln!(text, "  credentials = oidc(\"deploy-{number}\", ttl = 15 m)");
    }
    text.push_str("}\n");
}

/// A release with a text in every place that takes any text.
pub fn with_text(hostile: &str) -> String {
    let raw = format!("\"\"\"x {hostile} y\"\"\"");
    format!(
        r#"{PEOPLE}
service checkout {{
  owner = payments
  repo = "acme/generated"
  version = 1.0.0
  build {{ run = {raw}  output = archive({raw}) }}
  test {{ run = {raw} }}
  deploy with command({raw})
  smoke look {{ run = {raw} }}
}}
environment production {{
  tier = production
  credentials = oidc("""role {hostile} of nobody else""", ttl = 15 m)
}}
gate tests {{
  evidence = junit({raw})
  require tests.pass-rate >= 98%
}}
approval standard {{ step board {{ from = board  need = 2 }} }}
release shop {{
  class = normal
  change = {raw}
  ship checkout
  stage production {{ gates = [tests]  approval = standard }}
  rollback {{ approval = standard }}
}}
"#
    )
}

/// The same with commands that do nothing: whatever then does something is a text that was taken for code.
pub fn with_data(hostile: &str) -> String {
    let raw = format!("\"\"\"x {hostile} y\"\"\"");
    let command = |field: &str| (format!("{field} = {raw}"), format!("{field} = \"true\""));
    let (run, harmless) = command("run");
    let deploy = format!("command({raw})");
    with_text(hostile).replace(&run, &harmless).replace(&deploy, "command(\"true\")")
}

/// A project of one file whose pipelines are emitted for GitHub.
pub fn project(text: &str) -> crate::Fixture {
    let mut project = crate::Fixture::of(text);
    MANIFEST.clone_into(&mut project.manifest);
    project
}

/// A project of one file whose pipelines are emitted for GitLab.
pub fn for_gitlab(text: &str) -> crate::Fixture {
    let mut project = crate::Fixture::of(text);
    GITLAB.clone_into(&mut project.manifest);
    project
}

/// A project of one file whose releases are emitted for Argo.
pub fn for_argo(text: &str) -> crate::Fixture {
    let mut project = crate::Fixture::of(text);
    ARGO.clone_into(&mut project.manifest);
    project
}

/// The same project, whose records are signed.
pub fn signed(mut project: crate::Fixture) -> crate::Fixture {
    project.manifest = project.manifest.replace("ledger = { ", "ledger = { signed-by = \"keys.pem\", ");
    project.add("keys.pem", &crate::keys::public_pem());
    project
}

/// A release whose second wave is as wide as its first: each service of the one requires one of the other.
pub fn wide(services: usize) -> String {
    let mut spec = String::from(PEOPLE);
    let service = |name: String, requires: String| {
        format!(
            "service {name} {{ owner = payments  version = 1.0.0  provides api 1.0.0{requires}; deploy with command(\"true\") }}\n"
        )
    };
    for number in 0..services {
        spec += &service(format!("below{number}"), String::new());
        spec += &service(format!("above{number}"), format!("; requires below{number}.api ^1.0"));
    }
    spec += "environment staging { tier = staging }\nrelease wide {\n";
    for number in 0..services {
        let _ = writeln!(spec, "  ship below{number} 1.0.0; ship above{number} 1.0.0");
    }
    spec + "  stage staging {}\n}\n"
}

/// A small release that has everything: gates, two stages, chains, a way back and an emergency.
pub const SMALL: &str = r#"
team payments { members = [ana, ben, chloe] }
role board { members = [jonas, kira, leo] }
role on-call { members = [pia, quinn, rosa] }

service ledger {
  owner = payments
  repo = "acme/generated"
  version = 2.0.0
  provides api 2.0.0
  build { run = "make ledger"  output = image("ghcr.io/acme/ledger") }
  deploy with kubernetes("deployment/ledger")
}
service checkout {
  owner = payments
  repo = "acme/generated"
  version = 1.0.0
  requires ledger.api ^2.0
  build { run = "make checkout"  output = image("ghcr.io/acme/checkout") }
  deploy with kubernetes("deployment/checkout")
  smoke order { run = "./smoke/order"  timeout = 2 m }
  smoke cart { run = "./smoke/cart" }
}
gate tests {
  evidence = junit("reports/tests/*.xml")
  require tests.pass-rate >= 98%
}
checklist ready {
  item "Tests pass" gate tests
  item "The runbook was read" attested-by on-call within 30 d
}
approval standard {
  step peer { from = owner  need = 1 }
  step board { from = board  need = 2 }
}
approval quick { step on-call { from = on-call  need = 1 } }
flag new-cart {
  owner = payments
  service = checkout
  expires = 2099-01-31
  ramp {
    step 10% hold 1 d
    step 100%
    run = "./flags/apply"
  }
}
dataset carts {
  class = personal
  source = synthetic
  volume = 2 GB
  environments = [staging]
  provision = "make carts"
}
environment staging { tier = staging }
environment production {
  tier = production
  lock = shop
  credentials = oidc("deploy", ttl = 15 m)
  monitoring = prometheus("https://prometheus.example")
}
release shop {
  class = normal
  ship ledger
  ship checkout
  stage staging { gates = [tests] }
  stage production {
    gates = [tests]
    checklist = ready
    approval = standard
    emergency = quick
    bake = 1 h
    validate { require http.request-rate >= 10 rps over 30 m }
  }
  rollback {
    approval = quick
    when http.error-rate > 5% over 5 m
  }
}
"#;
