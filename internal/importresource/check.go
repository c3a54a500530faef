package importresource

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/consent"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// checkPlan returns what is wrong with the integration and the selectors, as far as Flow knows them already, and what
// another resource is planned to remove.
func (r *Resource) checkPlan(ctx context.Context, t target) (findings, conflicts diag.Diagnostics) {
	catalog, err := r.catalog(ctx, t)
	if err != nil {
		return diag.Diagnostics{r.listError(t, err)}, nil
	}
	selection := catalog.Select(t.selectors)
	if removed, _ := t.importer.Claims.Split(bulkimport.PlannedToRemove, t.integration, catalog, selection.Imported); len(removed) > 0 {
		conflicts.Append(r.kind.removalConflict(removed))
	}
	if len(selection.Unmatched) > 0 || len(r.excludesNothing(t, catalog)) > 0 {
		complete, err := t.importer.Complete(ctx, t.integration)
		if err == nil && complete {
			// It may have become complete after it was listed.
			catalog, err = t.importer.Catalog(ctx, t.integration)
		}
		switch {
		case err != nil:
			return diag.Diagnostics{r.listError(t, err)}, conflicts
		case !complete, r.turnsServiceOn(ctx, t):
			r.data.Plans.Imports.LeaveToApply(r.planned(t))
			return nil, conflicts // The selectors are checked once it is, before anything is imported.
		}
		selection = catalog.Select(t.selectors)
	}
	findings = append(r.unmatched(ctx, t, catalog, selection.Unmatched), r.notImportable(t, catalog, selection)...)
	if len(selection.Pending) > 0 && t.importer.LacksImport(ctx) {
		findings.AddWarning(fmt.Sprintf("This workspace does not seem to import %s by API", r.kind.Many),
			fmt.Sprintf("Flow does not list the method that this needs among those that it allows, so the apply will most likely fail. "+
				"Plans, drift detection and data sources work.\n\nImport them in Flow under %s: the next plan sees it.", r.kind.Place))
	}
	return findings, conflicts
}

// turnsServiceOn reports whether the same plan turns on the service without which Flow discovers nothing.
func (r *Resource) turnsServiceOn(ctx context.Context, t target) bool {
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() || !r.kind.Enabled(r.data.Plans.Imports.PlannedServices(t.integration)) {
		return false
	}
	integration, err := client.Integration(ctx, t.integration)
	return err == nil && !r.kind.Enabled(integration.Services)
}

// listError describes a list that could not be read.
func (r *Resource) listError(t target, err error) diag.Diagnostic {
	if flow.IsNotFound(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root("integration_id"), fmt.Sprintf("Flow has no integration %d", t.integration),
			wording.Sentence(err.Error())+"\n\nCheck the id: the data source flow_ado_integrations lists those that this API key's user may see. If the integration "+
				"was deleted in Flow, run `terraform apply -refresh-only` to remove this resource from the state.")
	}
	return flowerror.Diagnostic("Could not list the "+r.kind.Many, err, r.kind.Place)
}

// suggestions bounds the names that a message suggests.
const suggestions = 5

// unmatched describes the selectors that match nothing, with what may have been meant.
func (r *Resource) unmatched(ctx context.Context, t target, catalog *bulkimport.Catalog, patterns []selector.Pattern) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, group := range byDetail(patterns, func(pattern selector.Pattern) string { return r.reason(ctx, t, catalog, pattern) }) {
		diagnostics.AddAttributeError(path.Root("include"), matchNothing(group.patterns), group.detail)
	}
	return diagnostics
}

// group is selectors of which the same is to be said.
type group struct {
	detail   string
	patterns []string
}

// byDetail groups selectors by what is to be said of them, so that it is said once.
func byDetail(patterns []selector.Pattern, say func(selector.Pattern) string) []group {
	var groups []group
	for _, pattern := range patterns {
		detail := say(pattern)
		at := slices.IndexFunc(groups, func(known group) bool { return known.detail == detail })
		if at < 0 {
			at, groups = len(groups), append(groups, group{detail: detail})
		}
		groups[at].patterns = append(groups[at].patterns, pattern.String())
	}
	return groups
}

// matchNothing is the summary for selectors that match nothing.
func matchNothing(patterns []string) string {
	if len(patterns) == 1 {
		return fmt.Sprintf("Selector %q matches nothing", patterns[0])
	}
	return fmt.Sprintf("Selectors %s match nothing", wording.First(patterns, suggestions))
}

// reason returns why a selector matches nothing, and what to do.
func (r *Resource) reason(ctx context.Context, t target, catalog *bulkimport.Catalog, pattern selector.Pattern) string {
	if reason := r.idle(ctx, t, catalog); reason != "" {
		return reason
	}
	reason := r.kind.Explain(ctx, r.data, t.integration, catalog, pattern)
	if reason == "" {
		reason = r.undiscovered(t, catalog, pattern)
	}
	return reason + fmt.Sprintf("\n\nCorrect or remove the selector. The data source %s lists what there is to select; "+
		"what was created or renamed in Azure DevOps recently appears there after Flow's next look-up.", r.kind.DataSource)
}

// undiscovered says that Flow has discovered nothing that a selector matches, and what may have been meant.
func (r *Resource) undiscovered(t target, catalog *bulkimport.Catalog, pattern selector.Pattern) string {
	detail := fmt.Sprintf("Flow has discovered no %s that this selector matches in integration %d.", r.kind.One, t.integration)
	nearest := catalog.Nearest(pattern, suggestions)
	switch {
	case pattern.HasBrackets():
		detail += " Character classes such as [ab] are not supported: only * and ? are wildcards."
	case len(nearest) > 0:
		detail += fmt.Sprintf(" Did you mean %s?", wording.Alternatives(wording.Quoted(nearest)))
	case !catalog.Empty():
		detail += fmt.Sprintf(" It has the projects %s.", wording.First(catalog.Projects(), suggestions))
	}
	return detail
}

// idle returns why Flow has discovered nothing so far; "" if it has, or if that is not known.
func (r *Resource) idle(ctx context.Context, t target, catalog *bulkimport.Catalog) string {
	client, diagnostics := r.data.Flow()
	if !catalog.Empty() || diagnostics.HasError() {
		return ""
	}
	integration, err := client.Integration(ctx, t.integration)
	switch {
	case err != nil:
		return ""
	case !r.kind.Enabled(integration.Services):
		return fmt.Sprintf("The service %[1]s of integration %[2]d is off, so Flow discovers no %[3]s.\n\nSet services = { %[1]s = true } in "+
			"its flow_ado_integration, and integration_id to its id: one apply then does both.", r.kind.Service, t.integration, r.kind.Many)
	case consent.Missing(ctx, client, integration):
		return fmt.Sprintf("Integration %d (%q) waits for a person's consent, and Flow looks up nothing before that.\n\n%s",
			t.integration, integration.Name, consent.Ask(integration.Name, integration.AuthorizationURL))
	case !integration.Discovered:
		return fmt.Sprintf("Flow takes minutes to look up what a new integration offers.\n\nRead it later, or add depends_on with a flow_%s, which waits for it.",
			r.kind.TypeName)
	}
	return ""
}

// notImportable warns of what is selected and cannot be imported, where somebody expects it.
func (r *Resource) notImportable(t target, catalog *bulkimport.Catalog, selection bulkimport.Selection) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	warn := func(items []bulkimport.Item, what, why, remedy string) {
		names, verb := each(catalog.Named(items, t.selectors), pathOf), "are"
		if len(names) == 1 {
			verb = "is"
		}
		if len(names) > 0 {
			diagnostics.AddAttributeWarning(path.Root("include"), fmt.Sprintf("%s %s %s", wording.First(names, suggestions), verb, what),
				fmt.Sprintf("%s, so neither %s nor pending counts them:\n%s\n\n%s, or remove the selector.", why, r.kind.CountAttribute, wording.Bullets(names, longestList), remedy))
		}
	}
	warn(selection.Excluded, "excluded in Flow", fmt.Sprintf("Exclusion rules in Flow keep these %s from being imported", r.kind.Many), "Change the rules in Flow under "+r.kind.Place)
	warn(selection.Unsupported, "not supported", fmt.Sprintf("Flow shows these %s as \"Vendor not supported\"", r.kind.Many), "Ask Flow's support, who alone can unblock them")
	if len(diagnostics) == 0 && len(selection.Imported)+len(selection.Pending)+len(selection.Unmatched) == 0 {
		diagnostics.Append(r.nothingLeft(selection))
	}
	return append(diagnostics, r.excludesNothing(t, catalog)...)
}

// nothingLeft warns of selectors that match something, but nothing that can be imported.
func (r *Resource) nothingLeft(selection bulkimport.Selection) diag.Diagnostic {
	summary := fmt.Sprintf("No %s is left to import", r.kind.One)
	if len(selection.Excluded)+len(selection.Unsupported) == 0 {
		return diag.NewAttributeWarningDiagnostic(path.Root("exclude"), summary,
			"exclude matches everything that include matches, so this resource imports nothing.\n\nCorrect one of them, or remove the resource.")
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("include"), summary,
		fmt.Sprintf("Flow keeps everything that the selectors match from being imported: %d by its exclusion rules, %d as \"Vendor not supported\".\n\n"+
			"Read the data source %s to see which.", len(selection.Excluded), len(selection.Unsupported), r.kind.DataSource))
}

// excludesNothing warns of exclude selectors that are most likely misspelled.
func (r *Resource) excludesNothing(t target, catalog *bulkimport.Catalog) diag.Diagnostics {
	return r.mistyped(t, catalog, "exclude", t.selectors.Exclude(), fmt.Sprintf(" If something was imported by mistake, remove it in Flow under %s.", r.kind.Place))
}

// mistyped warns of selectors that are most likely misspelled, where it is no error to match nothing: those without
// wildcards, and those of a project that does not exist, where one with a similar name does.
func (r *Resource) mistyped(t target, catalog *bulkimport.Catalog, attribute string, patterns []selector.Pattern, remedy string) diag.Diagnostics {
	suspect := slices.DeleteFunc(slices.Clone(patterns), func(pattern selector.Pattern) bool {
		similar := pattern.Project().Exact() && !catalog.HasProject(pattern) && len(catalog.Nearest(pattern, 1)) > 0
		return catalog.Empty() || catalog.Has(pattern) || !pattern.Exact() && !pattern.HasBrackets() && !similar
	})
	var diagnostics diag.Diagnostics
	for _, group := range byDetail(suspect, func(pattern selector.Pattern) string { return r.undiscovered(t, catalog, pattern) }) {
		diagnostics.AddAttributeWarning(path.Root(attribute), matchNothing(group.patterns), group.detail+"\n\nCorrect or remove the selector."+remedy)
	}
	return diagnostics
}
