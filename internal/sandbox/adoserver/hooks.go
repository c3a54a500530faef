package adoserver

import (
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// masked replaces confidential inputs in answers.
const masked = "********"

// confidentialInputs are those of the webHooks consumer.
var confidentialInputs = []string{"basicAuthPassword", "httpHeaders"}

// subscriptionJSON is a subscription as clients send and receive it. What is not sent is nil in pointers and maps.
type subscriptionJSON struct {
	ID                string            `json:"id"`
	URL               string            `json:"url"`
	Status            string            `json:"status"`
	PublisherID       string            `json:"publisherId"`
	EventType         string            `json:"eventType"`
	EventDescription  string            `json:"eventDescription"`
	ResourceVersion   string            `json:"resourceVersion"`
	ConsumerID        string            `json:"consumerId"`
	ConsumerActionID  string            `json:"consumerActionId"`
	ActionDescription string            `json:"actionDescription"`
	PublisherInputs   map[string]string `json:"publisherInputs"`
	ConsumerInputs    map[string]string `json:"consumerInputs"`
	CreatedBy         object            `json:"createdBy,omitempty"`
	CreatedDate       *time.Time        `json:"createdDate,omitempty"`
	ModifiedBy        object            `json:"modifiedBy,omitempty"`
	ModifiedDate      *time.Time        `json:"modifiedDate,omitempty"`
}

func (c *call) showSubscription(row *subscriptionRow) subscriptionJSON {
	inputs := maps.Clone(row.ConsumerInputs)
	for _, name := range confidentialInputs {
		if inputs[name] != "" {
			inputs[name] = masked
		}
	}
	created, modified := row.Created, row.Modified // copies, because the row may change while the answer is sent
	publisher := map[string]string{"hostId": c.org.GUID, "tfsSubscriptionId": guid("tfs subscription", row.GUID)}
	maps.Copy(publisher, row.PublisherInputs)
	return subscriptionJSON{
		ID: row.GUID, URL: c.url("_apis/hooks/subscriptions", row.GUID), Status: row.Status,
		PublisherID: row.PublisherID, EventType: row.EventType, EventDescription: c.eventDescription(row),
		ResourceVersion: row.ResourceVersion, ConsumerID: row.ConsumerID, ConsumerActionID: row.ConsumerActionID,
		ActionDescription: "To host " + hostName(row.ConsumerInputs["url"]),
		PublisherInputs:   publisher, ConsumerInputs: inputs,
		CreatedBy: c.identityReference(row.CreatedBy), CreatedDate: &created,
		ModifiedBy: c.identityReference(row.ModifiedBy), ModifiedDate: &modified,
	}
}

func (c *call) eventDescription(row *subscriptionRow) string {
	if p, known := c.org.projectsByKey[strings.ToLower(row.PublisherInputs["projectId"])]; known {
		return "Project " + p.Name
	}
	return "Any project"
}

func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// hooksTokenOf returns the security token of a subscription, that of its project or, without one, of the organization.
func hooksTokenOf(row *subscriptionRow) string {
	if id := row.PublisherInputs["projectId"]; id != "" {
		return hooksToken + "/" + id
	}
	return hooksToken
}

func (c *call) requireHooks(row *subscriptionRow, bits int, right string) error {
	token := hooksTokenOf(row)
	if c.hooksBits(token)&bits != bits {
		return c.accessDenied(hooksNamespace, token, right, bits)
	}
	return nil
}

func listSubscriptions(c *call) (answer, error) {
	wanted := subscriptionQuery{
		PublisherID: c.arg("publisherId"), EventType: c.arg("eventType"),
		ConsumerID: c.arg("consumerId"), ConsumerActionID: c.arg("consumerActionId"),
	}
	return list(each(c.findSubscriptions(wanted), c.showSubscription))
}

// subscriptionQuery is the body of subscriptionsquery.
type subscriptionQuery struct {
	PublisherID           string               `json:"publisherId,omitempty"`
	EventType             string               `json:"eventType,omitempty"`
	ConsumerID            string               `json:"consumerId,omitempty"`
	ConsumerActionID      string               `json:"consumerActionId,omitempty"`
	PublisherInputFilters []inputFilter        `json:"publisherInputFilters,omitempty"`
	Results               *[]*subscriptionJSON `json:"results"`
}

type inputFilter struct {
	Conditions []struct {
		InputID    string `json:"inputId"`
		InputValue string `json:"inputValue"`
		Operator   string `json:"operator"` // equals (default) or notEquals
	} `json:"conditions"`
}

func querySubscriptions(c *call) (answer, error) {
	var query subscriptionQuery
	if err := c.decode(&query); err != nil {
		return answer{}, err
	}
	results := []*subscriptionJSON{}
	for _, row := range c.findSubscriptions(query) {
		shown := c.showSubscription(row)
		results = append(results, &shown)
	}
	query.Results = &results
	return ok(query)
}

// findSubscriptions returns the subscriptions that match and that the identity may view.
func (c *call) findSubscriptions(query subscriptionQuery) []*subscriptionRow {
	var found []*subscriptionRow
	for _, row := range c.org.subscriptions {
		if query.matches(row) && c.requireHooks(row, hooksViewBit, "View Subscriptions") == nil {
			found = append(found, row)
		}
	}
	return found
}

func (q subscriptionQuery) matches(row *subscriptionRow) bool {
	for _, pair := range [][2]string{
		{q.PublisherID, row.PublisherID},
		{q.EventType, row.EventType},
		{q.ConsumerID, row.ConsumerID},
		{q.ConsumerActionID, row.ConsumerActionID},
	} {
		if pair[0] != "" && !strings.EqualFold(pair[0], pair[1]) {
			return false
		}
	}
	// One of the filters must match, with all of its conditions.
	return len(q.PublisherInputFilters) == 0 || slices.ContainsFunc(q.PublisherInputFilters, func(f inputFilter) bool { return f.matches(row) })
}

func (f inputFilter) matches(row *subscriptionRow) bool {
	for _, condition := range f.Conditions {
		equal := strings.EqualFold(row.PublisherInputs[condition.InputID], condition.InputValue)
		if equal == strings.EqualFold(condition.Operator, "notEquals") {
			return false
		}
	}
	return true
}

func getSubscription(c *call) (answer, error) {
	row, err := c.findSubscription()
	if err != nil {
		return answer{}, err
	}
	return ok(c.showSubscription(row))
}

func (c *call) findSubscription() (*subscriptionRow, error) {
	id := c.params["subscription"]
	for _, row := range c.org.subscriptions {
		if strings.EqualFold(row.GUID, id) {
			return row, c.requireHooks(row, hooksViewBit, "View Subscriptions")
		}
	}
	return nil, newError(http.StatusNotFound, hooksAssembly, "SubscriptionNotFoundException",
		"No subscription found with identifier %s.", id)
}

func createSubscription(c *call) (answer, error) {
	row, err := c.readSubscription()
	if err != nil {
		return answer{}, err
	}
	row.ID = c.server.world.tables.subscriptions.NextID()
	row.GUID = uuid.NewString()
	row.CreatedBy, row.Created = row.ModifiedBy, row.Modified
	if err := c.server.world.tables.subscriptions.Put(row.ID, *row); err != nil {
		return answer{}, err
	}
	c.org.subscriptions = append(c.org.subscriptions, row)
	return ok(c.showSubscription(row))
}

func replaceSubscription(c *call) (answer, error) {
	old, err := c.findSubscription()
	if err != nil {
		return answer{}, err
	}
	if err := c.requireHooks(old, hooksEditBit, "Edit Subscription"); err != nil {
		return answer{}, err
	}
	row, err := c.readSubscription()
	if err != nil {
		return answer{}, err
	}
	for _, name := range confidentialInputs { // clients send back what they received
		if row.ConsumerInputs[name] == masked {
			row.ConsumerInputs[name] = old.ConsumerInputs[name]
		}
	}
	row.ID, row.GUID, row.CreatedBy, row.Created = old.ID, old.GUID, old.CreatedBy, old.Created
	if err := c.server.world.tables.subscriptions.Put(row.ID, *row); err != nil {
		return answer{}, err
	}
	*old = *row
	return ok(c.showSubscription(old))
}

func deleteSubscription(c *call) (answer, error) {
	row, err := c.findSubscription()
	if err != nil {
		return answer{}, err
	}
	if err := c.requireHooks(row, hooksEditBit, "Edit Subscription"); err != nil {
		return answer{}, err
	}
	if err := c.server.world.tables.subscriptions.Delete(row.ID); err != nil {
		return answer{}, err
	}
	c.org.subscriptions = slices.DeleteFunc(c.org.subscriptions, func(other *subscriptionRow) bool { return other == row })
	return answer{status: http.StatusNoContent}, nil
}

// readSubscription decodes a subscription from the body, and checks the rights before the content.
func (c *call) readSubscription() (*subscriptionRow, error) {
	var sent subscriptionJSON
	if err := c.decode(&sent); err != nil {
		return nil, err
	}
	row := &subscriptionRow{
		Organization: c.org.Name, PublisherID: sent.PublisherID, EventType: sent.EventType, ResourceVersion: sent.ResourceVersion,
		ConsumerID: sent.ConsumerID, ConsumerActionID: sent.ConsumerActionID,
		PublisherInputs: sent.PublisherInputs, ConsumerInputs: sent.ConsumerInputs, Status: "enabled",
		ModifiedBy: c.who.GUID, Modified: c.server.options.Now().UTC(),
	}
	if sent.Status == "disabledByUser" {
		row.Status = sent.Status
	}
	if row.PublisherInputs == nil {
		row.PublisherInputs = map[string]string{}
	}
	if row.ConsumerInputs == nil {
		row.ConsumerInputs = map[string]string{}
	}
	delete(row.PublisherInputs, "hostId")
	delete(row.PublisherInputs, "tfsSubscriptionId")
	if err := c.requireHooks(row, hooksEditBit, "Edit Subscription"); err != nil {
		return nil, err
	}
	return row, c.validateSubscription(row)
}

func invalidSubscription(format string, args ...any) error {
	return newError(http.StatusBadRequest, hooksAssembly, "SubscriptionInputException", format, args...)
}

func (c *call) validateSubscription(row *subscriptionRow) error {
	if row.PublisherID != tfsPublisher {
		return invalidSubscription("The publisher '%s' does not exist.", row.PublisherID)
	}
	event := findEvent(row.EventType)
	if event == nil {
		return invalidSubscription("The event type '%s' is not supported by the publisher '%s'.", row.EventType, row.PublisherID)
	}
	if row.ConsumerID != webHooksConsumer || row.ConsumerActionID != httpRequestAction {
		return invalidSubscription("The consumer '%s' has no action '%s'.", row.ConsumerID, row.ConsumerActionID)
	}
	for name := range row.PublisherInputs {
		if !slices.Contains(event.inputs, name) {
			return invalidSubscription("The input '%s' is not valid for the event type '%s'.", name, row.EventType)
		}
	}
	if id := row.PublisherInputs["projectId"]; id != "" {
		if _, known := c.org.projectsByKey[strings.ToLower(id)]; !known || !isGUID(id) {
			return invalidSubscription("The project '%s' does not exist.", id)
		}
	}
	return c.validateHookURL(row.ConsumerInputs)
}

// validateHookURL applies the rules of
// https://learn.microsoft.com/azure/devops/service-hooks/create-subscription.
func (c *call) validateHookURL(inputs map[string]string) error {
	u, err := url.Parse(inputs["url"])
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return invalidSubscription("The value of the input 'url' is not a valid URL.")
	}
	if !c.server.options.AllowLocalHooks && isLocal(u.Hostname()) {
		return invalidSubscription("The URL '%s' is not allowed: localhost and special-purpose addresses cannot be reached by service hooks.", u.Redacted())
	}
	if u.Scheme != "https" && (inputs["basicAuthUsername"] != "" || inputs["basicAuthPassword"] != "") {
		return invalidSubscription("Basic authentication requires a URL with HTTPS.")
	}
	return nil
}

func isLocal(hostname string) bool {
	if strings.EqualFold(hostname, "localhost") || strings.HasSuffix(strings.ToLower(hostname), ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(hostname)
	if err != nil {
		return false
	}
	addr = addr.Unmap()
	return !addr.IsGlobalUnicast() || addr.IsPrivate()
}
