//! Whole proposals, from repositories in memory.

use crate::{Proposal, Repository, propose};
use proptest::prelude::*;
use std::collections::BTreeMap;

struct Memory(BTreeMap<String, String>);

impl Memory {
    fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self(files.map(|(path, text)| (path.to_owned(), text.to_owned())).into())
    }
}

impl Repository for Memory {
    fn files(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).filter(|text| !text.contains('\0')).cloned()
    }
}

/// All of a proposal, the files first.
fn show(proposal: &Proposal) -> String {
    let files = proposal.files.iter().map(|file| format!("==> {}\n{}", file.path, file.text));
    let notes = proposal.notes.iter().map(|note| format!("note: {note}\n"));
    files.chain(notes).collect::<Vec<_>>().join("\n")
}

/// The services alone, and the notes.
fn services<const N: usize>(files: [(&str, &str); N]) -> String {
    let mut proposal = propose("shop", &Memory::of(files));
    proposal.files.retain(|file| file.path == "services.cw");
    show(&proposal)
}

/// Whether strings are closed and braces balance on every line's way, as the lexer sees it.
fn is_well_formed(text: &str) -> bool {
    let mut open = 0_i32;
    for line in text.lines() {
        let mut rest = line.chars().peekable();
        let mut in_string = false;
        while let Some(c) = rest.next() {
            match c {
                '\\' if in_string => drop(rest.next()),
                '$' if in_string && rest.peek() == Some(&'{') => return false,
                '"' => in_string = !in_string,
                '/' if !in_string && rest.peek() == Some(&'/') => break,
                '{' if !in_string => open += 1,
                '}' if !in_string => open -= 1,
                _ => {}
            }
        }
        if in_string || open < 0 {
            return false;
        }
    }
    open == 0
}

#[test]
fn an_empty_folder_gets_the_starter() {
    let proposal = propose("my shop", &Memory::of([("README.md", "hello")]));
    let paths: Vec<&str> = proposal.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["clearway.toml", "services.cw", "release.cw"]);
    assert!(proposal.files.iter().all(|file| is_well_formed(&file.text)));
    insta::assert_snapshot!(proposal.files[0].text, @r#"
    [project]
    name = "my shop"
    "#);
    insta::assert_snapshot!(proposal.notes.join("\n"), @r#"found no services in this folder: here is a small project to start from"#);
}

#[test]
fn compose_in_both_forms() {
    let compose = r#"
x-common: &common
  restart: always
  environment: &settings
    REDIS_HOST: cache
services:
  web:
    <<: *common
    build: ./web
    image: ghcr.io/acme/web:${TAG:-2.1.0}
    depends_on: [api]
    links: ["api:backend"]
  api:
    build: { context: ., dockerfile: services/api/Dockerfile }
    environment:
      <<: *settings
      DATABASE_URL: postgres://shop:secret@db:5432/shop
      OTEL_EXPORTER_OTLP_ENDPOINT: http://collector:4317
    depends_on:
      db: { condition: service_healthy }
      mailer: { condition: service_started, required: false }
      search: { condition: service_started }
  worker:
    image: acme/worker:${WORKER}
    environment: ["BROKER=amqp://queue:5672", "API=http://api:8080/v1", "STRIPE=https://api.stripe.com"]
  db: { image: "postgres:16" }
  queue: { image: "rabbitmq:3.13-management" }
  cache: { image: "redis:alpine" }
  mailer: { image: "mailhog/mailhog" }
  collector: { image: "otel/opentelemetry-collector:0.104.0" }
"#;
    insta::assert_snapshot!(show(&propose("shop", &Memory::of([
        ("docker-compose.yml", compose),
        (".env", "# what runs\nWORKER=\"v4.5\"\n"),
        ("web/package.json", r#"{"name": "web", "version": "2.1.0", "description": "What customers see"}"#),
        ("web/node_modules/x/package.json", r#"{"version": "9.9.9"}"#),
        ("services/api/pyproject.toml", "[tool.poetry]\nname = \"api\"\nversion = \"1.4.2\"\n"),
        ("services/api/Dockerfile", "FROM python"),
    ]))), @r#"
    ==> clearway.toml
    [project]
    name = "shop"

    ==> services.cw
    // Proposed by `clearway init` from docker-compose.yml.
    // `// ?` marks a guess: look at it, then delete the mark.
    // `any` accepts every version of what is required: narrow it, to `^1.4` for example, where a
    // service relies on more than that the other is there.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for api, cache, collector, db and 4 more

    team owners { members = [] }  // ? say who owns what, and list the people

    service api {
      owner   = owners
      version = from-file("services/api/pyproject.toml", "tool.poetry.version")

      requires cache any
      requires collector any weak  // ? OTEL_EXPORTER_OTLP_ENDPOINT reads like telemetry, which never blocks
      requires db any
      requires mailer any optional
      // ? depends on search, which nothing here declares
    }

    service cache {
      owner   = owners
      version = 0.0.0  // ? tag alpine is no version: say what runs today
    }

    service collector {
      owner   = owners
      version = 0.104.0
    }

    service db {
      owner   = owners
      version = 16
    }

    service mailer {
      owner   = owners
      version = 0.0.0  // ? image mailhog/mailhog has no tag: say what runs today
    }

    service queue {
      owner   = owners
      version = 3.13  // ? from tag 3.13-management
    }

    /// What customers see
    service web {
      owner   = owners
      version = from-file("web/package.json", "version")

      build { run = "docker compose -f docker-compose.yml build web"  output = image("ghcr.io/acme/web") }

      requires api any
      requires cache any
    }

    service worker {
      owner   = owners
      version = 4.5

      requires api any
      requires queue any
    }

    ==> release.cw
    // One release that takes every service to staging, and from there to production.
    // What usually comes next: gates over test reports, an approval chain and a rollout in steps.

    environment staging { tier = staging }
    environment production { tier = production }

    release first {
      ship api
      ship cache
      ship collector
      ship db
      ship mailer
      ship queue
      ship web
      ship worker

      stage staging {}
      stage production {}
    }

    note: found 8 services in docker-compose.yml

    note: 7 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}

const FRONTEND: &str = r#"
# Copyright
apiVersion: apps/v1
kind: Deployment
metadata: { name: frontend }
spec:
  selector: { matchLabels: { app: frontend } }
  template:
    metadata: { labels: { app: frontend } }
    spec:
      containers:
      - name: server
        image: us-central1-docker.pkg.dev/demo/frontend:v0.10.6
        env:
        - { name: PORT, value: "8080" }
        - { name: CART_SERVICE_ADDR, value: "cartservice:7070" }
        - { name: SHOPPING_ASSISTANT_SERVICE_ADDR, value: "shoppingassistantservice:80" }
        - { name: COLLECTOR_SERVICE_ADDR, value: "collector.observe.svc:4317" }
        - { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
---
apiVersion: v1
kind: Service
metadata: { name: frontend }
spec: { selector: { app: frontend }, ports: [{ port: 80 }] }
"#;

const CART: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: Deployment
  metadata: { name: cartservice }
  spec:
    template:
      spec:
        containers:
        - name: server
          image: demo/cartservice:v0.10.5@sha256:00
          envFrom: [{ configMapRef: { name: cart } }]
- apiVersion: v1
  kind: ConfigMap
  metadata: { name: cart }
  data: { REDIS_ADDR: "redis:6379" }
- apiVersion: apps/v1
  kind: StatefulSet
  metadata: { name: redis-cart }
  spec:
    template:
      metadata: { labels: { app: redis-cart, tier: store } }
      spec: { containers: [{ name: redis, image: "redis:7.2-alpine" }] }
- apiVersion: v1
  kind: Service
  metadata: { name: redis }
  spec: { selector: { app: redis-cart } }
"#;

const COLLECTOR: &str = r#"
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: collector, namespace: observe }
spec: { template: { spec: { containers: [{ image: "collector:latest" }] } } }
"#;

#[test]
fn kubernetes_manifests() {
    insta::assert_snapshot!(show(&propose("boutique", &Memory::of([
        (".github/CODEOWNERS", "* @ana @ben\n/src/frontend/ @acme/Web.UI  # the site\n*.md docs@acme.example\n"),
        ("k8s/frontend.yaml", FRONTEND),
        ("k8s/cart.yaml", CART),
        ("k8s/collector.yml", COLLECTOR),
        ("release/all.yaml", &FRONTEND.replace("v0.10.6", "v0.10.7")),
        ("src/frontend/Dockerfile", "FROM scratch"),
        ("src/cartservice/package.json", r#"{"version": "0.0.1"}"#),
        ("chart/templates/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n"),
        ("chart/templates/job.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: \"{{ .Name }}-x\" }\n"),
        (".github/workflows/ci.yml", "on: push\njobs: {}\n"),
    ]))), @r#"
    ==> clearway.toml
    [project]
    name = "boutique"

    ==> services.cw
    // Proposed by `clearway init` from k8s/cart.yaml, k8s/collector.yml, k8s/frontend.yaml and release/all.yaml.
    // `// ?` marks a guess: look at it, then delete the mark.
    // `any` accepts every version of what is required: narrow it, to `^1.4` for example, where a
    // service relies on more than that the other is there.

    identity ana { github = "ana" }
    identity ben { github = "ben" }
    team web-ui { members = [] }  // ? list the people of @acme/Web.UI
    team ana-and-ben-team { members = [ana, ben] }

    service cartservice {
      owner   = ana-and-ben-team
      version = 0.10.5  // ? src/cartservice/package.json says 0.0.1

      deploy with kubernetes("deployment/cartservice")

      requires redis-cart any
    }

    service collector {
      owner   = ana-and-ben-team
      version = 0.0.0  // ? tag latest is no version: say what runs today

      deploy with kubernetes("daemonset/collector", namespace = "observe")
    }

    service frontend {
      owner   = web-ui
      version = 0.10.6  // ? release/all.yaml says 0.10.7

      deploy with kubernetes("deployment/frontend")

      requires cartservice any
      requires collector any weak  // ? COLLECTOR_SERVICE_ADDR reads like telemetry, which never blocks
      // ? points at shoppingassistantservice (SHOPPING_ASSISTANT_SERVICE_ADDR), which nothing here deploys
    }

    service redis-cart {
      owner   = ana-and-ben-team
      version = 7.2  // ? from tag 7.2-alpine

      deploy with kubernetes("statefulset/redis-cart")
    }

    ==> release.cw
    // One release that takes every service to staging, and from there to production.
    // What usually comes next: gates over test reports, an approval chain and a rollout in steps.

    environment staging { tier = staging }
    environment production { tier = production }

    release first {
      ship cartservice
      ship collector
      ship frontend
      ship redis-cart

      stage staging {}
      stage production {}
    }

    note: found 4 services in k8s/cart.yaml, k8s/collector.yml, k8s/frontend.yaml and release/all.yaml

    note: took owners from .github/CODEOWNERS

    note: left out 2 templated files (chart/templates/job.yaml and chart/templates/web.yaml): render them, for example with `helm template`, to have them read

    note: 7 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}

#[test]
fn several_workloads_behind_one_service() {
    let reviews = |version: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: reviews-{version} }}\nspec:\n  template:\n    \
             metadata: {{ labels: {{ app: reviews }} }}\n    spec: {{ containers: [{{ image: 'reviews:{version}' }}] }}\n---\n"
        )
    };
    let page = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: page }\nspec: { template: { spec: { containers: \
                [{ env: [{ name: REVIEWS, value: 'http://reviews.default:9080' }] }] } } }\n---\n\
                apiVersion: v1\nkind: Service\nmetadata: { name: reviews }\nspec: { selector: { app: reviews } }\n";
    insta::assert_snapshot!(services([("bookinfo.yaml", &(reviews("v1") + &reviews("v2") + page))]), @r#"
    ==> services.cw
    // Proposed by `clearway init` from bookinfo.yaml.
    // `// ?` marks a guess: look at it, then delete the mark.
    // `any` accepts every version of what is required: narrow it, to `^1.4` for example, where a
    // service relies on more than that the other is there.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for page

    team owners { members = [] }  // ? say who owns what, and list the people

    service page {
      owner   = owners
      version = 0.0.0  // ? no version found: say what runs today

      requires reviews-v1 any  // ? reviews.default is any of reviews-v1 and reviews-v2
    }

    service reviews-v1 {
      owner   = owners
      version = 1

      deploy with kubernetes("deployment/reviews-v1")
    }

    service reviews-v2 {
      owner   = owners
      version = 2

      deploy with kubernetes("deployment/reviews-v2")
    }

    note: found 3 services in bookinfo.yaml

    note: 4 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}

#[test]
fn cycles_are_opened() {
    insta::assert_snapshot!(services([("compose.yaml", r#"
services:
  a: { image: "a:1.0.0", depends_on: [b], environment: { SELF: "http://a:80" } }
  b: { image: "b:1.0.0", environment: { C_URL: "http://c:80" } }
  c: { image: "c:1.0.0", environment: { A_URL: "http://a:80", B_URL: "http://b:80" } }
"#)]), @r#"
    ==> services.cw
    // Proposed by `clearway init` from compose.yaml.
    // `// ?` marks a guess: look at it, then delete the mark.
    // `any` accepts every version of what is required: narrow it, to `^1.4` for example, where a
    // service relies on more than that the other is there.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for a, b and c

    team owners { members = [] }  // ? say who owns what, and list the people

    service a {
      owner   = owners
      version = 1.0.0

      requires b any
    }

    service b {
      owner   = owners
      version = 1.0.0

      requires c any
    }

    service c {
      owner   = owners
      version = 1.0.0

      requires a any optional  // ? a needs c too, directly or not: which starts first?
      requires b any optional  // ? b needs c too, directly or not: which starts first?
    }

    note: found 3 services in compose.yaml

    note: c and a need each other, directly or not: c takes a as optional

    note: c and b need each other, directly or not: c takes b as optional

    note: 4 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}

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

#[test]
fn one_name_in_two_folders() {
    insta::assert_snapshot!(services([
        ("one/compose.yaml", "services:\n  web: { image: \"web:1.0.0\" }\n"),
        ("two/compose.yaml", "services:\n  web: { image: \"web:2.0.0\" }\n"),
    ]), @r#"
    ==> services.cw
    // Proposed by `clearway init` from one/compose.yaml and two/compose.yaml.
    // `// ?` marks a guess: look at it, then delete the mark.
    // ? no `deploy with kubernetes("deployment/NAME")` or the like could be told for web

    team owners { members = [] }  // ? say who owns what, and list the people

    service web {
      owner   = owners
      version = 1.0.0  // ? two/compose.yaml says 2.0.0
    }

    note: found 1 service in one/compose.yaml and two/compose.yaml

    note: web stands in compose files of two folders (one/ and two/): taken as one service

    note: 3 guesses are marked `// ?`: look at each, then delete the mark
    "#);
}

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

/// Texts of a few of these characters.
fn made_of(characters: &'static str, most: usize) -> impl Strategy<Value = String> {
    let characters: Vec<char> = characters.chars().collect();
    prop::collection::vec(prop::sample::select(characters), 0..=most).prop_map(String::from_iter)
}

fn anything(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>(), 0..=most).prop_map(String::from_iter)
}

/// What may stand in the value of a variable.
fn address((with_scheme, host, port): (bool, String, Option<u16>)) -> String {
    let scheme = if with_scheme { "tcp://" } else { "" };
    let port = port.map(|port| format!(":{port}"));
    format!("{scheme}{host}{}", port.unwrap_or_default())
}

proptest! {
    #[test]
    fn nothing_breaks_the_syntax(
        name in prop_oneof![anything(12), made_of("abz\"\\${}\n/ *-", 12)],
        image in prop_oneof![anything(20), made_of("az09:.$\"{}/@\n-", 20)],
        variable in (made_of("AZ\"\n", 5), prop::sample::select(&["ADDR", "URL"])).prop_map(|(begin, end)| begin + end),
        value in (prop::bool::ANY, made_of("az\"\\${}\n.-", 10), prop::option::of(0u16..9999)).prop_map(address),
        about in anything(40),
        project in anything(40),
    ) {
        let json = serde_json::json!({"services": {
            name.as_str(): {"image": image, "build": name, "depends_on": [value, name, "web"], "environment": {variable.as_str(): value}},
            "web": {"image": image, "depends_on": [name], "build": "."},
        }});
        let package = serde_json::json!({"version": "1.0.0", "description": about}).to_string();
        let owners = format!("* @{name} {value}@x\n");
        let repository = Memory::of([
            ("compose.yaml", &json.to_string()), ("package.json", &package), ("CODEOWNERS", &owners),
        ]);
        let proposal = propose(&project, &repository);
        prop_assert!(!proposal.files.is_empty());
        for file in &proposal.files[1..] {
            prop_assert!(is_well_formed(&file.text), "{}", file.text);
        }
        let manifest: toml::Table = proposal.files[0].text.parse().unwrap();
        prop_assert!(manifest["project"]["name"].as_str().is_some_and(|name| !name.is_empty()));
        prop_assert!(proposal.notes.iter().all(|note| note.lines().count() == 1));
    }

    #[test]
    fn any_file_is_read_without_harm(compose in anything(40), manifest in anything(40), owners in anything(40)) {
        let repository = Memory::of([
            ("compose.yaml", &compose),
            ("x.yaml", &format!("apiVersion: v1\nkind: Deployment\n{manifest}")),
            ("CODEOWNERS", &owners),
            ("package.json", &owners),
            ("Cargo.toml", &manifest),
        ]);
        propose("x", &repository);
    }
}
