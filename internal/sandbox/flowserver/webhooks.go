package flowserver

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"github.com/google/uuid"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/servicehooks"
)

// webhookHost stands for the vendor's host. The name is reserved for examples, so nothing is ever delivered.
const webhookHost = "https://flow.example.com"

// messageNoWebhooks follows the set-up page's advice for this case.
const messageNoWebhooks = "Unable to enable webhooks: the account must be a Project Collection Administrator."

// events returns the service-hook events that the integration needs.
func (s *Server) events(i Integration) map[string]bool {
	wanted := map[string]bool{}
	if !i.Webhooks || !s.mayConnect(i) {
		return wanted
	}
	add := func(on bool, names ...string) {
		for _, name := range names {
			if on {
				wanted[name] = true
			}
		}
	}
	add(i.Services.Repos, "git.push")
	add(i.Services.PullRequests, "git.pullrequest.created", "git.pullrequest.updated", "git.pullrequest.merged")
	add(i.Services.Tickets, "workitem.created", "workitem.updated", "workitem.deleted")
	return wanted
}

// hook creates and deletes subscriptions in Azure DevOps as after needs, and records them in after. If one cannot be created,
// the change is refused and none is added.
func (s *Server) hook(ctx context.Context, before Integration, after *Integration) *refusal {
	moved := before.Organization() != after.Organization()
	kept, obsolete := map[string]string{}, map[string]string{}
	wanted := s.events(*after)
	for event, id := range before.Hooks {
		if wanted[event] && !moved {
			kept[event] = id
		} else {
			obsolete[event] = id
		}
	}
	added := map[string]string{}
	for event := range wanted {
		if kept[event] != "" {
			continue
		}
		id, err := s.subscribe(ctx, *after, event)
		if err != nil {
			s.unhook(ctx, *after, added)
			return unhookable(err)
		}
		added[event] = id
	}
	s.unhook(ctx, before, obsolete)
	maps.Copy(kept, added)
	after.Hooks = kept
	return nil
}

// unhookable returns the refusal for a subscription that failed. Azure DevOps answers a lack of rights with 400 or 403.
func unhookable(err error) *refusal {
	switch statusOf(err) {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return &refusal{"webhooks_enabled", messageNoWebhooks}
	}
	return refuse(messageFailed)
}

// subscribe creates one subscription for the whole organization, which needs an administrator's rights.
func (s *Server) subscribe(ctx context.Context, i Integration, event string) (string, error) {
	subscription, err := s.organization(i).hooks().CreateSubscription(ctx, servicehooks.CreateSubscriptionArgs{
		Subscription: &servicehooks.Subscription{
			PublisherId: new("tfs"), EventType: &event, ResourceVersion: new("1.0"),
			ConsumerId: new("webHooks"), ConsumerActionId: new("httpRequest"),
			PublisherInputs: &map[string]string{},
			ConsumerInputs:  &map[string]string{"url": fmt.Sprintf("%s/webhooks/azure_devops/%d/", webhookHost, i.ID)},
		},
	})
	if err != nil {
		return "", err
	}
	return subscription.Id.String(), nil
}

// unhook deletes subscriptions if the credential still can. Others remain in Azure DevOps.
func (s *Server) unhook(ctx context.Context, i Integration, hooks map[string]string) {
	for _, text := range hooks {
		if id, err := uuid.Parse(text); err == nil {
			_ = s.organization(i).hooks().DeleteSubscription(ctx, servicehooks.DeleteSubscriptionArgs{SubscriptionId: &id})
		}
	}
}
