// Package importresource is what flow_repo_import and flow_ticket_project_import both are in Terraform: a resource that keeps
// imported into Flow what selectors match. Their data sources find things as it does.
package importresource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Kind is in what the two kinds of things that are imported differ.
type Kind struct {
	// TypeName is the resource's name without the provider's: "repo_import".
	TypeName string
	// One and Many name what is imported: "repository", "repositories".
	One, Many string
	// CountAttribute is the attribute that says how many are imported.
	CountAttribute string
	Selectors      selector.Kind
	// Description is the resource's, IncludeDescription says what a selector looks like; both are Markdown.
	Description, IncludeDescription string
	// Service is the attribute, among the services of flow_ado_integration, without which Flow discovers nothing; Enabled
	// reads it.
	Service string
	Enabled func(flow.Services) bool
	// DataSource lists what there is to select.
	DataSource string
	// Place is where a person does the same in Flow's user interface.
	Place string
	// Importer takes the importer of this kind out of the provider's data.
	Importer func(*providerdata.Data) (*bulkimport.Importer, diag.Diagnostics)
	// Explain says why a selector can match nothing however it is spelled; "" when that is not so.
	Explain func(ctx context.Context, data *providerdata.Data, integration int64, catalog *bulkimport.Catalog, pattern selector.Pattern) string
}

// everything is the selector that matches everything.
func (k Kind) everything() string {
	if k.Selectors == selector.RepositoryPaths {
		return "*/*"
	}
	return "*"
}
