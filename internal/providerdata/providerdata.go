// Package providerdata is what the configured provider hands to its resources and data sources: its configuration, and the
// clients, which are made on first use.
package providerdata

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/planmemory"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// PreflightMode is when the plan-time checks against Azure DevOps are made.
type PreflightMode string

// The modes of the provider's argument preflight.
const (
	// PreflightAlways checks changed resources with errors, and unchanged ones with warnings.
	PreflightAlways PreflightMode = "always"
	// PreflightChanges checks changed resources only.
	PreflightChanges PreflightMode = "changes"
	// PreflightOff checks nothing online.
	PreflightOff PreflightMode = "off"
)

// Config is the provider's configuration.
type Config struct {
	// FlowURL is the address of Flow's Customer API.
	FlowURL *url.URL
	APIKey  string
	// FlowUnknown is set if the address or the key is known only after apply.
	FlowUnknown bool
	// Problems are what is missing, or wrong in the environment. They matter only where Flow is needed.
	Problems diag.Diagnostics
	// AzureDevOpsEndpoint is where Azure DevOps is reached instead of its public hosts; empty for those.
	AzureDevOpsEndpoint string
	// AzureDevOpsUnknown is set if that is known only after apply.
	AzureDevOpsUnknown bool
	// AzureDevOpsProblems are what is wrong with it in the environment. They are among Problems as well.
	AzureDevOpsProblems diag.Diagnostics
	// AzureDevOpsVendor is what Flow calls Azure DevOps Services; "" to find it out.
	AzureDevOpsVendor string
	Preflight         PreflightMode
	// TerraformVersion is the version of Terraform or OpenTofu that runs the provider.
	TerraformVersion string
	// HTTP is shared by all clients, with its limiter.
	HTTP httpclient.Options
}

// Data is one configured provider. It is safe for concurrent use and lives as long as one Terraform operation.
type Data struct {
	config    Config
	flow      func() *flow.Client
	preflight preflight.Runner
	importers importers
	// Plans is what planning remembers from one resource to the next.
	Plans planmemory.Memory
	// creation holds one value while nobody creates an integration.
	creation chan struct{}
}

// New takes the configuration. It makes no request and no client.
func New(config Config) *Data {
	if config.HTTP.Logger == nil {
		config.HTTP.Logger = slog.New(slog.DiscardHandler)
	}
	creation := make(chan struct{}, 1)
	creation <- struct{}{}
	return &Data{
		config:   config,
		creation: creation,
		flow: sync.OnceValue(func() *flow.Client {
			return flow.New(flow.Options{BaseURL: config.FlowURL, APIKey: config.APIKey, AzureDevOpsVendor: config.AzureDevOpsVendor, HTTP: config.HTTP})
		}),
	}
}

// From returns the Data among what the framework hands to Configure methods; nil while the provider is not configured, as
// during validation.
func From(handed any) (*Data, diag.Diagnostics) {
	if handed == nil {
		return nil, nil
	}
	data, ok := handed.(*Data)
	if !ok {
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Provider data of the wrong type",
			fmt.Sprintf("The provider handed out %T instead of *providerdata.Data. Report this to the provider's developers.", handed))}
	}
	return data, nil
}

// Flow returns the client, or what is missing for one.
func (d *Data) Flow() (*flow.Client, diag.Diagnostics) {
	if d.config.FlowUnknown {
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Flow's address or API key is not known yet",
			"The provider's workspace, base_url or api_key depends on something that is known only after apply, but Flow has to be asked now.\n\n"+
				"Set them to values that are known at plan time, use the environment variables FLOW_WORKSPACE and FLOW_API_KEY, "+
				"or apply what they depend on first with -target.")}
	}
	if d.config.Problems.HasError() {
		return nil, d.config.Problems
	}
	return d.flow(), nil
}

// FlowUnknown reports whether Flow cannot be asked before apply.
func (d *Data) FlowUnknown() bool { return d.config.FlowUnknown }

// IsAPIKey reports whether a secret is the API key.
func (d *Data) IsAPIKey(secret string) bool { return secret != "" && secret == d.config.APIKey }

// PreflightMode returns when the plan-time checks are made.
func (d *Data) PreflightMode() PreflightMode { return d.config.Preflight }

// Preflight checks a token against Azure DevOps, asking about each token once. It reports nothing while the address of
// Azure DevOps is unknown. The only error is an interrupt.
func (d *Data) Preflight(ctx context.Context, organization, token string, expectation preflight.Expectation) (preflight.Report, error) {
	if !d.knowsAzureDevOps() {
		return preflight.Report{}, nil
	}
	return d.preflight.Run(ctx, d.azureDevOps(organization, token), expectation)
}

// Evidence returns what Preflight judges. The only error is an interrupt.
func (d *Data) Evidence(ctx context.Context, organization, token string) (preflight.Evidence, error) {
	if !d.knowsAzureDevOps() {
		return preflight.Evidence{Organization: organization}, nil
	}
	return d.preflight.Evidence(ctx, d.azureDevOps(organization, token), true)
}

// CheckOrganization looks an organization up in Azure DevOps without a credential. The only error is an interrupt.
func (d *Data) CheckOrganization(ctx context.Context, organization string) ([]preflight.Finding, error) {
	if !d.knowsAzureDevOps() {
		return nil, nil
	}
	return preflight.CheckOrganizationExists(ctx, d.azureDevOps(organization, ""))
}

// knowsAzureDevOps reports whether the address is known to which a token is sent. Until then it is sent nowhere, least of
// all to the public hosts instead of the configured one.
func (d *Data) knowsAzureDevOps() bool {
	return !d.config.AzureDevOpsUnknown && !d.config.AzureDevOpsProblems.HasError()
}

// AzureDevOpsProblems returns why Azure DevOps cannot be asked, for callers that do not need Flow.
func (d *Data) AzureDevOpsProblems() diag.Diagnostics { return d.config.AzureDevOpsProblems }

// Workspace identifies the Flow workspace; it is "" where Flow returns no client.
func (d *Data) Workspace() identity.Workspace { return identity.WorkspaceAt(d.config.FlowURL) }

// TerraformVersion returns the version of Terraform or OpenTofu that runs the provider.
func (d *Data) TerraformVersion() string { return d.config.TerraformVersion }

// Logger returns the log.
func (d *Data) Logger() *slog.Logger { return d.config.HTTP.Logger }

// AwaitCreation waits until no other integration is being created, and holds the others back until done is called: of two
// with one name, the second then finds the first.
func (d *Data) AwaitCreation(ctx context.Context) (done func(), err error) {
	defer wait.Announce(ctx, d.Logger(), "another integration to be created")()
	select {
	case <-d.creation:
		return func() { d.creation <- struct{}{} }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (d *Data) azureDevOps(organization, token string) *azuredevops.Client {
	return azuredevops.New(azuredevops.Options{
		Organization: organization,
		Token:        token,
		Endpoint:     d.config.AzureDevOpsEndpoint,
		HTTP:         d.config.HTTP,
	})
}
