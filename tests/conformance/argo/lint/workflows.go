// The linter of Argo Workflows, without the rest of its command: what `argo lint --offline --strict` does, built inside a copy of its module.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/argoproj/argo-workflows/v4/cmd/argo/commands/client"
	"github.com/argoproj/argo-workflows/v4/cmd/argo/lint"
	wf "github.com/argoproj/argo-workflows/v4/pkg/apis/workflow"
	"github.com/argoproj/argo-workflows/v4/util/logging"
)

func run(ctx context.Context, files []string) error {
	client.Offline, client.OfflineFiles = true, files
	ctx, api, err := client.NewAPIClient(ctx)
	if err != nil {
		return err
	}
	kinds := []string{wf.WorkflowPlural, wf.WorkflowTemplatePlural, wf.CronWorkflowPlural, wf.ClusterWorkflowTemplatePlural}
	options := lint.LintOptions{Files: files, Strict: true, DefaultNamespace: "default", Printer: os.Stdout}
	return lint.RunLint(ctx, api, kinds, "simple", true, options)
}

func main() {
	ctx := logging.WithLogger(context.Background(), logging.NewSlogLogger(logging.Error, logging.Text))
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
