package flow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/singlecall"
)

// Collection is one kind of objects that Flow discovers through an integration and imports: repositories, or ticket
// projects. It is safe for concurrent use.
type Collection struct {
	client *Client
	kind   collectionKind

	mutex     sync.Mutex
	available map[int64]*cachedList[Available]
	imported  map[int64]*cachedList[Imported]
}

// collectionKind holds the calls and words that differ between the kinds.
type collectionKind struct {
	one, many string
	// availableList and importedList are the names of the lists, importCall is a call below the latter.
	availableList, importedList, importCall string
	// availableFields and importedFields are the fields that are asked for: most of a list of thousands is other fields.
	availableFields, importedFields string
	importedOrder                   string
	importBody                      func(availableID int64) any
	// removal returns the method and the path, below the imported list, of the call that removes.
	removal func(id string) (method string, path []string)
}

func newCollection(client *Client, kind collectionKind) *Collection {
	return &Collection{
		client:    client,
		kind:      kind,
		available: map[int64]*cachedList[Available]{},
		imported:  map[int64]*cachedList[Imported]{},
	}
}

// Available is a repository or a ticket project that Flow has discovered, whether it is imported or not.
type Available struct {
	ID   int64
	Name string
	// Owner is the Azure DevOps project.
	Owner string
	// IntegrationID is 0 if Flow does not say.
	IntegrationID int64
	Imported      bool
	// ImportedID is its id among the imported ones; 0 while it is not imported, or if Flow does not say.
	ImportedID int64
	// Excluded is set if an exclusion rule in Flow keeps it from being imported.
	Excluded bool
	// Unsupported is set for a ticket project that Flow shows as "Vendor not supported".
	Unsupported bool
}

func (a Available) rowID() int64 { return a.ID }

func (a Available) integration() int64 { return a.IntegrationID }

// Imported is a repository or a ticket project that Flow keeps data of.
type Imported struct {
	ID   int64
	Name string
	// Owner is the Azure DevOps project; "" if Flow does not say.
	Owner string
	// IntegrationID is 0 if Flow does not say.
	IntegrationID int64
	// Status is Flow's word for the progress of its processing, such as "Processing".
	Status string
	// Blocked is set if Flow does not update it until somebody queues it again.
	Blocked bool
	// LastUpdated and FailingSince are timestamps without a zone, as Flow returns them; empty for never.
	LastUpdated  string
	FailingSince string
	// FailureReason is Flow's sentence about the last failure.
	FailureReason string
}

func (i Imported) rowID() int64 { return i.ID }

func (i Imported) integration() int64 { return i.IntegrationID }

// Available returns everything that Flow has discovered through an integration, in the order of the ids, with what was
// imported and removed since. One fetch serves all callers until RefreshAvailable. The list of an integration that does
// not exist is empty. Callers must not change the slice.
func (c *Collection) Available(ctx context.Context, integration int64) ([]Available, error) {
	call := listCall{
		operation: fmt.Sprintf("list the %s that integration %d offers", c.kind.many, integration),
		object:    c.kind.availableList,
		query:     ofIntegration(integration, c.kind.availableFields, "id"),
		paging:    byNumber,
	}
	list := cached(c, c.available, integration)
	return list.read(ctx, call.operation, func(ctx context.Context) ([]Available, error) {
		before, _ := c.client.integrations.find(integration)
		rows, err := fetchOf[Available](ctx, c.client, call, integration)
		if err == nil {
			list.lookedUp(before)
		}
		return rows, err
	})
}

// RefreshAvailable makes the next caller of Available fetch anew.
func (c *Collection) RefreshAvailable(integration int64) {
	cached(c, c.available, integration).forget()
}

// IsImported reports whether one of what Available returns is imported by now. It lists only if that is not known.
func (c *Collection) IsImported(ctx context.Context, integration, availableID int64) (bool, error) {
	list := cached(c, c.available, integration)
	if !list.isFetched() {
		if _, err := c.Available(ctx, integration); err != nil {
			return false, err
		}
	}
	found, _ := list.find(availableID)
	return found.Imported, nil
}

// Complete reports whether Flow has looked up all that the integration offers, or has long shown the same. Available then
// fetches anew what was fetched before that was known.
func (c *Collection) Complete(ctx context.Context, integration int64) (bool, error) {
	list := cached(c, c.available, integration)
	if list.isComplete(settledAfter) {
		return true, nil
	}
	read, err := c.client.readIntegration(ctx, integration)
	if err != nil || !list.lookedUp(read) {
		return false, err
	}
	list.forget()
	return true, nil
}

// Imported returns everything that is imported through an integration, in the order of the ids. One fetch serves all
// callers until something is imported or removed, or RefreshImported. Callers must not change the slice.
func (c *Collection) Imported(ctx context.Context, integration int64) ([]Imported, error) {
	call := listCall{
		operation: fmt.Sprintf("list the imported %s of integration %d", c.kind.many, integration),
		object:    c.kind.importedList,
		query:     ofIntegration(integration, c.kind.importedFields, c.kind.importedOrder),
		paging:    byOffset,
	}
	return cached(c, c.imported, integration).read(ctx, call.operation, func(ctx context.Context) ([]Imported, error) {
		return fetchOf[Imported](ctx, c.client, call, integration)
	})
}

// RefreshImported makes the next caller of Imported fetch anew: processing goes on by itself.
func (c *Collection) RefreshImported(integration int64) { cached(c, c.imported, integration).forget() }

// outdate makes all readers fetch anew: a write to the integration may have changed what it offers since the look-up of
// that time.
func (c *Collection) outdate(integration int64, lookUp string) {
	cached(c, c.available, integration).outdate(lookUp)
	cached(c, c.imported, integration).forget()
}

func ofIntegration(id int64, fields, order string) url.Values {
	return url.Values{
		"integration": {formatID(id)},
		"fields":      {fields},
		// Without an order, rows go missing between pages (seen in a public client).
		"ordering": {order},
	}
}

// ofOneIntegration is a row that may say which integration it belongs to.
type ofOneIntegration interface {
	row
	integration() int64
}

// fetchOf reads a list of what belongs to one integration. A workspace may ignore the filter, so rows of other integrations
// are left out; where rows do not say whose they are, the list of another integration shows whether the filter works.
func fetchOf[Row ofOneIntegration](ctx context.Context, c *Client, call listCall, integration int64) ([]Row, error) {
	rows, err := fetchAll[Row](ctx, c, call)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(rows, func(row Row) bool { return row.integration() == 0 }) {
		if err := checkFilter(ctx, c, call, integration, rows); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(rows, func(row Row) bool { return row.integration() != 0 && row.integration() != integration }), nil
}

// checkFilter returns an error if the list of another integration holds the same rows.
func checkFilter[Row ofOneIntegration](ctx context.Context, c *Client, call listCall, integration int64, rows []Row) error {
	all, err := c.Integrations(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(i Integration) bool { return i.ID != integration })
	if at < 0 {
		return nil
	}
	call.query = maps.Clone(call.query)
	call.query.Set("integration", formatID(all[at].ID))
	others, err := fetchPage[Row](ctx, c, call, 0, 0)
	if err != nil {
		return err
	}
	if len(others.Results) > 0 && slices.ContainsFunc(rows, func(row Row) bool { return row.rowID() == others.Results[0].rowID() }) {
		return others.malformed(ErrFilterIgnored)
	}
	return nil
}

// ErrFilterIgnored is a list of what belongs to all integrations, without saying which belongs to which.
var ErrFilterIgnored = errors.New("it lists what belongs to all integrations, and does not say which belongs to which")

// Listed returns the ids of what the list that was fetched last shows as imported, whatever this process has written since.
func (c *Collection) Listed(integration int64) map[int64]bool {
	imported := map[int64]bool{}
	for _, row := range cached(c, c.available, integration).fetchedRows() {
		if row.Imported {
			imported[row.ID] = true
		}
	}
	return imported
}

// Import imports one of what an integration offers. Available then shows it as imported, without a new fetch: importing
// thousands would otherwise read the list thousands of times. A write that the workspace does not accept is a
// *WriteRefusedError. Flow has no idempotency keys: of a failure that MayRepeat reports, only a new fetch shows whether it
// took effect.
func (c *Collection) Import(ctx context.Context, integration int64, wanted Available) error {
	defer c.RefreshImported(integration)
	list := cached(c, c.available, integration)
	var imported struct {
		ID id `json:"id"`
	}
	_, err := c.client.http.JSON(ctx, httpclient.Request{
		Operation: fmt.Sprintf("import %s %s", c.kind.one, wanted.path()),
		Method:    http.MethodPost,
		URL:       c.client.endpoint(c.kind.importedList, c.kind.importCall),
		Body:      c.kind.importBody(wanted.ID),
		// If it took effect all the same, the next one is refused, and the list shows it.
		AfterUnavailable: true,
	}, &imported)
	if err != nil && !acknowledged(err) {
		if singlecall.OutOfTime(err) {
			list.forget() // Somebody with more time has to look before sending it again.
		}
		return refusal(err)
	}
	list.write(wanted.ID, func(row *Available) {
		row.Imported = true
		if imported.ID != 0 { // otherwise only a later fetch shows the id
			row.ImportedID = int64(imported.ID)
		}
	})
	return nil
}

// Remove removes an imported one with all its data from Flow. It remains available.
func (c *Collection) Remove(ctx context.Context, integration int64, unwanted Available) error {
	defer c.RefreshImported(integration)
	method, path := c.kind.removal(formatID(unwanted.ImportedID))
	_, err := c.client.http.Do(ctx, httpclient.Request{
		Operation:  fmt.Sprintf("remove %s %s", c.kind.one, unwanted.path()),
		Method:     method,
		URL:        c.client.endpoint(append([]string{c.kind.importedList}, path...)...),
		Idempotent: true,
	})
	if err != nil {
		return refusal(err)
	}
	cached(c, c.available, integration).write(unwanted.ID, func(row *Available) { row.Imported, row.ImportedID = false, 0 })
	return nil
}

// path names it for a person; a ticket project has the name of its project.
func (a Available) path() string {
	if a.Owner == "" || strings.EqualFold(a.Owner, a.Name) {
		return strconv.Quote(a.Name)
	}
	return strconv.Quote(a.Owner + "/" + a.Name)
}

// cached returns the list of an integration among those of the collection.
func cached[Row row](c *Collection, lists map[int64]*cachedList[Row], integration int64) *cachedList[Row] {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if lists[integration] == nil {
		lists[integration] = &cachedList[Row]{}
	}
	return lists[integration]
}

// MayRepeat reports whether a write that failed may be sent again, once a new fetch has shown that it did not take effect:
// Flow has abandoned it, or the connection broke. After a timeout Flow may still be working on it.
func MayRepeat(err error) bool { return mayHaveTakenEffect(err) && failedForGood(err) }
