//! From compose files.

use super::{Memory, services, show};
use crate::propose;

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
