//! From packages of languages alone.

use super::services;

#[test]
fn packages_alone() {
    insta::assert_snapshot!(services([
        ("Cargo.toml", "[workspace.package]\nversion = \"0.3.0\"\n"),
        ("Dockerfile", "FROM scratch"),
        ("VERSION", "4.1\n"),
        ("crates/api/Dockerfile", "FROM rust"),
        ("crates/api/Cargo.toml", "[package]\nname = \"api\"\nversion.workspace = true\ndescription = \"Answers\"\n"),
        ("tools/Dockerfile", "FROM scratch"),
    ]), @r#"
    ==> services.cw
    // Proposed by `clearway init` from Dockerfile, crates/api/Dockerfile and tools/Dockerfile.
    // `// ?` marks a guess: look at it, then delete the mark.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for api, shop and tools

    team owners { members = [] }  // ? say who owns what, and list the people

    /// Answers
    service api {
      owner   = owners
      version = from-file("Cargo.toml", "workspace.package.version")
    }

    service shop {
      owner   = owners
      version = from-file("VERSION")
    }

    service tools {
      owner   = owners
      version = 0.0.0  // ? no version found: say what runs today
    }

    note: found 3 services in Dockerfile, crates/api/Dockerfile and tools/Dockerfile

    note: 3 guesses are marked `// ?`: look at each, then delete the mark
    "#);
    insta::assert_snapshot!(services([("package.json", r#"{"name": "@acme/site", "version": "1.0.0"}"#)]), @r#"
    ==> services.cw
    // Proposed by `clearway init` from package.json.
    // `// ?` marks a guess: look at it, then delete the mark.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for site

    team owners { members = [] }  // ? say who owns what, and list the people

    service site {
      owner   = owners
      version = from-file("package.json", "version")
    }

    note: found 1 service in package.json

    note: 2 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}
