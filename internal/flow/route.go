package flow

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/singlecall"
)

// route is what Flow says of one path: Django REST Framework lists in the header Allow of every answer which methods a path
// has, and describes the fields of its bodies in the answer to OPTIONS (views.py and metadata.py of its source). A gateway
// may strip the first, and the vendor may have switched off the second.
type route struct {
	// methods are empty if Flow does not say.
	methods []string
	// vendors are the slugs that a creation may have; empty if Flow does not say.
	vendors []string
	// authMethods are those that a creation may have; empty if Flow does not say.
	authMethods []string
	// fields are those that a POST takes; empty if Flow does not say.
	fields []string
}

// routes remembers what Flow has said of each path.
type routes struct {
	calls singleflight.Group
	known sync.Map
}

// createPath is where integrations are created.
var createPath = []string{"integrations", "create_with_vendor"}

// Lacks reports whether Flow says that a path has no such method. That is evidence and no proof: false may mean that
// nothing is known.
func (c *Client) lacks(ctx context.Context, method string, path ...string) bool {
	methods := c.route(ctx, path...).methods
	return len(methods) > 0 && !slices.Contains(methods, method)
}

// LacksCreation reports whether Flow says that integrations cannot be created by API in this workspace.
func (c *Client) LacksCreation(ctx context.Context) bool {
	return c.lacks(ctx, http.MethodPost, createPath...)
}

// LacksOAuth reports whether Flow says that integrations by OAuth cannot be created by API in this workspace.
func (c *Client) LacksOAuth(ctx context.Context) bool {
	methods := c.route(ctx, createPath...).authMethods
	return len(methods) > 0 && !slices.Contains(methods, AuthOAuth)
}

// LacksChange reports whether Flow says that an integration cannot be changed by API.
func (c *Client) LacksChange(ctx context.Context, id int64) bool {
	return c.lacks(ctx, http.MethodPatch, "integrations", formatID(id))
}

// LacksDeletion reports whether Flow says that an integration cannot be deleted by API.
func (c *Client) LacksDeletion(ctx context.Context, id int64) bool {
	return c.lacks(ctx, http.MethodDelete, "integrations", formatID(id))
}

// LacksImport reports whether Flow says that nothing of this kind can be imported by API.
func (c *Collection) LacksImport(ctx context.Context) bool {
	return c.client.lacks(ctx, http.MethodPost, c.kind.importedList, c.kind.importCall)
}

// route asks once what Flow says of a path. A failure to ask tells nothing.
func (c *Client) route(ctx context.Context, path ...string) route {
	object := strings.Join(path, "/")
	asked, _ := singlecall.Do(ctx, &c.routes.calls, object, func(ctx context.Context) (route, error) {
		if known, found := c.routes.known.Load(object); found {
			known, _ := known.(route)
			return known, nil
		}
		asked, err := c.askRoute(ctx, object)
		if err == nil {
			c.routes.known.Store(object, asked)
		}
		return asked, err
	})
	return asked
}

func (c *Client) askRoute(ctx context.Context, object string) (route, error) {
	response, err := c.http.Do(ctx, httpclient.Request{
		Operation: "ask what " + object + " offers", Method: http.MethodOptions, URL: c.endpoint(object),
	})
	switch {
	case err == nil:
		described := fieldsIn(response.Body)
		described.methods = methodsIn(response.Header)
		return described, nil
	case httpclient.StatusOf(err) != 0: // a 405 says as much as a success
		return route{methods: methodsIn(httpclient.HeaderOf(err))}, nil
	}
	return route{}, err
}

func methodsIn(header http.Header) []string {
	var methods []string
	for method := range strings.SplitSeq(header.Get("Allow"), ",") {
		if method = strings.ToUpper(strings.TrimSpace(method)); method != "" {
			methods = append(methods, method)
		}
	}
	return methods
}

// fieldsIn returns the fields of a POST, and the choices of those that have some.
func fieldsIn(body []byte) route {
	var metadata struct {
		Actions struct {
			Post map[string]postField `json:"POST"`
		} `json:"actions"`
	}
	if json.Unmarshal(body, &metadata) != nil {
		return route{}
	}
	post := metadata.Actions.Post
	return route{fields: sortedKeys(post), vendors: post[fieldVendor].choices(), authMethods: post[fieldAuthType].choices()}
}

// postField is Flow's description of one field.
type postField struct {
	Choices []struct {
		Value text `json:"value"`
	} `json:"choices"`
}

func (f postField) choices() []string {
	var values []string
	for _, choice := range f.Choices {
		values = append(values, string(choice.Value))
	}
	return values
}
