// Command find-terraform prints the path of the Terraform or OpenTofu that the project's other
// commands run, fetching one where there is none; with -env, lines for a shell to evaluate.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

func main() {
	env := flag.Bool("env", false, "print what a shell evaluates to give acceptance tests their environment")
	openTofu := flag.Bool("opentofu", false, "find OpenTofu, whatever else there is")
	flag.Parse()
	find := terraformcli.Find
	if *openTofu {
		find = terraformcli.FindOpenTofu
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	cli, err := find(ctx, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "find-terraform:", err)
		os.Exit(1)
	}
	if !*env {
		fmt.Println(cli.Path)
		return
	}
	fmt.Fprintf(os.Stderr, "Using %s %s: %s\n", cli.Product, cli.Version, cli.Path)
	fmt.Print(cli.ShellEnvironment())
}
