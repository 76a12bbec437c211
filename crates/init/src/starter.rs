//! A small project to learn from, for a folder where nothing is recognised.

use crate::{NewFile, write};

/// The starter project.
pub(crate) fn files(project: &str) -> Vec<NewFile> {
    let file = |path: &str, text: &str| NewFile { path: path.to_owned(), text: text.to_owned() };
    vec![write::manifest(project), file("services.cw", SERVICES), file("release.cw", RELEASE)]
}

const SERVICES: &str = r#"// What is shipped: the services, who owns them, and what each needs of the others.

identity ana {}
identity ben {}
identity chris {}
identity dora {}

team shop { members = [ana, ben, chris, dora] }

/// Answers every question about products and orders.
service api {
  owner   = shop
  version = 1.0.0

  // A part that others may rely on, with a version and a promise of its own.
  provides http 1.0.0 stable-for 6 months

  build { run = "make -C api image"  output = image("ghcr.io/example/api") }
  deploy with kubernetes("deployment/api")
}

/// What customers see.
service web {
  owner   = shop
  version = 1.0.0

  // Any 1.x from 1.0 on will do. The order of a release follows from lines like this one.
  requires api.http ^1.0

  build { run = "make -C web image"  output = image("ghcr.io/example/web") }
  deploy with kubernetes("deployment/web")
}
"#;

const RELEASE: &str = r#"// How it is shipped: what must hold, who must agree, and how far a change goes at a time.

use services.shop

environment staging { tier = staging }
environment production { tier = production }

// A gate reads evidence; no report, or one without tests, is never a pass.
gate unit-tests {
  evidence = junit("reports/**/*.xml")
  require tests.pass-rate >= 95%
}

approval standard {
  step peer-review { from = owner  need = 1 }
  separate author, approver, deployer
}

// Going back must never wait for the approval of going forward.
approval rollback-fast {
  step on-call { from = shop  need = 1 }
  separate author, approver, deployer
}

// A canary: a growing share of the traffic goes to the new version, watched at each step.
rollout careful(max-errors: percent = 1%) : canary {
  step 5%  hold 10 m
  step 25% hold 20 m
  step 100%
  watch http.error-rate <= max-errors over 5 m
  on-breach = rollback
}

// No version stands here, so each service ships the one it declares; who asks for the release and
// under which change is said when it runs.
release weekly {
  ship api
  ship web

  stage staging { gates = [unit-tests] }
  stage production { gates = [unit-tests]  approval = standard  rollout = careful()  bake = 2 h }

  rollback { approval = rollback-fast }
}
"#;
