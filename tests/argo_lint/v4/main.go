// Command argolint runs Argo's own offline validator over manifests: argolint FILE...
//
// It is the library behind "argo lint --offline", called once for all files, so that tests need no argo binary.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/argoproj/argo-workflows/v4/cmd/argo/lint"
	"github.com/argoproj/argo-workflows/v4/pkg/apiclient"
	"github.com/argoproj/argo-workflows/v4/pkg/apis/workflow"
)

func main() {
	files := os.Args[1:]
	ctx, client, err := apiclient.NewClientFromOptsWithContext(context.Background(), apiclient.Opts{Offline: true, OfflineFiles: files})
	if err == nil {
		options := lint.LintOptions{Files: files, Strict: true, DefaultNamespace: "argo", Printer: os.Stdout}
		kinds := []string{workflow.WorkflowPlural, workflow.WorkflowTemplatePlural, workflow.CronWorkflowPlural}
		err = lint.RunLint(ctx, client, kinds, "simple", true, options)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
