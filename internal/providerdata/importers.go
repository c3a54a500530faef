package providerdata

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// importers are made on first use, and shared by all resources and data sources, so that they share their listings.
type importers struct {
	mutex  sync.Mutex
	byKind map[selector.Kind]*bulkimport.Importer
}

// Repositories returns the importer of repositories, or what is missing for a Flow client.
func (d *Data) Repositories() (*bulkimport.Importer, diag.Diagnostics) {
	return d.importer(selector.RepositoryPaths, (*flow.Client).Repos)
}

// TicketProjects returns the importer of ticket projects, or what is missing for a Flow client.
func (d *Data) TicketProjects() (*bulkimport.Importer, diag.Diagnostics) {
	return d.importer(selector.ProjectNames, (*flow.Client).TicketProjects)
}

func (d *Data) importer(kind selector.Kind, source func(*flow.Client) *flow.Collection) (*bulkimport.Importer, diag.Diagnostics) {
	client, diagnostics := d.Flow()
	if diagnostics.HasError() {
		return nil, diagnostics
	}
	d.importers.mutex.Lock()
	defer d.importers.mutex.Unlock()
	if d.importers.byKind == nil {
		d.importers.byKind = map[selector.Kind]*bulkimport.Importer{}
	}
	if d.importers.byKind[kind] == nil {
		d.importers.byKind[kind] = bulkimport.New(bulkimport.Options{
			Source:  source(client),
			Kind:    kind,
			Workers: d.config.HTTP.Limiter.Size(),
			Logger:  d.config.HTTP.Logger,
		})
	}
	return d.importers.byKind[kind], nil
}
