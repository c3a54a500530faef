package provider

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// configure configures a provider with these arguments, and an environment of nothing but these variables.
func configure(t *testing.T, arguments map[string]any, environment map[string]string) (*providerdata.Data, diag.Diagnostics) {
	t.Helper()
	for _, variable := range []string{envWorkspace, envBaseURL, envAPIKey, envPreflight, envAzureDevOpsEndpoint} {
		t.Setenv(variable, environment[variable])
	}
	flow := New("1.2.3")()
	var described provider.SchemaResponse
	flow.Schema(t.Context(), provider.SchemaRequest{}, &described)
	kind, ok := described.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the schema is not an object")
	}
	values := map[string]tftypes.Value{}
	for name, attribute := range kind.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, arguments[name])
	}
	var response provider.ConfigureResponse
	flow.Configure(t.Context(), provider.ConfigureRequest{
		TerraformVersion: "1.11.4",
		Config:           tfsdk.Config{Schema: described.Schema, Raw: tftypes.NewValue(kind, values)},
	}, &response)
	data, _ := response.ResourceData.(*providerdata.Data)
	if response.DataSourceData != response.ResourceData {
		t.Error("resources and data sources get different data")
	}
	return data, response.Diagnostics
}

func TestConfiguringNeedsNothingUntilFlowIsAsked(t *testing.T) {
	data, diagnostics := configure(t, nil, nil)
	if len(diagnostics) > 0 || data == nil {
		t.Fatalf("diagnostics %v", diagnostics)
	}
	_, diagnostics = data.Flow()
	want := []string{
		"Missing Flow workspace: Flow has to be asked, but the provider does not know where it is. Set the provider's argument workspace (or base_url), " +
			"or the environment variable FLOW_WORKSPACE (or FLOW_BASE_URL).",
		"Missing Flow API key: Flow has to be asked, but the provider has no API key. Set the provider's argument api_key, or the environment variable FLOW_API_KEY.",
	}
	if diff := cmp.Diff(want, errorsOf(diagnostics)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheEnvironmentStandsInForTheConfiguration(t *testing.T) {
	tests := map[string]struct {
		arguments   map[string]any
		environment map[string]string
		preflight   providerdata.PreflightMode
	}{
		"arguments alone":          {map[string]any{"workspace": "acme", "api_key": "k3y", "preflight": "off"}, nil, "off"},
		"environment alone":        {nil, map[string]string{envWorkspace: "acme", envAPIKey: "k3y", envPreflight: "changes"}, "changes"},
		"base URL of environment":  {nil, map[string]string{envBaseURL: "https://flow.example.com", envAPIKey: "k3y"}, "always"},
		"arguments win":            {map[string]any{"workspace": "acme", "api_key": "k3y", "preflight": "off"}, map[string]string{envWorkspace: "!", envAPIKey: " ", envPreflight: "never"}, "off"},
		"base URL over base URL":   {map[string]any{"base_url": "http://127.0.0.1:1", "api_key": "k3y"}, map[string]string{envBaseURL: "http://127.0.0.1:2"}, "always"},
		"endpoint of environment":  {map[string]any{"workspace": "acme", "api_key": "k3y"}, map[string]string{envAzureDevOpsEndpoint: "http://127.0.0.1:8081/"}, "always"},
		"endpoint over the other":  {map[string]any{"workspace": "acme", "api_key": "k3y", "azure_devops_endpoint": "http://127.0.0.1:8081/"}, map[string]string{envAzureDevOpsEndpoint: "!"}, "always"},
		"other arguments are kept": {map[string]any{"workspace": "acme", "api_key": "k3y", "request_timeout": "2m", "max_concurrent_requests": 3}, nil, "always"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data, diagnostics := configure(t, test.arguments, test.environment)
			if len(diagnostics) > 0 {
				t.Fatalf("diagnostics %v", errorsOf(diagnostics))
			}
			if client, diagnostics := data.Flow(); client == nil || len(diagnostics) > 0 {
				t.Errorf("no client: %v", errorsOf(diagnostics))
			}
			if got := data.PreflightMode(); got != test.preflight {
				t.Errorf("preflight is %q, want %q", got, test.preflight)
			}
		})
	}
}

func TestTheLimitsOfRequestsAreTakenOver(t *testing.T) {
	t.Setenv(envAPIKey, "")
	for _, test := range []struct {
		model   model
		timeout time.Duration
		at      int
	}{
		{model{}, 30 * time.Second, 8},
		{model{RequestTimeout: types.StringValue("2m"), MaxConcurrentRequests: types.Int64Value(3)}, 2 * time.Minute, 3},
	} {
		if got := test.model.config().HTTP; got.Timeout != test.timeout || got.Limiter.Size() != test.at {
			t.Errorf("%s and %d requests at once, want %s and %d", got.Timeout, got.Limiter.Size(), test.timeout, test.at)
		}
	}
}

// TestAWrongVariableIsNamed: it is a problem of those who ask Flow, and none of configuring.
func TestAWrongVariableIsNamed(t *testing.T) {
	tests := map[string]struct {
		environment map[string]string
		summary     string
		parts       []string
	}{
		"both addresses": {
			map[string]string{envWorkspace: "acme", envBaseURL: "https://flow.example.com"},
			"Two environment variables exclude each other",
			[]string{"Both FLOW_WORKSPACE and FLOW_BASE_URL are set. Unset one."},
		},
		"key": {
			map[string]string{envAPIKey: "k3y-with a-space"},
			"Wrong environment variable FLOW_API_KEY",
			[]string{"white space"},
		},
		"preflight": {
			map[string]string{envPreflight: "never"},
			"Wrong environment variable FLOW_PREFLIGHT",
			[]string{`"never" is not a preflight mode: it is "always", "changes" or "off".`},
		},
		"endpoint": {
			map[string]string{envAzureDevOpsEndpoint: "http://ado.example.com"},
			"Wrong environment variable FLOW_AZURE_DEVOPS_ENDPOINT",
			[]string{"plain http", `such as "http://127.0.0.1:8081".`},
		},
		"workspace": {
			map[string]string{envWorkspace: "https://flow.example.com/"},
			"Wrong environment variable FLOW_WORKSPACE",
			[]string{`This is not the name of a workspace`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data, diagnostics := configure(t, nil, test.environment)
			if len(diagnostics) > 0 || data == nil {
				t.Fatalf("diagnostics %v", diagnostics)
			}
			client, diagnostics := data.Flow()
			if client != nil || len(diagnostics) != 1 || diagnostics[0].Summary() != test.summary {
				t.Fatalf("client %v, diagnostics %v", client, errorsOf(diagnostics))
			}
			for _, part := range test.parts {
				if !strings.Contains(diagnostics[0].Detail(), part) {
					t.Errorf("%q lacks %q", diagnostics[0].Detail(), part)
				}
			}
			if strings.Contains(diagnostics[0].Detail(), "k3y") {
				t.Errorf("the key is in %q", diagnostics[0].Detail())
			}
		})
	}
}

// What looks like a mistake is a warning, which names what wins and where requests go, and repeats no secret.
func TestDoubtsAreWarnings(t *testing.T) {
	token := strings.Repeat("s", 76) + "AZDO" + "abcd"
	for name, test := range map[string]struct {
		arguments   map[string]any
		environment map[string]string
		want        string
	}{
		"workspace, base URL in the environment": {
			map[string]any{"workspace": "acme", "api_key": "k3y"},
			map[string]string{envBaseURL: "http://127.0.0.1:2"},
			"FLOW_BASE_URL is ignored: The provider block sets workspace, which wins over the environment, so requests and the API key go to acme.appfireflow.com.\n\n" +
				"Remove workspace from the provider block to use the variable, or unset the variable.",
		},
		"base URL, workspace in the environment": {
			map[string]any{"base_url": "http://127.0.0.1:1", "api_key": "k3y"},
			map[string]string{envWorkspace: "acme"},
			"FLOW_WORKSPACE is ignored: The provider block sets base_url, which wins over the environment, so requests and the API key go to 127.0.0.1:1.\n\n" +
				"Remove base_url from the provider block to use the variable, or unset the variable.",
		},
		"a placeholder in the environment": {
			map[string]any{"workspace": "acme"},
			map[string]string{envAPIKey: "$(FLOW_API_KEY)"},
			"API key looks like a placeholder: It looks like a variable of Azure Pipelines that was not replaced ($(...)), so Flow will refuse it.\n\n" +
				"Set FLOW_API_KEY to the key that Flow showed when it was made.",
		},
		"a token in the environment": {
			map[string]any{"workspace": "acme"},
			map[string]string{envAPIKey: token},
			"API key looks like an Azure DevOps token: It has the form of a personal access token, which would be sent to Flow as the API key.\n\n" +
				"Set FLOW_API_KEY to Flow's API key. The token belongs into personal_access_token_wo of flow_ado_integration.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, diagnostics := configure(t, test.arguments, test.environment)
			if len(diagnostics) != 1 || diagnostics.HasError() {
				t.Fatalf("diagnostics %v, want one warning", diagnostics)
			}
			if diff := cmp.Diff(test.want, diagnostics[0].Summary()+": "+diagnostics[0].Detail()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	var response validator.StringResponse
	doubtfulKey{}.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("api_key"), ConfigValue: types.StringValue("<key>")}, &response)
	if response.Diagnostics.HasError() || response.Diagnostics.WarningsCount() != 1 {
		t.Errorf("a placeholder in the configuration: %v", response.Diagnostics)
	}
}

func TestFlowsAddressIsNotTheOneOfAzureDevOps(t *testing.T) {
	data, diagnostics := configure(t, map[string]any{"base_url": "http://127.0.0.1:1", "api_key": "k3y", "azure_devops_endpoint": "http://127.0.0.1:1"}, nil)
	if len(diagnostics) > 0 {
		t.Fatalf("diagnostics %v", errorsOf(diagnostics))
	}
	want := []string{"azure_devops_endpoint is Flow's address: Both azure_devops_endpoint (or FLOW_AZURE_DEVOPS_ENDPOINT) and the address of Flow are at 127.0.0.1:1, " +
		"so tokens would be sent to Flow.\n\nSet azure_devops_endpoint to the address of Azure DevOps, or remove it to use dev.azure.com."}
	if diff := cmp.Diff(want, errorsOf(data.AzureDevOpsProblems())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, problems := data.Flow(); len(problems) != 1 {
		t.Errorf("problems %v", errorsOf(problems))
	}
}

// TestAWrongEndpointKeepsTheTokenHere: a token that is meant for another address does not go to the public hosts.
func TestAWrongEndpointKeepsTheTokenHere(t *testing.T) {
	data, _ := configure(t, map[string]any{"workspace": "acme", "api_key": "k3y"}, map[string]string{envAzureDevOpsEndpoint: "127.0.0.1:8081"})
	if problems := data.AzureDevOpsProblems(); len(problems) != 1 {
		t.Errorf("problems %v", errorsOf(problems))
	}
	report, err := data.Preflight(t.Context(), "contoso", "token", preflight.Expectation{})
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("report %v, error %v", report, err)
	}
	if evidence, err := data.Evidence(t.Context(), "contoso", "token"); err != nil || evidence.Credential != azuredevops.VerdictUndecided {
		t.Errorf("evidence %v, error %v", evidence, err)
	}
}

func TestAnUnknownAddressOrKeyIsAnErrorOnlyForThoseWhoNeedFlow(t *testing.T) {
	for _, name := range []string{"workspace", "base_url", "api_key"} {
		t.Run(name, func(t *testing.T) {
			arguments := map[string]any{"api_key": "k3y", name: tftypes.UnknownValue}
			// The variables must not stand in for a value that is only not known yet.
			data, diagnostics := configure(t, arguments, map[string]string{envAPIKey: "other"})
			if len(diagnostics) > 0 || !data.FlowUnknown() {
				t.Fatalf("unknown %t, diagnostics %v", data.FlowUnknown(), errorsOf(diagnostics))
			}
			client, diagnostics := data.Flow()
			if client != nil || len(diagnostics) != 1 || diagnostics[0].Summary() != "Flow's address or API key is not known yet" {
				t.Errorf("client %v, diagnostics %v", client, errorsOf(diagnostics))
			}
		})
	}
}

func TestAValidatorShowsTheRuleOnItsAttribute(t *testing.T) {
	check := validString("a number", func(raw string) (int, error) {
		if raw == "1" {
			return 1, nil
		}
		return 0, errors.New("it is not")
	})
	for name, test := range map[string]struct {
		value types.String
		want  []string
	}{
		"good":    {types.StringValue("1"), nil},
		"null":    {types.StringNull(), nil},
		"unknown": {types.StringUnknown(), nil},
		"bad":     {types.StringValue("x"), []string{"Invalid value: expected a number: it is not."}},
	} {
		var response validator.StringResponse
		check.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("a"), ConfigValue: test.value}, &response)
		if diff := cmp.Diff(test.want, errorsOf(response.Diagnostics)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := check.Description(t.Context()); got != "value must be a number" || check.MarkdownDescription(t.Context()) != got {
		t.Errorf("description %q", got)
	}
}

func TestTheClientsRecordsGoToTerraformsLog(t *testing.T) {
	var output bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &output)
	logger := slog.New(logHandler{})
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		logger.Log(ctx, level, "request answered", "status", 200, "url", "http://flow.test/")
	}
	entries, err := tflogtest.MultilineJSONDecode(&output)
	if err != nil {
		t.Fatal(err)
	}
	var want []map[string]any
	for _, level := range []string{"debug", "info", "warn", "error"} {
		want = append(want, map[string]any{"@level": level, "@message": "request answered", "@module": "provider", "status": 200.0, "url": "http://flow.test/"})
	}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
