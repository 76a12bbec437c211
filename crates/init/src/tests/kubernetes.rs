//! From manifests of Kubernetes.

use super::{Memory, services, show};
use crate::propose;

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
