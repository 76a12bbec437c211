//! From what nobody should write.

use super::services;

#[test]
fn hostile_names_and_values() {
    let text = services([
        (
            "a \"quoted\" ${folder}/compose.yaml",
            r#"
services:
  2fa: { image: "x:1.0.0", depends_on: ["in", "no such } service", "ghost\n}\nservice evil {"] }
  in: { image: "${NOWHERE}/y:${TAG:?must be set}", build: ".", depends_on: ["a \"b\" ${c} \\"] }
  "a \"b\" ${c} \\": { image: "z:1.0.0\n}", build: { context: "../.." } }
  "line\nbreak": { image: "z:1.0.0" }
  "": {}
  staging: { image: "s:1", environment: { "X\n} service": "http://nobody:80" } }
  trailing-: { image: "registry:5000/t:9.9.9; rm -rf /", build: . }
  odd: [1, 2]
  "null": ~
"#,
        ),
        (
            "a \"quoted\" ${folder}/package.json",
            r#"{"version": "3.0.0", "description": "/// one\ntwo */ \u202e }"}"#,
        ),
    ]);
    insta::assert_snapshot!(text, @r#"
    ==> services.cw
    // Proposed by `clearway init` from a "quoted" ${folder}/compose.yaml.
    // `// ?` marks a guess: look at it, then delete the mark.
    // `any` accepts every version of what is required: narrow it, to `^1.4` for example, where a
    // service relies on more than that the other is there.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for 2fa, a "b" ${c} \, in, null and 3 more

    team owners { members = [] }  // ? say who owns what, and list the people

    service "2fa" {
      owner   = owners
      version = 1.0.0

      requires "in" any
      // ? depends on ghost } service evil {, which nothing here declares
      // ? depends on no such } service, which nothing here declares
    }

    service "a \"b\" \${c} \\" {
      owner   = owners
      version = 0.0.0  // ? tag 1.0.0 } is no version: say what runs today
    }

    /// one two */ }
    service "in" {
      owner   = owners
      version = from-file("a \"quoted\" \${folder}/package.json", "version")

      requires "a \"b\" \${c} \\" any
    }

    service null {
      owner   = owners
      version = 0.0.0  // ? no version found: say what runs today
    }

    service odd {
      owner   = owners
      version = 0.0.0  // ? no version found: say what runs today
    }

    service staging {
      owner   = owners
      version = 1

      // ? points at nobody (X } service), which nothing here deploys
    }

    /// one two */ }
    service "trailing-" {
      owner   = owners
      version = from-file("a \"quoted\" \${folder}/package.json", "version")
    }

    note: found 7 services in a "quoted" ${folder}/compose.yaml

    note: left out a service of a "quoted" ${folder}/compose.yaml: its name cannot be shown

    note: 8 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}

#[test]
fn what_cannot_be_read_becomes_a_note() {
    insta::assert_snapshot!(services([
        ("compose.yaml", "services:\n  web: { image: \"web:1.0.0\" }\n"),
        ("docker-compose.broken.yml", "services: [\n  }: {"),
        ("deploy/broken.yaml", "apiVersion: v1\nkind: Deployment\n\tname: x\n: : :"),
        ("deploy/other.yaml", "apiVersion: v1\nkind: Other\n\tname: x\n: : :"),
        ("deploy/binary.yaml", "\0\0"),
        ("web/package.json", "{"),
        ("vendor/compose.yaml", "services: { vendored: { image: x } }"),
    ]), @r#"
    ==> services.cw
    // Proposed by `clearway init` from compose.yaml.
    // `// ?` marks a guess: look at it, then delete the mark.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for web

    team owners { members = [] }  // ? say who owns what, and list the people

    service web {
      owner   = owners
      version = 1.0.0
    }

    note: found 1 service in compose.yaml

    note: left out deploy/binary.yaml: it is no readable text

    note: left out deploy/broken.yaml: while scanning a plain scalar, found a tab at line 2, column 7

    note: left out docker-compose.broken.yml: mismatched bracket '[' closed by '}' at line 1, column 11

    note: left out web/package.json: it is no valid file of its kind

    note: 2 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}
