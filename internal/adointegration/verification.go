package adointegration

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// ignoredKey is the key of private state with the arguments that Flow accepted and did not carry out.
const ignoredKey = "ignored_by_flow"

// ignored is a part of a write that Flow accepted and did not carry out.
type ignored struct {
	// name is what the part is called, such as services.webhooks.
	name string
	// argument is the name of the argument that it is in.
	argument string
	// has is what Flow has instead.
	has string
}

// ignoredOf returns what of a change an integration does not show.
func ignoredOf(change flow.IntegrationChange, i flow.Integration) []ignored {
	var all []ignored
	if change.Name != nil {
		all = append(all, ignored{"name", "name", strconv.Quote(i.Name)})
	}
	if change.Email != nil {
		all = append(all, ignored{"email", "email", strconv.Quote(i.Email)})
	}
	service := func(name string, has, untold, wanted bool) {
		if has != wanted && !untold {
			all = append(all, ignored{"services." + name, "services", strconv.FormatBool(has)})
		}
	}
	if wanted := change.Services; wanted != nil {
		service("repos", i.Services.Repos, i.Untold.Repos, wanted.Repos)
		service("pull_requests", i.Services.PullRequests, i.Untold.PullRequests, wanted.PullRequests)
		service("tickets", i.Services.Tickets, i.Untold.Tickets, wanted.Tickets)
	}
	if change.Webhooks != nil {
		service("webhooks", i.Services.Webhooks, i.Untold.Webhooks, *change.Webhooks)
	}
	return all
}

// refuse describes a part of an update that Flow did not carry out.
func (one ignored) refuse(i flow.Integration) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(one.argument), "Flow did not change "+one.name,
		fmt.Sprintf("Flow accepted the change of integration %d (%q) and kept the old value: %s is still %s. "+
			"This workspace does not seem to change it by API.\n\n%s", i.ID, i.Name, one.name, one.has, one.remedy()))
}

// warn describes a part of a creation that Flow did not carry out. It is no error, which would taint the new integration.
func (one ignored) warn(i flow.Integration) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root(one.argument), "Flow did not take over "+one.name,
		fmt.Sprintf("Flow created integration %d (%q) with %s = %s, and a second request did not change that. "+
			"The state holds what was planned, and the next plan shows the difference.\n\n%s", i.ID, i.Name, one.name, one.has, one.remedy()))
}

// remedy says where a person changes it in Flow, and what leaves it to Flow.
func (one ignored) remedy() string {
	return fmt.Sprintf("Change it in Flow under %s: the next plan sees it. To leave it to Flow, add to the resource:\n\n"+
		"  lifecycle {\n    ignore_changes = [%s]\n  }", placeEdit, one.argument)
}

// rememberIgnored stores what Flow did not carry out, so that the next plan can say so.
func rememberIgnored(ctx context.Context, private privateWriter, all []ignored) diag.Diagnostics {
	names := []string{}
	for _, one := range all {
		names = append(names, one.name)
	}
	encoded, err := json.Marshal(names)
	if err != nil {
		return nil // Texts can always be encoded.
	}
	return private.SetKey(ctx, ignoredKey, encoded)
}

// warnOfIgnored warns of a plan that asks once more for what Flow did not carry out.
func (p planned) warnOfIgnored(ctx context.Context, private privateReader) diag.Diagnostics {
	encoded, diagnostics := private.GetKey(ctx, ignoredKey)
	var before []string
	if len(encoded) == 0 || json.Unmarshal(encoded, &before) != nil {
		return diagnostics
	}
	change := p.state.changeTo(p.plan)
	current := flow.Integration{Services: servicesOf(p.state.Services)}
	for _, one := range ignoredOf(change, current) {
		if !slices.Contains(before, one.name) {
			continue
		}
		diagnostics.AddAttributeWarning(path.Root(one.argument), "Flow ignored this change before",
			fmt.Sprintf("An earlier apply asked Flow to change %s, and Flow did not. This plan asks again.\n\n%s", one.name, one.remedy()))
	}
	return diagnostics
}

// warnOfUntold warns of an integration of which Flow does not say which services are on.
func warnOfUntold(i flow.Integration) diag.Diagnostics {
	if i.Untold == (flow.Services{}) {
		return nil
	}
	found := "Flow does not list the services"
	if len(i.UnknownWords) > 0 {
		found = "Flow lists services that this provider does not know, " + wording.First(i.UnknownWords, 10) + ","
	}
	var untold []string
	for name, value := range servicesObject(i.Untold).Attributes() {
		if value.String() == "true" {
			untold = append(untold, name)
		}
	}
	slices.Sort(untold)
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("services"), "Flow does not say which services are on",
		fmt.Sprintf("%s of integration %d (%q), so it is not known whether %s are on. The state keeps the values that it has, and no plan switches a service because of this. "+
			"A change of the configuration is sent.\n\nCompare the services with those that Flow shows under %s, and report the words with the data source flow_api_report.",
			found, i.ID, i.Name, strings.Join(untold, ", "), placeEdit))}
}
