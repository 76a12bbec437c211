// The linter of Argo Rollouts, without the rest of its plugin: what `kubectl argo rollouts lint` does, built inside a copy of its module.
package main

import (
	"os"

	"github.com/argoproj/argo-rollouts/pkg/kubectl-argo-rollouts/cmd/lint"
	"github.com/argoproj/argo-rollouts/pkg/kubectl-argo-rollouts/options"
	"k8s.io/cli-runtime/pkg/genericclioptions"
)

func main() {
	streams := genericclioptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}
	command := lint.NewCmdLint(options.NewArgoRolloutsOptions(streams))
	if err := command.Execute(); err != nil {
		os.Exit(1)
	}
}
