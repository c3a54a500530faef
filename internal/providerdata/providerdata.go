// Package providerdata is what the configured provider hands to its resources and data sources: settings, clients made on
// first use, and the words for what a client reports.
package providerdata

import (
	"context"
	"fmt"
	"net/url"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
)

// PreflightMode says when the plan-time checks against Azure DevOps are made.
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

// Config is the provider's configuration, read but not used yet.
type Config struct {
	// FlowURL is the address of Flow's Customer API.
	FlowURL *url.URL
	APIKey  string
	// FlowUnknown tells that the address or the key is known only at apply.
	FlowUnknown bool
	// Problems say what is missing, or wrong in the environment; they concern only those who need Flow.
	Problems diag.Diagnostics
	// AzureDevOpsEndpoint is where Azure DevOps is reached instead of its public hosts; empty for those.
	AzureDevOpsEndpoint string
	// AzureDevOpsUnknown tells that this is known only at apply.
	AzureDevOpsUnknown bool
	// AzureDevOpsProblems say what is wrong with it in the environment. They are among Problems as well.
	AzureDevOpsProblems diag.Diagnostics
	Preflight           PreflightMode
	// HTTP is shared by all clients, with its limiter.
	HTTP httpclient.Options
}

// Data is one configured provider. It is safe for concurrent use and lives as long as one Terraform operation.
type Data struct {
	config    Config
	flow      func() *flow.Client
	preflight preflight.Runner
	importers importers
	// Replacements is what planning remembers from one object to the next.
	Replacements Replacements
	// Creation is held while an object is looked for and created, so that two of one name see each other.
	Creation sync.Mutex
}

// New takes the configuration; it makes no request and no client.
func New(config Config) *Data {
	return &Data{
		config: config,
		flow: sync.OnceValue(func() *flow.Client {
			return flow.New(flow.Options{BaseURL: config.FlowURL, APIKey: config.APIKey, HTTP: config.HTTP})
		}),
	}
}

// From takes the Data out of what the framework hands to Configure methods; nil while the provider is not configured,
// as during validation.
func From(handed any) (*Data, diag.Diagnostics) {
	if handed == nil {
		return nil, nil
	}
	data, ok := handed.(*Data)
	if !ok {
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Provider data of the wrong type",
			fmt.Sprintf("The provider handed out %T instead of *providerdata.Data. This is a bug in the provider; please report it.", handed))}
	}
	return data, nil
}

// Flow gives the client, or says what is missing for one.
func (d *Data) Flow() (*flow.Client, diag.Diagnostics) {
	if d.config.FlowUnknown {
		return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Flow's address or API key is not known yet",
			"The provider's workspace, base_url or api_key depends on something that is known only after apply, but Flow has to be asked now. "+
				"Give them values that are known at plan time, use the environment variables FLOW_WORKSPACE and FLOW_API_KEY, "+
				"or apply what they depend on first with -target.")}
	}
	if d.config.Problems.HasError() {
		return nil, d.config.Problems
	}
	return d.flow(), nil
}

// FlowUnknown tells a provider that cannot ask Flow before apply.
func (d *Data) FlowUnknown() bool { return d.config.FlowUnknown }

// PreflightMode says when the plan-time checks are made.
func (d *Data) PreflightMode() PreflightMode { return d.config.Preflight }

// Preflight checks a token against Azure DevOps, asking about each token once. It reports nothing while it is unknown where
// Azure DevOps is reached. The only error is an interrupt.
func (d *Data) Preflight(ctx context.Context, organization, token string, expectation preflight.Expectation) (preflight.Report, error) {
	if !d.knowsAzureDevOps() {
		return preflight.Report{}, nil
	}
	return d.preflight.Run(ctx, d.azureDevOps(organization, token), expectation)
}

// Evidence gives what Preflight judges. The only error is an interrupt.
func (d *Data) Evidence(ctx context.Context, organization, token string) (preflight.Evidence, error) {
	if !d.knowsAzureDevOps() {
		return preflight.Evidence{Organization: organization}, nil
	}
	return d.preflight.Evidence(ctx, d.azureDevOps(organization, token))
}

// knowsAzureDevOps tells whether it is settled where a token goes. Until then it goes nowhere, least of all to the public
// hosts instead of the ones that are meant.
func (d *Data) knowsAzureDevOps() bool {
	return !d.config.AzureDevOpsUnknown && !d.config.AzureDevOpsProblems.HasError()
}

// AzureDevOpsProblems say why Azure DevOps cannot be asked, for those who do not ask Flow as well.
func (d *Data) AzureDevOpsProblems() diag.Diagnostics { return d.config.AzureDevOpsProblems }

func (d *Data) azureDevOps(organization, token string) *azuredevops.Client {
	return azuredevops.New(azuredevops.Options{
		Organization: organization,
		Token:        token,
		Endpoint:     d.config.AzureDevOpsEndpoint,
		HTTP:         d.config.HTTP,
	})
}
