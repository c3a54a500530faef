package flow

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Collection is one kind of what Flow discovers through an integration and imports: repositories, or ticket projects.
// It is safe for concurrent use.
type Collection struct {
	client *Client
	kind   collectionKind

	mutex     sync.Mutex
	available map[int64]*listing[Available]
	imported  map[int64]*listing[Imported]
}

// collectionKind is in which calls and words the kinds differ.
type collectionKind struct {
	one, many string
	// availableList and importedList are the lists' names, importCall and removeCall what follows the latter.
	availableList, importedList, importCall string
	// availableFields and importedFields are what is read of a row: a list of thousands is mostly other fields.
	availableFields, importedFields string
	importBody                      func(availableID int64) any
	// removal is the method and the path, below the imported list, of the call that removes.
	removal func(id string) (method string, path []string)
}

func newCollection(client *Client, kind collectionKind) *Collection {
	return &Collection{
		client:    client,
		kind:      kind,
		available: map[int64]*listing[Available]{},
		imported:  map[int64]*listing[Imported]{},
	}
}

// Available is a repository or a ticket project that Flow has discovered, whether it is imported or not.
type Available struct {
	ID   int64
	Name string
	// Owner is the Azure DevOps project.
	Owner    string
	Imported bool
	// ImportedID is its id as an imported one; 0 while it is not imported, or if Flow does not tell.
	ImportedID int64
	// Excluded tells what an exclusion rule in Flow keeps from being imported.
	Excluded bool
	// Unsupported tells a ticket project that Flow shows as "Vendor not supported".
	Unsupported bool
}

// Imported is a repository or a ticket project that Flow keeps data of.
type Imported struct {
	ID    int64
	Name  string
	Owner string
	// Status is Flow's word for how far its processing is, such as "Processing".
	Status string
	// Blocked tells what Flow does not update until somebody queues it again.
	Blocked bool
	// LastUpdated and FailingSince are timestamps without a zone, as Flow gives them; empty for never.
	LastUpdated  string
	FailingSince string
	// FailureReason is Flow's sentence about the last failure.
	FailureReason string
}

// Available gives everything that Flow has discovered through an integration, in the order of the ids. One listing serves
// all callers until ForgetAvailable. The list of an integration that does not exist is empty.
func (c *Collection) Available(ctx context.Context, integration int64) ([]Available, error) {
	return listingOf(c, c.available, integration).get(ctx, func(ctx context.Context) ([]Available, error) {
		operation := fmt.Sprintf("list the %s that integration %d offers", c.kind.many, integration)
		return pages[Available](ctx, c.client, operation, c.kind.availableList, func(_, pages int) url.Values {
			query := ofIntegration(integration, c.kind.availableFields)
			// Unlike the other lists, these page by number (seen in a public client).
			query.Set("page", strconv.Itoa(pages+1))
			query.Set("page_size", strconv.Itoa(pageSize))
			return query
		})
	})
}

// Imported gives everything that is imported through an integration, in the order of the ids. One listing serves all
// callers until something is imported or removed, or ForgetImported.
func (c *Collection) Imported(ctx context.Context, integration int64) ([]Imported, error) {
	return listingOf(c, c.imported, integration).get(ctx, func(ctx context.Context) ([]Imported, error) {
		operation := fmt.Sprintf("list the imported %s of integration %d", c.kind.many, integration)
		return pages[Imported](ctx, c.client, operation, c.kind.importedList, func(rows, _ int) url.Values {
			query := ofIntegration(integration, c.kind.importedFields)
			query.Set("offset", strconv.Itoa(rows))
			query.Set("limit", strconv.Itoa(pageSize))
			return query
		})
	})
}

func ofIntegration(id int64, fields string) url.Values {
	return url.Values{
		"integration": {formatID(id)},
		"fields":      {fields},
		// Without an order, rows go missing between pages (seen in a public client).
		"ordering": {"id"},
	}
}

// Import imports one of what an integration offers, and gives its id as an imported one; 0 if Flow does not tell. A write
// that the workspace does not accept is a *WriteRefusedError. Flow has no idempotency keys: of a failure that MayRepeat
// reports, only a fresh listing tells whether it took effect.
//
// The listing of what is available stays as it was, since importing thousands would else read it thousands of times.
func (c *Collection) Import(ctx context.Context, integration int64, wanted Available) (int64, error) {
	defer listingOf(c, c.imported, integration).invalidate()
	var imported struct {
		ID number `json:"id"`
	}
	_, err := c.client.http.JSON(ctx, httpclient.Request{
		Operation: fmt.Sprintf("import %s %s", c.kind.one, wanted.path()),
		Method:    http.MethodPost,
		URL:       c.client.endpoint(c.kind.importedList, c.kind.importCall),
		Body:      c.kind.importBody(wanted.ID),
	}, &imported)
	if acknowledged(err) {
		return 0, nil
	}
	return int64(imported.ID), refusal(err)
}

// Remove removes an imported one with all its data from Flow. It stays available. The listing of what is available stays
// as it was, see Import.
func (c *Collection) Remove(ctx context.Context, integration int64, unwanted Available) error {
	defer listingOf(c, c.imported, integration).invalidate()
	method, path := c.kind.removal(formatID(unwanted.ImportedID))
	_, err := c.client.http.Do(ctx, httpclient.Request{
		Operation:  fmt.Sprintf("remove %s %s", c.kind.one, unwanted.path()),
		Method:     method,
		URL:        c.client.endpoint(append([]string{c.kind.importedList}, path...)...),
		Idempotent: true,
	})
	return refusal(err)
}

// path names it for a person; a ticket project has the name of its project.
func (a Available) path() string {
	if a.Owner == "" || strings.EqualFold(a.Owner, a.Name) {
		return strconv.Quote(a.Name)
	}
	return strconv.Quote(a.Owner + "/" + a.Name)
}

// ForgetAvailable makes the next reader of Available fetch anew.
func (c *Collection) ForgetAvailable(integration int64) {
	listingOf(c, c.available, integration).invalidate()
}

// ForgetImported makes the next reader of Imported fetch anew: processing goes on by itself.
func (c *Collection) ForgetImported(integration int64) {
	listingOf(c, c.imported, integration).invalidate()
}

// listingOf gives the listing of an integration among those of the collection.
func listingOf[T any](c *Collection, listings map[int64]*listing[T], integration int64) *listing[T] {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if listings[integration] == nil {
		listings[integration] = &listing[T]{}
	}
	return listings[integration]
}

// MayRepeat tells the failures of a write after which it may be sent again, once a fresh listing has shown that it did not
// take effect: Flow has given it up, or the connection broke. After a timeout Flow may still be at work on it.
func MayRepeat(err error) bool { return mayHaveTakenEffect(err) && failedForGood(err) }
