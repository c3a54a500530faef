package adoserver

import (
	"net/http"
	"slices"
	"strings"
)

const (
	tfsPublisher      = "tfs"
	webHooksConsumer  = "webHooks"
	httpRequestAction = "httpRequest"
)

// hookEvent is an event with subscriptions
// (https://learn.microsoft.com/azure/devops/service-hooks/events).
type hookEvent struct {
	id, name string
	inputs   []string
}

var hookEvents = []hookEvent{
	{"git.push", "Code pushed", []string{"projectId", "repository", "branch", "pushedBy"}},
	{"git.pullrequest.created", "Pull request created", pullRequestInputs()},
	{"git.pullrequest.updated", "Pull request updated", pullRequestInputs("notificationType")},
	{"git.pullrequest.merged", "Pull request merge attempted", pullRequestInputs("mergeResult")},
	{"build.complete", "Build completed", []string{"projectId", "definitionName", "buildStatus"}},
	{"tfvc.checkin", "Code checked in", []string{"projectId", "path"}},
	{"workitem.created", "Work item created", workItemInputs()},
	{"workitem.updated", "Work item updated", workItemInputs("changedFields", "linksChanged")},
	{"workitem.deleted", "Work item deleted", workItemInputs()},
	{"workitem.restored", "Work item restored", workItemInputs()},
	{"workitem.commented", "Work item commented on", workItemInputs("commentPattern")},
}

func pullRequestInputs(more ...string) []string {
	return append([]string{"projectId", "repository", "branch", "pullrequestCreatedBy", "pullrequestReviewersContains"}, more...)
}

func workItemInputs(more ...string) []string {
	return append([]string{"projectId", "areaPath", "workItemType", "tag"}, more...)
}

func findEvent(id string) *hookEvent {
	i := slices.IndexFunc(hookEvents, func(e hookEvent) bool { return strings.EqualFold(e.id, id) })
	if i < 0 {
		return nil
	}
	return &hookEvents[i]
}

func hookObjectNotFound(kind, id string) error {
	return newError(http.StatusNotFound, hooksAssembly, kind+"NotFoundException", "No %s found with identifier %s.", strings.ToLower(kind), id)
}

func (c *call) showEvent(e hookEvent) object {
	return object{
		"publisherId": tfsPublisher, "id": e.id, "name": e.name, "description": e.name,
		"supportedResourceVersions": []string{"1.0", "2.0"},
		"inputDescriptors":          inputDescriptors(e.inputs...),
		"url":                       c.url("_apis/hooks/publishers", tfsPublisher, "eventTypes", e.id),
	}
}

func inputDescriptors(ids ...string) []object {
	return each(ids, func(id string) object {
		return object{"id": id, "name": id, "inputMode": "textBox", "isConfidential": slices.Contains(confidentialInputs, id), "validation": object{"isRequired": id == "url"}}
	})
}

func (c *call) showPublisher() object {
	return object{
		"id": tfsPublisher, "name": "Azure DevOps Services", "description": "Publishes Azure DevOps Services events",
		"serviceInstanceType": "00025394-6065-48ca-87d9-7f5672854ef7",
		"url":                 c.url("_apis/hooks/publishers", tfsPublisher),
		"supportedEvents":     each(hookEvents, c.showEvent), "inputDescriptors": inputDescriptors("projectId"),
	}
}

func listPublishers(c *call) (answer, error) { return list([]object{c.showPublisher()}) }

func (c *call) checkPublisher() error {
	if !strings.EqualFold(c.params["publisher"], tfsPublisher) {
		return hookObjectNotFound("Publisher", c.params["publisher"])
	}
	return nil
}

func getPublisher(c *call) (answer, error) {
	if err := c.checkPublisher(); err != nil {
		return answer{}, err
	}
	return ok(c.showPublisher())
}

func listEventTypes(c *call) (answer, error) {
	if err := c.checkPublisher(); err != nil {
		return answer{}, err
	}
	return list(each(hookEvents, c.showEvent))
}

func getEventType(c *call) (answer, error) {
	if err := c.checkPublisher(); err != nil {
		return answer{}, err
	}
	event := findEvent(c.params["event"])
	if event == nil {
		return answer{}, hookObjectNotFound("EventType", c.params["event"])
	}
	return ok(c.showEvent(*event))
}

func (c *call) showConsumer() object {
	return object{
		"id": webHooksConsumer, "name": "Web Hooks", "description": "Provides event communication via HTTP.",
		"authenticationType": "none", "url": c.url("_apis/hooks/consumers", webHooksConsumer),
		"inputDescriptors": []object{}, "actions": []object{c.showAction()},
	}
}

func (c *call) showAction() object {
	return object{
		"consumerId": webHooksConsumer, "id": httpRequestAction, "name": "Post via HTTP", "description": "Posts a JSON representation of an event to the specified URL.",
		"supportedEventTypes":          []string{"*"},
		"allowResourceVersionOverride": true,
		"inputDescriptors": inputDescriptors("url", "acceptUntrustedCerts", "basicAuthUsername", "basicAuthPassword", "httpHeaders",
			"resourceDetailsToSend", "messagesToSend", "detailedMessagesToSend"),
		"url": c.url("_apis/hooks/consumers", webHooksConsumer, "actions", httpRequestAction),
	}
}

func listConsumers(c *call) (answer, error) { return list([]object{c.showConsumer()}) }

func (c *call) checkConsumer() error {
	if !strings.EqualFold(c.params["consumer"], webHooksConsumer) {
		return hookObjectNotFound("Consumer", c.params["consumer"])
	}
	return nil
}

func getConsumer(c *call) (answer, error) {
	if err := c.checkConsumer(); err != nil {
		return answer{}, err
	}
	return ok(c.showConsumer())
}

func listConsumerActions(c *call) (answer, error) {
	if err := c.checkConsumer(); err != nil {
		return answer{}, err
	}
	return list([]object{c.showAction()})
}

func getConsumerAction(c *call) (answer, error) {
	if err := c.checkConsumer(); err != nil {
		return answer{}, err
	}
	if !strings.EqualFold(c.params["action"], httpRequestAction) {
		return answer{}, hookObjectNotFound("ConsumerAction", c.params["action"])
	}
	return ok(c.showAction())
}
