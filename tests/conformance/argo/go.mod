// The products whose schemas are read; nothing is built from this.
module clearway.dev/conformance/schemas

go 1.25

require (
	github.com/argoproj/argo-cd/v3 v3.3.0
	github.com/argoproj/argo-rollouts v1.9.0
	github.com/argoproj/argo-workflows/v4 v4.0.5
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
