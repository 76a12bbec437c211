// Command argo-lint is `argo lint --offline`, and nothing else of the command line that it is part of.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/argoproj/argo-workflows/v4/cmd/argo/commands/client"
	"github.com/argoproj/argo-workflows/v4/cmd/argo/lint"
	"github.com/argoproj/argo-workflows/v4/util/logging"
)

func run(files []string) error {
	ctx := logging.WithLogger(context.Background(), logging.NewSlogLogger(logging.Error, logging.Text))
	client.Offline = true
	client.OfflineFiles = files
	ctx, api, err := client.NewAPIClient(ctx)
	if err != nil {
		return err
	}
	kinds := []string{"workflows", "workflowtemplates", "cronworkflows", "clusterworkflowtemplates"}
	options := lint.LintOptions{Files: files, Strict: true, DefaultNamespace: "argo", Printer: os.Stdout}
	return lint.RunLint(ctx, api, kinds, "simple", true, options)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
