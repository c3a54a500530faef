package adointegration

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
)

// serviceAttributes are the types of the services object.
var serviceAttributes = map[string]attr.Type{
	"repos":         types.BoolType,
	"pull_requests": types.BoolType,
	"tickets":       types.BoolType,
	"webhooks":      types.BoolType,
}

// servicesObject is the inverse of servicesOf.
func servicesObject(services flow.Services) types.Object {
	return types.ObjectValueMust(serviceAttributes, map[string]attr.Value{
		"repos":         types.BoolValue(services.Repos),
		"pull_requests": types.BoolValue(services.PullRequests),
		"tickets":       types.BoolValue(services.Tickets),
		"webhooks":      types.BoolValue(services.Webhooks),
	})
}

// observedServices returns the services of an integration. Where Flow does not tell, the value before remains.
func observedServices(before types.Object, i flow.Integration) types.Object {
	if i.Untold == (flow.Services{}) {
		return servicesObject(i.Services)
	}
	observed := servicesObject(i.Services).Attributes()
	for name, untold := range servicesObject(i.Untold).Attributes() {
		if !untold.Equal(types.BoolValue(true)) {
			continue
		}
		observed[name] = types.BoolNull()
		if known, ok := before.Attributes()[name]; ok && !known.IsUnknown() {
			observed[name] = known
		}
	}
	return types.ObjectValueMust(serviceAttributes, observed)
}

// adoptedServices returns the services of a state. One of which nothing is known, since Flow did not tell it on import,
// counts as wanted.
func adoptedServices(state, wanted types.Object) flow.Services {
	is := services(state, func(value types.Bool) bool { return value.ValueBool() })
	want := services(wanted, func(value types.Bool) bool { return value.ValueBool() })
	unknown := services(state, types.Bool.IsNull)
	return flow.Services{
		Repos:        is.Repos || unknown.Repos && want.Repos,
		PullRequests: is.PullRequests || unknown.PullRequests && want.PullRequests,
		Tickets:      is.Tickets || unknown.Tickets && want.Tickets,
		Webhooks:     is.Webhooks || unknown.Webhooks && want.Webhooks,
	}
}

func allServices() types.Object {
	return servicesObject(flow.Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true})
}

// servicesOf reads a services object. What is unknown or null counts as off, see unknownServices.
func servicesOf(object types.Object) flow.Services {
	return services(object, func(value types.Bool) bool { return value.ValueBool() })
}

// chosenServices reads the services object of a configuration, in which an omitted service is on.
func chosenServices(object types.Object) preflight.Services {
	return preflight.Services(services(object, func(value types.Bool) bool { return value.IsNull() || value.ValueBool() }))
}

// unknownServices returns the services whose value is not known yet.
func unknownServices(object types.Object) preflight.Services {
	return preflight.Services(services(object, func(value types.Bool) bool { return object.IsUnknown() || value.IsUnknown() }))
}

// services applies a test to each service of an object.
func services(object types.Object, test func(types.Bool) bool) flow.Services {
	is := func(name string) bool {
		value, ok := object.Attributes()[name].(types.Bool)
		if !ok {
			value = types.BoolNull()
		}
		return test(value)
	}
	return flow.Services{Repos: is("repos"), PullRequests: is("pull_requests"), Tickets: is("tickets"), Webhooks: is("webhooks")}
}
