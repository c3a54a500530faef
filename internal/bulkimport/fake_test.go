package bulkimport_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// integration is the only one of a fake.
const integration = 12

// fake is a Source in memory: as much of Flow as an Importer meets.
type fake struct {
	// write stands in for a write if it is given: act lets it take effect.
	write func(item flow.Available, act func()) error
	// list, if given, may refuse to list.
	list func() error
	// discovered answers whether Flow has looked; nil is yes.
	discovered func() (bool, error)

	mutex    sync.Mutex
	rows     []flow.Available
	imported []flow.Imported
	listing  []flow.Available
	// sent are the ids of all writes, lists how often everything was listed.
	sent          []int64
	lists         int
	busy, busiest int
}

func newImporter(source *fake) *bulkimport.Importer {
	return bulkimport.New(bulkimport.Options{Source: source, Kind: selector.RepositoryPaths, Workers: 4})
}

// offering makes a fake with repositories of these paths, none of which is imported.
func offering(paths ...[2]string) *fake {
	source := &fake{}
	for i, path := range paths {
		source.rows = append(source.rows, flow.Available{ID: int64(i + 1), Owner: path[0], Name: path[1]})
	}
	return source
}

// many makes a fake with n repositories in a project P.
func many(n int) *fake {
	source := &fake{}
	for i := range n {
		source.rows = append(source.rows, flow.Available{ID: int64(i + 1), Owner: "P", Name: string(rune('a'+i/26)) + string(rune('a'+i%26))})
	}
	return source
}

func (f *fake) Available(ctx context.Context, _ int64) ([]flow.Available, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.listing != nil {
		return f.listing, nil
	}
	f.lists++
	if f.list != nil {
		if err := f.list(); err != nil {
			return nil, err
		}
	}
	f.listing = append([]flow.Available{}, f.rows...)
	return f.listing, ctx.Err()
}

func (f *fake) Listed(int64) map[int64]bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	imported := map[int64]bool{}
	for _, row := range f.listing {
		imported[row.ID] = row.Imported
	}
	return imported
}

func (f *fake) RefreshAvailable(int64) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.listing = nil
}

func (f *fake) Imported(context.Context, int64) ([]flow.Imported, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.list != nil {
		if err := f.list(); err != nil {
			return nil, err
		}
	}
	return slices.Clone(f.imported), nil
}

func (f *fake) RefreshImported(int64) {}

func (f *fake) LacksImport(context.Context) bool { return false }

func (f *fake) Complete(context.Context, int64) (bool, error) {
	if f.discovered == nil {
		return true, nil
	}
	complete, err := f.discovered()
	if complete {
		f.RefreshAvailable(integration)
	}
	return complete, err
}

func (f *fake) IsImported(_ context.Context, _, id int64) (bool, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	at := slices.IndexFunc(f.listing, func(row flow.Available) bool { return row.ID == id })
	return at >= 0 && f.listing[at].Imported, nil
}

func (f *fake) Import(ctx context.Context, _ int64, wanted flow.Available) error {
	return f.do(ctx, wanted, true)
}

// remember changes what was listed, as *flow.Collection does after a write.
func (f *fake) remember(id int64, change func(*flow.Available)) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.listing = slices.Clone(f.listing)
	if at := slices.IndexFunc(f.listing, func(row flow.Available) bool { return row.ID == id }); at >= 0 {
		change(&f.listing[at])
	}
}

func (f *fake) Remove(ctx context.Context, _ int64, unwanted flow.Available) error {
	return f.do(ctx, unwanted, false)
}

func (f *fake) do(ctx context.Context, item flow.Available, imported bool) (err error) {
	defer func() {
		if err == nil {
			f.remember(item.ID, func(row *flow.Available) {
				if row.Imported = imported; imported {
					row.ImportedID = item.ID * 10
				}
			})
		}
	}()
	f.mutex.Lock()
	f.sent = append(f.sent, item.ID)
	f.busy++
	f.busiest = max(f.busiest, f.busy)
	f.mutex.Unlock()
	defer func() {
		f.mutex.Lock()
		f.busy--
		f.mutex.Unlock()
	}()
	act := func() { f.set(item.ID, imported) }
	if f.write != nil {
		return f.write(item, act)
	}
	act()
	return ctx.Err()
}

// set changes what Flow has, and not what was listed.
func (f *fake) set(id int64, imported bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	row := &f.rows[slices.IndexFunc(f.rows, func(row flow.Available) bool { return row.ID == id })]
	row.Imported, row.ImportedID = imported, 0
	if imported {
		row.ImportedID = id * 10
	}
}

// has are the paths of what is imported, in their order.
func (f *fake) has() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	paths := []string{}
	for _, row := range f.rows {
		if row.Imported {
			paths = append(paths, row.Owner+"/"+row.Name)
		}
	}
	slices.Sort(paths)
	return paths
}

// sends counts the writes by id.
func (f *fake) sends() map[int64]int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	counts := map[int64]int{}
	for _, id := range f.sent {
		counts[id]++
	}
	return counts
}

func set(t *testing.T, include ...string) selector.Set {
	t.Helper()
	parsed, err := selector.NewSet(selector.RepositoryPaths, include, nil)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// selected returns what selectors match in the importer's catalog.
func selected(t *testing.T, importer *bulkimport.Importer, include ...string) bulkimport.Selection {
	t.Helper()
	catalog, err := importer.Catalog(t.Context(), integration)
	if err != nil {
		t.Fatal(err)
	}
	return catalog.Select(set(t, include...))
}

func paths(items []bulkimport.Item) []string {
	found := []string{}
	for _, item := range items {
		found = append(found, item.Path)
	}
	return found
}

// The failures of requests that were sent.
var (
	refused = &httpclient.Error{Kind: httpclient.KindStatus, Status: http.StatusBadRequest, Sent: true}
	crashed = &httpclient.Error{Kind: httpclient.KindStatus, Status: http.StatusInternalServerError, Sent: true}
	timeout = &httpclient.Error{Kind: httpclient.KindTimeout, Sent: true}
	broken  = &httpclient.Error{Kind: httpclient.KindUnreachable, Sent: true}
)
