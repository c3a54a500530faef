package importresource

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
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
	if len(selection.Unmatched) > 0 {
		complete, err := t.importer.Complete(ctx, t.integration)
		if err == nil && complete {
			// It may have become complete after it was listed.
			catalog, err = t.importer.Catalog(ctx, t.integration)
		}
		switch {
		case err != nil:
			return diag.Diagnostics{r.listError(t, err)}, nil
		case !complete:
			return nil, nil // The selectors are checked once it is, before anything is imported.
		}
		selection = catalog.Select(t.selectors)
	}
	if removed, _ := t.importer.Claims.Split(bulkimport.PlannedToRemove, t.integration, catalog, selection.Imported); len(removed) > 0 {
		conflicts.Append(r.kind.removalConflict(removed))
	}
	findings = append(r.unmatched(ctx, t, catalog, selection.Unmatched), r.notImportable(t, catalog, selection)...)
	if len(selection.Pending) > 0 && t.importer.LacksImport(ctx) {
		findings.AddWarning(fmt.Sprintf("This workspace does not seem to import %s by API", r.kind.Many),
			fmt.Sprintf("Flow does not list the method that this needs among those that it allows, so the apply will most likely fail. "+
				"Plans, drift detection and data sources work.\n\nImport them in Flow under %s: the next plan sees it.", r.kind.Place))
	}
	return findings, conflicts
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

// unmatched describes each selector that matches nothing, with what may have been meant.
func (r *Resource) unmatched(ctx context.Context, t target, catalog *bulkimport.Catalog, patterns []selector.Pattern) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, pattern := range patterns {
		detail := fmt.Sprintf("Flow has discovered no %s that this selector matches in integration %d.", r.kind.One, t.integration)
		if reason := r.idle(ctx, t, catalog); reason != "" {
			detail = reason
		} else if reason := r.kind.Explain(ctx, r.data, t.integration, catalog, pattern); reason != "" {
			detail = reason
		} else if nearest := catalog.Nearest(pattern, suggestions); len(nearest) > 0 {
			detail += fmt.Sprintf(" Did you mean %s?", wording.Alternatives(wording.Quoted(nearest)))
		}
		diagnostics.AddAttributeError(path.Root("include"), fmt.Sprintf("Selector %q matches nothing", pattern),
			detail+fmt.Sprintf("\n\nCorrect or remove the selector. The data source %s lists what there is to select; "+
				"what was created or renamed in Azure DevOps recently appears there after Flow's next look-up.", r.kind.DataSource))
	}
	return diagnostics
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
		return fmt.Sprintf("The service %[1]s of integration %[2]d is off, so Flow discovers no %[3]s. Set services = { %[1]s = true } in "+
			"its flow_ado_integration.", r.kind.Service, t.integration, r.kind.Many)
	case !integration.Discovered:
		return fmt.Sprintf("Flow takes minutes to look up what a new integration offers. Read it later, or add depends_on with a flow_%s, which waits for it.",
			r.kind.TypeName)
	}
	return ""
}

// notImportable warns of what is selected and cannot be imported, where somebody expects it.
func (r *Resource) notImportable(t target, catalog *bulkimport.Catalog, selection bulkimport.Selection) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, item := range catalog.Named(selection.Excluded, t.selectors) {
		diagnostics.AddAttributeWarning(path.Root("include"), fmt.Sprintf("%q is excluded in Flow", item.Path),
			fmt.Sprintf("An exclusion rule in Flow keeps this %s from being imported, so it counts neither as imported nor as pending.\n\n"+
				"Change the rule in Flow under %s, or remove the selector.", r.kind.One, r.kind.Place))
	}
	for _, item := range catalog.Named(selection.Unsupported, t.selectors) {
		diagnostics.AddAttributeWarning(path.Root("include"), fmt.Sprintf("%q cannot be imported: Vendor not supported", item.Path),
			fmt.Sprintf("Flow shows this %s as \"Vendor not supported\", so it counts neither as imported nor as pending. Only Flow's support can unblock it.\n\n"+
				"Ask them, or remove the selector.", r.kind.One))
	}
	if len(diagnostics) == 0 && len(selection.Imported)+len(selection.Pending)+len(selection.Unmatched) == 0 {
		diagnostics.Append(r.nothingLeft(selection))
	}
	return append(diagnostics, r.mistyped(catalog, "exclude", t.selectors.Exclude())...)
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

// mistyped warns of selectors that are most likely misspelled, where it is no error to match nothing: they name a project
// in full that does not exist, and one with a similar name does.
func (r *Resource) mistyped(catalog *bulkimport.Catalog, attribute string, patterns []selector.Pattern) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, pattern := range patterns {
		if catalog.Empty() || !pattern.Project().Exact() || catalog.HasProject(pattern) {
			continue
		}
		if nearest := catalog.Nearest(pattern, suggestions); len(nearest) > 0 {
			diagnostics.AddAttributeWarning(path.Root(attribute), fmt.Sprintf("Selector %q matches nothing", pattern),
				fmt.Sprintf("Flow has discovered nothing in a project %q. Did you mean %s?", pattern.Project(), wording.Alternatives(wording.Quoted(nearest))))
		}
	}
	return diagnostics
}
