// Command rollouts-lint is `kubectl argo rollouts lint`, and nothing else of the command line that it is part of.
package main

import (
	"os"

	"github.com/argoproj/argo-rollouts/pkg/kubectl-argo-rollouts/cmd/lint"
	"github.com/argoproj/argo-rollouts/pkg/kubectl-argo-rollouts/options"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

func main() {
	streams := genericclioptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	if err := lint.NewCmdLint(options.NewArgoRolloutsOptions(streams)).Execute(); err != nil {
		os.Exit(1)
	}
}
