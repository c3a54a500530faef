package adointegration

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
)

// sample is an integration as the state holds it.
func sample() model {
	return model{
		ID:                 types.StringValue("12"),
		Name:               types.StringValue("Contoso"),
		BaseURL:            types.StringValue("https://dev.azure.com/contoso"),
		Organization:       types.StringValue("contoso"),
		Email:              types.StringValue("Svc-Flow@contoso.com"),
		AuthMethod:         types.StringValue(authAccessToken),
		Services:           allServices(),
		DeletionProtection: types.BoolValue(true),
		CredentialRevision: types.Int64Value(3),
	}
}

// changed is the sample with something else about it.
func changed(change func(*model)) model {
	m := sample()
	change(&m)
	return m
}

func TestOnlyWhatChangesIsToldToFlow(t *testing.T) {
	text, on, off := func(s string) *string { return &s }, true, false
	services := func(services flow.Services) func(*model) {
		return func(m *model) { m.Services = servicesObject(services) }
	}
	tests := map[string]struct {
		change func(*model)
		want   flow.IntegrationChange
	}{
		"nothing": {func(*model) {}, flow.IntegrationChange{}},
		"name":    {func(m *model) { m.Name = types.StringValue("New") }, flow.IntegrationChange{Name: text("New")}},
		"e-mail": {
			func(m *model) { m.Email = types.StringValue("svc-flow@contoso.com") },
			flow.IntegrationChange{Email: text("svc-flow@contoso.com")},
		},
		"repos off": {
			services(flow.Services{PullRequests: true, Tickets: true, Webhooks: true}),
			flow.IntegrationChange{Services: &flow.Services{PullRequests: true, Tickets: true, Webhooks: true}},
		},
		"pull requests off": {
			services(flow.Services{Repos: true, Tickets: true, Webhooks: true}),
			flow.IntegrationChange{Services: &flow.Services{Repos: true, Tickets: true, Webhooks: true}},
		},
		"tickets off": {
			services(flow.Services{Repos: true, PullRequests: true, Webhooks: true}),
			flow.IntegrationChange{Services: &flow.Services{Repos: true, PullRequests: true, Webhooks: true}},
		},
		"webhooks off": {
			services(flow.Services{Repos: true, PullRequests: true, Tickets: true}),
			flow.IntegrationChange{Webhooks: &off},
		},
		"all services off": {services(flow.Services{}), flow.IntegrationChange{Webhooks: &off, Services: &flow.Services{}}},
		"protection":       {func(m *model) { m.DeletionProtection = types.BoolValue(false) }, flow.IntegrationChange{}},
		"token version":    {func(m *model) { m.PersonalAccessTokenWOVersion = types.Int64Value(2) }, flow.IntegrationChange{}},
		"token":            {func(m *model) { m.PersonalAccessToken = types.StringValue("secret") }, flow.IntegrationChange{}},
		"spelling of URL":  {func(m *model) { m.BaseURL = types.StringValue("https://dev.azure.com/Contoso/") }, flow.IntegrationChange{}},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, sample().changeTo(changed(test.change))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	withoutWebhooks := changed(services(flow.Services{Repos: true, PullRequests: true, Tickets: true}))
	if diff := cmp.Diff(flow.IntegrationChange{Webhooks: &on}, withoutWebhooks.changeTo(sample())); diff != "" {
		t.Errorf("webhooks on (-want +got):\n%s", diff)
	}
}

func TestServicesSurviveTheWayThroughTerraform(t *testing.T) {
	for n := range 16 {
		want := flow.Services{Repos: n&1 != 0, PullRequests: n&2 != 0, Tickets: n&4 != 0, Webhooks: n&8 != 0}
		object := servicesObject(want)
		if got := servicesOf(object); got != want {
			t.Errorf("%+v became %+v", want, got)
		}
		if got := chosenServices(object); got != preflight.Services(want) {
			t.Errorf("%+v was chosen, and is read as %+v", want, got)
		}
		if got := unknownServices(object); got != (preflight.Services{}) {
			t.Errorf("%+v of %+v are called unknown", got, want)
		}
	}
}

func TestServicesThatAreLeftOutOrUnknown(t *testing.T) {
	all := preflight.Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true}
	mixed := types.ObjectValueMust(serviceAttributes, map[string]attr.Value{
		"repos": types.BoolNull(), "pull_requests": types.BoolUnknown(), "tickets": types.BoolValue(true), "webhooks": types.BoolValue(false),
	})
	tests := map[string]struct {
		object          types.Object
		is              flow.Services
		chosen, unknown preflight.Services
	}{
		"left out": {types.ObjectNull(serviceAttributes), flow.Services{}, all, preflight.Services{}},
		"unknown":  {types.ObjectUnknown(serviceAttributes), flow.Services{}, all, all},
		"some of each": {
			mixed,
			flow.Services{Tickets: true},
			preflight.Services{Repos: true, Tickets: true},
			preflight.Services{PullRequests: true},
		},
	}
	for name, test := range tests {
		if got := servicesOf(test.object); got != test.is {
			t.Errorf("%s: servicesOf gave %+v, want %+v", name, got, test.is)
		}
		if got := chosenServices(test.object); got != test.chosen {
			t.Errorf("%s: chosenServices gave %+v, want %+v", name, got, test.chosen)
		}
		if got := unknownServices(test.object); got != test.unknown {
			t.Errorf("%s: unknownServices gave %+v, want %+v", name, got, test.unknown)
		}
	}
}

func TestWhatFlowDoesNotTellStaysAsItWas(t *testing.T) {
	read := flow.Integration{
		ID: 12, Name: "Contoso", VendorType: "azure_devops", AuthMethod: authAccessToken, Email: "Svc-Flow@contoso.com",
		Services: flow.Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true},
	}
	for fromFlow, want := range map[string]string{
		"":                                  "https://dev.azure.com/contoso",
		"https://dev.azure.com/contoso":     "https://dev.azure.com/contoso",
		"https://dev.azure.com/Contoso/":    "https://dev.azure.com/contoso", // another spelling is no drift
		"https://dev.azure.com/fabrikam":    "https://dev.azure.com/fabrikam",
		"https://contoso.visualstudio.com/": "https://contoso.visualstudio.com/",
	} {
		read := read
		read.BaseURL = fromFlow
		m := sample().observed(read)
		if got := m.BaseURL.ValueString(); got != want {
			t.Errorf("base URL %q was read as %q, want %q", fromFlow, got, want)
		}
		if m.CredentialRevision.ValueInt64() != 3 || !m.DeletionProtection.ValueBool() {
			t.Errorf("a read changed what is Terraform's alone: %v", m)
		}
	}
	imported := model{ID: types.StringValue("12")}.observed(read)
	if !imported.BaseURL.IsNull() || !imported.Organization.IsNull() || imported.CredentialRevision != types.Int64Value(0) || !imported.CreatedBy.IsNull() {
		t.Errorf("after an import: %+v", imported)
	}
}

func TestAnOrganizationIsReadFromItsBaseURL(t *testing.T) {
	for _, test := range []struct{ baseURL, want types.String }{
		{types.StringUnknown(), types.StringUnknown()},
		{types.StringNull(), types.StringNull()},
		{types.StringValue(""), types.StringNull()},
		{types.StringValue("https://contoso.visualstudio.com"), types.StringNull()},
		{types.StringValue("https://dev.azure.com/contoso"), types.StringValue("contoso")},
		{types.StringValue("https://dev.azure.com/Contoso/"), types.StringValue("Contoso")},
	} {
		if got := organizationOf(test.baseURL); !got.Equal(test.want) {
			t.Errorf("%s gave %s, want %s", test.baseURL, got, test.want)
		}
	}
}
