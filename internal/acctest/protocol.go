package acctest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
)

// Protocol calls a provider that is configured for a sandbox in Terraform's own protocol, for behavior that the machine's
// Terraform may be too old to show. A failed call fails the test; diagnostics are returned.
type Protocol struct {
	t          testing.TB
	server     tfprotov6.ProviderServer
	resources  map[string]tftypes.Type
	lists      map[string]tftypes.Type
	data       map[string]tftypes.Type
	identities map[string]tftypes.Type
	actions    map[string]tftypes.Type
	ephemeral  map[string]tftypes.Type
}

// Values are an object's attributes, as encoding/json decodes them. A missing one is null, and so is a nil map.
type Values map[string]any

// Unknown is the value of an attribute that is known after apply.
const Unknown = unknown("(known after apply)")

type unknown string

// Instance is all that Terraform keeps of a resource.
type Instance struct {
	State, Identity Values
	Private         []byte
	// Replaces is set in a plan that replaces the instance.
	Replaces bool
}

// Diagnostic is one of the protocol's.
type Diagnostic = tfprotov6.Diagnostic

// Protocol configures a provider with these arguments besides the sandbox's addresses and API key.
func (s *Sandbox) Protocol(t testing.TB, arguments Values) *Protocol {
	t.Helper()
	return s.ProtocolOf(t, "1.16.0", arguments)
}

// ProtocolOf is Protocol for a version of Terraform.
func (s *Sandbox) ProtocolOf(t testing.TB, version string, arguments Values) *Protocol {
	t.Helper()
	return s.protocol(t, provider.New("test"), version, arguments)
}

// ProtocolThrough is Protocol with a transport that sends the provider's requests.
func (s *Sandbox) ProtocolThrough(t testing.TB, transport http.RoundTripper, arguments Values) *Protocol {
	t.Helper()
	return s.protocol(t, provider.NewThrough("test", transport), "1.16.0", arguments)
}

func (s *Sandbox) protocol(t testing.TB, newProvider func() frameworkprovider.Provider, version string, arguments Values) *Protocol {
	t.Helper()
	server := providerserver.NewProtocol6(newProvider())()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(t, err)
	p := &Protocol{
		t: t, server: server,
		resources: types(schemas.ResourceSchemas), lists: types(schemas.ListResourceSchemas),
		data: types(schemas.DataSourceSchemas), identities: types(identities.IdentitySchemas),
		actions: map[string]tftypes.Type{}, ephemeral: types(schemas.EphemeralResourceSchemas),
	}
	for name, action := range schemas.ActionSchemas {
		p.actions[name] = action.Schema.ValueType()
	}
	config := Values{"base_url": s.FlowBaseURL(), "api_key": s.APIKey(), "azure_devops_endpoint": s.AzureDevOpsEndpoint()}
	maps.Copy(config, arguments)
	configured, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: version, Config: p.encode(schemas.Provider.ValueType(), config),
	})
	must(t, err)
	if len(configured.Diagnostics) > 0 {
		t.Fatalf("configuring the provider: %s", Sentences(configured.Diagnostics))
	}
	return p
}

func types[S interface{ ValueType() tftypes.Type }](schemas map[string]S) map[string]tftypes.Type {
	all := make(map[string]tftypes.Type, len(schemas))
	for name, schema := range schemas {
		all[name] = schema.ValueType()
	}
	return all
}

// Must returns the instance that another method returned, and fails the test if there are diagnostics.
func (p *Protocol) Must(instance Instance, diagnostics []*Diagnostic) Instance {
	p.t.Helper()
	if len(diagnostics) > 0 {
		p.t.Fatalf("got diagnostics:\n%s", Sentences(diagnostics))
	}
	return instance
}

// Import imports by id, or by identity if the id is empty.
func (p *Protocol) Import(resource, id string, identity Values) (Instance, []*Diagnostic) {
	p.t.Helper()
	request := &tfprotov6.ImportResourceStateRequest{TypeName: resource, ID: id}
	if id == "" {
		request.Identity = p.identity(resource, identity)
	}
	response, err := p.server.ImportResourceState(p.t.Context(), request)
	must(p.t, err)
	if len(response.ImportedResources) == 0 {
		return Instance{}, response.Diagnostics
	}
	imported := response.ImportedResources[0]
	return p.instance(resource, imported.State, imported.Identity, imported.Private), response.Diagnostics
}

// Read refreshes an instance.
func (p *Protocol) Read(resource string, current Instance) (Instance, []*Diagnostic) {
	p.t.Helper()
	response, err := p.server.ReadResource(p.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: resource, CurrentState: p.encode(p.resources[resource], current.State),
		CurrentIdentity: p.identity(resource, current.Identity), Private: current.Private,
	})
	must(p.t, err)
	return p.instance(resource, response.NewState, response.NewIdentity, response.Private), response.Diagnostics
}

// Plan returns the planned instance. A nil config plans its destruction.
func (p *Protocol) Plan(resource string, prior Instance, config Values) (Instance, []*Diagnostic) {
	p.t.Helper()
	var proposed Values
	if config != nil {
		proposed = maps.Clone(prior.State)
		if proposed == nil {
			proposed = Values{}
		}
		maps.Copy(proposed, config)
	}
	response, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: resource, Config: p.encode(p.resources[resource], config),
		PriorState: p.encode(p.resources[resource], prior.State), ProposedNewState: p.encode(p.resources[resource], proposed),
		PriorIdentity: p.identity(resource, prior.Identity), PriorPrivate: prior.Private,
	})
	must(p.t, err)
	planned := p.instance(resource, response.PlannedState, response.PlannedIdentity, response.PlannedPrivate)
	planned.Replaces = len(response.RequiresReplace) > 0
	return planned, response.Diagnostics
}

// Apply plans and applies; the diagnostics are those of both.
func (p *Protocol) Apply(resource string, prior Instance, config Values) (Instance, []*Diagnostic) {
	p.t.Helper()
	planned, diagnostics := p.Plan(resource, prior, config)
	if HasError(diagnostics) {
		return prior, diagnostics
	}
	applied, more := p.ApplyPlanned(resource, prior, planned, config)
	return applied, append(diagnostics, more...)
}

// ApplyPlanned applies what Plan returned. It does not plan again, as Terraform does.
func (p *Protocol) ApplyPlanned(resource string, prior, planned Instance, config Values) (Instance, []*Diagnostic) {
	p.t.Helper()
	response, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: resource, Config: p.encode(p.resources[resource], config),
		PriorState: p.encode(p.resources[resource], prior.State), PlannedState: p.encode(p.resources[resource], planned.State),
		PlannedIdentity: p.identity(resource, planned.Identity), PlannedPrivate: planned.Private,
	})
	must(p.t, err)
	return p.instance(resource, response.NewState, response.NewIdentity, response.Private), response.Diagnostics
}

// Listed is one result of a list resource.
type Listed struct {
	DisplayName        string
	Identity, Resource Values
	Diagnostics        []*Diagnostic
}

// List returns the results of a list resource. A nil config is that of a list block without one; limit 0 is none.
func (p *Protocol) List(resource string, config Values, includeResource bool, limit int64) []Listed {
	p.t.Helper()
	server, ok := p.server.(tfprotov6.ListResourceServer)
	if !ok {
		p.t.Fatal("the provider's server has no list resources")
	}
	response, err := server.ListResource(p.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: resource, Config: p.encode(p.lists[resource], config), IncludeResource: includeResource, Limit: limit,
	})
	must(p.t, err)
	var all []Listed
	for result := range response.Results {
		listed := Listed{DisplayName: result.DisplayName, Resource: p.decode(p.resources[resource], result.Resource), Diagnostics: result.Diagnostics}
		if result.Identity != nil {
			listed.Identity = p.decode(p.identities[resource], result.Identity.IdentityData)
		}
		all = append(all, listed)
	}
	return all
}

// Delete destroys an instance without a plan of that, as Terraform does for one half of a replacement.
func (p *Protocol) Delete(resource string, prior Instance) (Instance, []*Diagnostic) {
	p.t.Helper()
	return p.ApplyPlanned(resource, prior, Instance{Identity: prior.Identity, Private: prior.Private}, nil)
}

// ReadData reads a data source.
func (p *Protocol) ReadData(dataSource string, config Values) (Values, []*Diagnostic) {
	p.t.Helper()
	response, err := p.server.ReadDataSource(p.t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: dataSource, Config: p.encode(p.data[dataSource], config),
	})
	must(p.t, err)
	return p.decode(p.data[dataSource], response.State), response.Diagnostics
}

// Open opens an ephemeral resource, and returns its values.
func (p *Protocol) Open(ephemeral string, config Values) (Values, []*Diagnostic) {
	p.t.Helper()
	response, err := p.server.OpenEphemeralResource(p.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: ephemeral, Config: p.encode(p.ephemeral[ephemeral], config),
	})
	must(p.t, err)
	return p.decode(p.ephemeral[ephemeral], response.Result), response.Diagnostics
}

// GenerateConfig returns the configuration that Terraform would generate for a resource.
func (p *Protocol) GenerateConfig(resource string, state Values) Values {
	p.t.Helper()
	response, err := p.server.GenerateResourceConfig(p.t.Context(), &tfprotov6.GenerateResourceConfigRequest{
		TypeName: resource, State: p.encode(p.resources[resource], state),
	})
	must(p.t, err)
	if len(response.Diagnostics) > 0 {
		p.t.Fatalf("generating a configuration: %s", Sentences(response.Diagnostics))
	}
	config := p.decode(p.resources[resource], response.Config)
	maps.DeleteFunc(config, func(_ string, value any) bool { return value == nil })
	return config
}

// Validate checks a resource's configuration.
func (p *Protocol) Validate(resource string, config Values) []*Diagnostic {
	p.t.Helper()
	response, err := p.server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: resource, Config: p.encode(p.resources[resource], config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	must(p.t, err)
	return response.Diagnostics
}

// Invoke validates and invokes an action, and returns its progress messages.
func (p *Protocol) Invoke(ctx context.Context, action string, config Values) (progress []string, diagnostics []*Diagnostic) {
	p.t.Helper()
	server, ok := p.server.(tfprotov6.ActionServer)
	if !ok {
		p.t.Fatal("the provider's server has no actions")
	}
	encoded := p.encode(p.actions[action], config)
	validated, err := server.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: action, Config: encoded})
	must(p.t, err)
	if len(validated.Diagnostics) > 0 {
		return nil, validated.Diagnostics
	}
	response, err := server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: action, Config: encoded})
	must(p.t, err)
	for event := range response.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diagnostics = event.Diagnostics
		}
	}
	return progress, diagnostics
}

// Sentences formats diagnostics.
func Sentences(diagnostics []*Diagnostic) string {
	var all strings.Builder
	for _, d := range diagnostics {
		fmt.Fprintf(&all, "%s: %s: %s\n", d.Severity, d.Summary, d.Detail)
	}
	return all.String()
}

// HasError reports whether one of the diagnostics is an error.
func HasError(diagnostics []*Diagnostic) bool {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return true
		}
	}
	return false
}

func (p *Protocol) instance(resource string, state *tfprotov6.DynamicValue, identity *tfprotov6.ResourceIdentityData, private []byte) Instance {
	instance := Instance{State: p.decode(p.resources[resource], state), Private: private}
	if identity != nil {
		instance.Identity = p.decode(p.identities[resource], identity.IdentityData)
	}
	return instance
}

// identity returns nil for no values, which is what an older Terraform sends.
func (p *Protocol) identity(resource string, values Values) *tfprotov6.ResourceIdentityData {
	if values == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: p.encode(p.identities[resource], values)}
}

func (p *Protocol) encode(as tftypes.Type, values Values) *tfprotov6.DynamicValue {
	p.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(as, p.value(as, map[string]any(values)))
	must(p.t, err)
	return &encoded
}

// value converts a value of Values, filling in nulls.
func (p *Protocol) value(as tftypes.Type, of any) tftypes.Value {
	p.t.Helper()
	fields, isObject := of.(map[string]any)
	switch object, ok := as.(tftypes.Object); {
	case of == Unknown:
		return tftypes.NewValue(as, tftypes.UnknownValue)
	case of == nil || isObject && fields == nil:
		return tftypes.NewValue(as, nil)
	case ok && isObject:
		attributes := make(map[string]tftypes.Value, len(object.AttributeTypes))
		for name, attribute := range object.AttributeTypes {
			attributes[name] = p.value(attribute, fields[name])
		}
		return tftypes.NewValue(as, attributes)
	}
	encoded, err := json.Marshal(of)
	must(p.t, err)
	value, err := (tfprotov6.RawState{JSON: encoded}).Unmarshal(as)
	must(p.t, err)
	return value
}

func (p *Protocol) decode(as tftypes.Type, encoded *tfprotov6.DynamicValue) Values {
	p.t.Helper()
	if encoded == nil {
		return nil
	}
	value, err := encoded.Unmarshal(as)
	must(p.t, err)
	values, _ := p.plain(value).(map[string]any)
	return values
}

// plain is the inverse of value, with every number as a float64.
func (p *Protocol) plain(value tftypes.Value) any {
	p.t.Helper()
	switch kind := value.Type(); {
	case !value.IsKnown():
		return Unknown
	case value.IsNull():
		return nil
	case kind.Is(tftypes.String):
		return as[string](p, value)
	case kind.Is(tftypes.Bool):
		return as[bool](p, value)
	case kind.Is(tftypes.Number):
		number := as[big.Float](p, value)
		plain, _ := number.Float64()
		return plain
	case kind.Is(tftypes.List{}), kind.Is(tftypes.Set{}):
		all := []any{} // An empty list is not null.
		for _, element := range as[[]tftypes.Value](p, value) {
			all = append(all, p.plain(element))
		}
		return all
	}
	all := map[string]any{}
	for name, attribute := range as[map[string]tftypes.Value](p, value) {
		all[name] = p.plain(attribute)
	}
	return all
}

func as[T any](p *Protocol, value tftypes.Value) T {
	p.t.Helper()
	var typed T
	must(p.t, value.As(&typed))
	return typed
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
