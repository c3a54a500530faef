// Package importresource is the part of flow_repo_import and flow_ticket_project_import that is the same: a Terraform
// resource that keeps imported into Flow what selectors match. Their data sources use it too.
package importresource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Kind describes one kind of things that are imported.
type Kind struct {
	// TypeName is the resource's name without the provider's: "repo_import".
	TypeName string
	// One and Many name what is imported: "repository", "repositories".
	One, Many string
	// CountAttribute is the attribute that counts what is imported, in what NewModel makes.
	CountAttribute string
	NewModel       func() Model
	Selectors      selector.Kind
	// Description describes the resource, IncludeDescription what a selector looks like; both are Markdown.
	Description, IncludeDescription string
	// Service is the attribute, among the services of flow_ado_integration, without which Flow discovers nothing; Enabled
	// reports whether it, or another one for which Flow discovers the same, is on.
	Service string
	Enabled func(flow.Services) bool
	// DataSource is the name of the data source that lists what there is to select.
	DataSource string
	// Place is where a person does the same in Flow's user interface.
	Place string
	// Importer returns the importer of this kind.
	Importer func(*providerdata.Data) (*bulkimport.Importer, diag.Diagnostics)
	// Explain returns why a selector can match nothing however it is spelled; "" if it could.
	Explain func(ctx context.Context, data *providerdata.Data, integration int64, catalog *bulkimport.Catalog, pattern selector.Pattern) string
}

// everything returns the selector that matches everything.
func everything(kind selector.Kind) string {
	if kind == selector.RepositoryPaths {
		return "*/*"
	}
	return "*"
}
