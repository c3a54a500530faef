// Command find-terraform prints the path of the Terraform or OpenTofu that the project's commands run. If there is none, it
// downloads or builds one.
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
	env := flag.Bool("env", false, "print the environment of acceptance tests, for a shell to evaluate")
	openTofu := flag.Bool("opentofu", false, "find OpenTofu, even if there is a Terraform")
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
