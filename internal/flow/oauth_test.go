package flow_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

const consentAddress = "https://app.vssps.visualstudio.com/oauth2/authorize?state=1"

var wantedByOAuth = flow.NewIntegration{
	Name: "Main", BaseURL: "https://dev.azure.com/contoso", AuthMethod: flow.AuthOAuth,
	Services: flow.Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true},
}

// answering is a workspace that answers a creation like this, once it has taken effect.
func answering(status int, body map[string]any) *workspace {
	server := &workspace{}
	server.fault = func(w http.ResponseWriter, r *http.Request, act func()) bool {
		if !isCreation(r) {
			return false
		}
		if status == http.StatusCreated {
			act()
		}
		send(w, status, body)
		return true
	}
	return server
}

func TestACreationByOAuthSendsNoCredential(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := described(100, "Main")
		answer["auth_type"], answer["authorization_url"] = "oauth", consentAddress
		server := answering(http.StatusCreated, answer)
		got, err := start(t, server).CreateIntegration(t.Context(), wantedByOAuth)
		if err != nil || got.ID != 100 || got.AuthMethod != flow.AuthOAuth || got.AuthorizationURL != consentAddress {
			t.Errorf("%+v, error %v", got, err)
		}
		assertJSON(t, server.bodies[1], `{"name":"Main","vendor":"azure_devops","auth_type":"oauth","enabled_services":["repo","pull_request","ticket"],
			"webhooks_enabled":true,"url":"https://dev.azure.com/contoso"}`)
	})
}

// TestTheAddressToConsentAtIsNotLost: Flow may name it only in the answer to the creation.
func TestTheAddressToConsentAtIsNotLost(t *testing.T) {
	for name, change := range map[string]func(answer map[string]any){
		"only acknowledged":         func(answer map[string]any) { delete(answer, "vendor_type") },
		"webhooks switched anew":    func(answer map[string]any) { answer["webhooks_enabled"] = false },
		"and nothing else is wrong": func(map[string]any) {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answer := described(100, "Main")
				answer["auth_type"], answer["authorization_url"] = "oauth", consentAddress
				change(answer)
				got, err := start(t, answering(http.StatusCreated, answer)).CreateIntegration(t.Context(), wantedByOAuth)
				if err != nil || got.ID != 100 || got.AuthorizationURL != consentAddress || !got.Services.Webhooks {
					t.Errorf("%+v, error %v", got, err)
				}
			})
		})
	}
}

func TestALostCreationByOAuthIsFoundWhoeverConsented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{}
		server.fault = func(w http.ResponseWriter, r *http.Request, act func()) bool {
			if !isCreation(r) {
				return false
			}
			act()
			server.integrations[0]["auth_type"] = "oauth"
			server.integrations[0]["username"] = "Jo@contoso.com"
			send(w, http.StatusBadGateway, nil)
			return true
		}
		got, err := start(t, server).CreateIntegration(t.Context(), wantedByOAuth)
		if err != nil || got.ID != 100 || server.count(creation) != 1 {
			t.Errorf("%+v, error %v after %v", got, err, server.seen())
		}
	})
}

func TestAWorkspaceThatCreatesNoOAuthSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := answering(http.StatusBadRequest, map[string]any{"auth_type": []string{"OAuth needs an authorization."}})
		_, err := start(t, server).CreateIntegration(t.Context(), wantedByOAuth)
		if _, ok := errors.AsType[*flow.OAuthRefusedError](err); !ok || !strings.Contains(err.Error(), "OAuth needs an authorization.") {
			t.Errorf("error %v", err)
		}
		if _, err := start(t, server).CreateIntegration(t.Context(), wanted); err == nil {
			t.Error("a refused creation with a token succeeded")
		} else if _, ok := errors.AsType[*flow.OAuthRefusedError](err); ok {
			t.Errorf("a creation with a token is refused as one by OAuth: %v", err)
		}
	})
}

func TestWhetherAWorkspaceCreatesOAuthIsAskedOnce(t *testing.T) {
	for name, test := range map[string]struct {
		choices []string
		lacks   bool
	}{
		"it does":     {[]string{"access_token", "oauth"}, false},
		"it does not": {[]string{"access_token", "userpass"}, true},
		"not said":    {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var choices []map[string]string
				for _, choice := range test.choices {
					choices = append(choices, map[string]string{"value": choice})
				}
				client := start(t, always(func(w http.ResponseWriter, _ *http.Request) {
					send(w, http.StatusOK, map[string]any{"actions": map[string]any{"POST": map[string]any{"auth_type": map[string]any{"choices": choices}}}})
				}))
				if got := client.LacksOAuth(t.Context()); got != test.lacks {
					t.Errorf("lacks it: %t", got)
				}
			})
		})
	}
}

func TestWhatAwaitsConsent(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"status":"pending_authorization","detail":"x"}`:          true,
		`"Pending_Authorization"`:                                  true,
		`{"repos":{"status":"pending_authorization"},"tickets":1}`: true,
		`{"status":"healthy"}`:                                     false,
		`{"status":"failed_integration"}`:                          false,
		`null`:                                                     false,
	} {
		var status flow.ConnectionStatus
		if err := json.Unmarshal([]byte(raw), &status); err != nil || status.AwaitsConsent() != want {
			t.Errorf("%s awaits consent: %t, error %v", raw, status.AwaitsConsent(), err)
		}
	}
}
