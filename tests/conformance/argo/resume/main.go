// What `argo resume RUN --namespace NAMESPACE --node-field-selector SELECTOR` does against a cluster, without the rest of its command, which needs
// the pages of a server: built inside a copy of the module of Argo Workflows.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/argoproj/argo-workflows/v4/cmd/argo/commands/client"
	"github.com/argoproj/argo-workflows/v4/pkg/apiclient/workflow"
	"github.com/argoproj/argo-workflows/v4/util/logging"
)

func run(ctx context.Context, name, namespace, selector string) error {
	ctx, api, err := client.NewAPIClient(ctx)
	if err != nil {
		return err
	}
	asked := &workflow.WorkflowResumeRequest{Name: name, Namespace: namespace, NodeFieldSelector: selector}
	_, err = api.NewWorkflowServiceClient(ctx).ResumeWorkflow(ctx, asked)
	return err
}

func main() {
	ctx := logging.WithLogger(context.Background(), logging.NewSlogLogger(logging.Error, logging.Text))
	if err := run(ctx, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
