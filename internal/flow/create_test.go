package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

var wanted = flow.NewIntegration{
	Name: "Main", BaseURL: "https://dev.azure.com/contoso", Email: "Svc-Flow@contoso.com", Token: token,
	Services: flow.Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true},
}

func TestCreationSendsWhatFlowTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{}
		input := wanted
		input.Services = flow.Services{Tickets: true}
		got, err := start(t, server).CreateIntegration(t.Context(), input)
		if err != nil || got.ID != 100 || got.Name != "Main" || got.CreatedBy != "Jo" {
			t.Errorf("%+v, error %v", got, err)
		}
		if diff := cmp.Diff([]string{listing, creation}, server.seen()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		assertJSON(t, server.bodies[1], `{"name":"Main","vendor":"azure_devops","auth_type":"access_token","enabled_services":["ticket"],
			"webhooks_enabled":false,"url":"https://dev.azure.com/contoso","username":"Svc-Flow@contoso.com","token":"`+token+`"}`)
	})
}

func assertJSON(t *testing.T, got, want string) {
	t.Helper()
	var gotValue, wantValue any
	if err := errors.Join(json.Unmarshal([]byte(got), &gotValue), json.Unmarshal([]byte(want), &wantValue)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantValue, gotValue); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestACreationWithoutServicesSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{}
		input := wanted
		input.Services = flow.Services{}
		if _, err := start(t, server).CreateIntegration(t.Context(), input); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(server.bodies[1], `"enabled_services":[]`) {
			t.Errorf("body %s", server.bodies[1])
		}
	})
}

// hang never answers.
func hang(r *http.Request) { <-r.Context().Done() }

// losses are the ways in which the answer to a write is lost.
var losses = map[string]func(w http.ResponseWriter, r *http.Request){
	"broken connection": func(w http.ResponseWriter, _ *http.Request) { httpclienttest.Break(w) },
	"502":               func(w http.ResponseWriter, _ *http.Request) { raw(w, 502, "text/html", "<html>Bad gateway") },
	"503":               func(w http.ResponseWriter, _ *http.Request) { send(w, 503, map[string]any{}) },
	"503 with a time": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		send(w, 503, map[string]any{})
	},
	"500": func(w http.ResponseWriter, _ *http.Request) { raw(w, 500, "text/html", "<h1>Server Error (500)</h1>") },
	"504": func(w http.ResponseWriter, _ *http.Request) { raw(w, 504, "text/html", "") },
	"cut answer": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		httpclienttest.BreakOff(w, 201, "application/json", `{"id":1`)
	},
	"cut JSON":   func(w http.ResponseWriter, _ *http.Request) { raw(w, 201, "application/json", `{"id":1`) },
	"empty 201":  func(w http.ResponseWriter, _ *http.Request) { raw(w, 201, "application/json", "") },
	"204":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
	"HTML 200":   func(w http.ResponseWriter, _ *http.Request) { raw(w, 200, "text/html", "<html>Sign in") },
	"without id": func(w http.ResponseWriter, _ *http.Request) { raw(w, 201, "application/json", `{"detail":"Created."}`) },
	"null":       func(w http.ResponseWriter, _ *http.Request) { raw(w, 201, "application/json", `null`) },
	"other JSON": func(w http.ResponseWriter, _ *http.Request) { raw(w, 201, "application/json", `[]`) },
	"timeout":    func(_ http.ResponseWriter, r *http.Request) { hang(r) },
}

func TestACreationWhoseAnswerIsLostIsFoundAndNotSentAgain(t *testing.T) {
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				older := described(7, "Main") // of the same name and user
				server := &workspace{integrations: []map[string]any{older}}
				server.fault = func(w http.ResponseWriter, r *http.Request, act func()) bool {
					if isCreation(r) {
						act()
						lose(w, r)
					}
					return isCreation(r)
				}
				got, err := start(t, server).CreateIntegration(t.Context(), wanted)
				if err != nil || got.ID != 101 {
					t.Errorf("integration %d, error %v; want 101", got.ID, err)
				}
				if diff := cmp.Diff([]string{listing, creation, listing}, server.seen()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestACreationThatAppearsLateIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{}
		server.fault = func(w http.ResponseWriter, r *http.Request, act func()) bool {
			if isCreation(r) {
				time.AfterFunc(6*time.Second, act)
				httpclienttest.Break(w)
			}
			return isCreation(r)
		}
		got, err := start(t, server).CreateIntegration(t.Context(), wanted)
		if err != nil || got.ID != 100 || server.count(creation) != 1 {
			t.Errorf("integration %d after %d creations, error %v", got.ID, server.count(creation), err)
		}
	})
}

// sendsAgain are the losses after which Flow is done with the request, so that one which left no trace is sent again.
var sendsAgain = map[string]bool{"broken connection": true, "500": true, "502": true, "503": true, "503 with a time": true}

func TestACreationThatHadNoEffectIsSentAgainOnlyWhenThatIsHarmless(t *testing.T) {
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{}
				lost := false
				server.fault = func(w http.ResponseWriter, r *http.Request, _ func()) bool {
					if !isCreation(r) || lost {
						return false
					}
					lost = true
					lose(w, r)
					return true
				}
				got, err := start(t, server).CreateIntegration(t.Context(), wanted)
				looked := []string{listing, creation, listing, listing, listing}
				if sendsAgain[name] {
					if err != nil || got.ID != 100 || len(server.integrations) != 1 {
						t.Errorf("integration %d of %d, error %v", got.ID, len(server.integrations), err)
					}
					looked = append(looked, creation)
				} else {
					var unknown *flow.LostAnswerError
					if !errors.As(err, &unknown) || unknown.Name != "Main" || !strings.HasPrefix(err.Error(), `Flow may or may not have created integration "Main": could not create integration "Main": Flow`) {
						t.Errorf("error %v", err)
					}
				}
				if diff := cmp.Diff(looked, server.seen()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				assertNoSecret(t, err)
			})
		})
	}
}

func TestACreationThatCannotBeLookedForInTimeIsNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if isCreation(r) {
				w.Header().Set("Retry-After", "600")
				send(w, 503, map[string]any{})
			}
			return isCreation(r)
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		begin := time.Now()
		_, err := start(t, server).CreateIntegration(ctx, wanted)
		var unknown *flow.LostAnswerError
		if !errors.As(err, &unknown) || server.count(creation) != 1 || time.Since(begin) > time.Second {
			t.Errorf("%d creations in %s, error %v", server.count(creation), time.Since(begin), err)
		}
	})
}

func TestAPageIsNoRefusalOfACreation(t *testing.T) {
	for _, status := range []int{403, 404, 511} {
		synctest.Test(t, func(t *testing.T) {
			server := &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
				if isCreation(r) {
					raw(w, status, "text/html", "<html><title>Website blocked</title>")
				}
				return isCreation(r)
			}}
			_, err := start(t, server).CreateIntegration(t.Context(), wanted)
			failed, _ := err.(*httpclient.Error) //nolint:errorlint // That it is not wrapped is the point.
			if failed == nil || failed.Kind != httpclient.KindForeign || server.count(creation) != 1 || server.count(listing) != 1 {
				t.Errorf("%v, error %v (%T)", server.seen(), err, err)
			}
		})
	}
}

func TestACreationIsSentThreeTimesAtTheMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if isCreation(r) {
				httpclienttest.Break(w)
			}
			return isCreation(r)
		}}
		_, err := start(t, server).CreateIntegration(t.Context(), wanted)
		var unknown *flow.LostAnswerError
		if !errors.As(err, &unknown) || server.count(creation) != 3 || server.count(listing) != 10 {
			t.Errorf("%d creations, %d lists, error %v", server.count(creation), server.count(listing), err)
		}
	})
}

func TestAnInterruptedCreationIsLookedForAllTheSame(t *testing.T) {
	for name, takesEffect := range map[string]bool{"took effect": true, "had no effect": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				server := &workspace{}
				server.fault = func(_ http.ResponseWriter, r *http.Request, act func()) bool {
					if isCreation(r) {
						if takesEffect {
							act()
						}
						cancel()
						hang(r)
					}
					return isCreation(r)
				}
				begin := time.Now()
				got, err := start(t, server).CreateIntegration(ctx, wanted)
				var unknown *flow.LostAnswerError
				switch {
				case takesEffect && (err != nil || got.ID != 100):
					t.Errorf("integration %d, error %v", got.ID, err)
				case !takesEffect && (!errors.As(err, &unknown) || !errors.Is(err, context.Canceled)):
					t.Errorf("error %v", err)
				}
				if took := time.Since(begin); server.count(creation) != 1 || took > 10*time.Second {
					t.Errorf("%d creations in %s", server.count(creation), took)
				}
			})
		})
	}
}

func TestAnOlderOrForeignIntegrationIsNotMistakenForTheNewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{integrations: []map[string]any{described(7, "Main"), described(8, "Main")}}
		server.fault = func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if isCreation(r) {
				// Meanwhile somebody else makes others.
				foreign := described(9, "Main")
				foreign["username"] = "somebody@contoso.com"
				server.integrations = append(server.integrations, foreign, described(10, "Main 2"))
				raw(w, 504, "text/html", "")
			}
			return isCreation(r)
		}
		got, err := start(t, server).CreateIntegration(t.Context(), wanted)
		var unknown *flow.LostAnswerError
		if !errors.As(err, &unknown) || !reflect.ValueOf(got).IsZero() {
			t.Errorf("integration %+v, error %v", got, err)
		}
	})
}

func TestALookUpThatFailsIsReportedWithTheCreation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, created := &workspace{}, false
		server.fault = func(w http.ResponseWriter, r *http.Request, act func()) bool {
			if isCreation(r) {
				created = true
				httpclienttest.Break(w)
			} else if created {
				send(w, 401, map[string]any{"detail": "Invalid token."})
			}
			return created
		}
		_, err := start(t, server).CreateIntegration(t.Context(), wanted)
		want := `Flow may or may not have created integration "Main": could not create integration "Main": Flow could not be reached: EOF ` +
			`(POST http://flow.test/v3/customer/core/integrations/create_with_vendor/); looking for it failed as well: could not list the integrations: ` +
			`Flow answered HTTP 401 Unauthorized (GET http://flow.test/v3/customer/core/integrations/): Invalid token. [request id r-7]`
		var unknown *flow.LostAnswerError
		if !errors.As(err, &unknown) || err.Error() != want || server.count(creation) != 1 {
			t.Errorf("%d creations, error\n%v\nwant\n%s", server.count(creation), err, want)
		}
	})
}

func TestACreationThatFlowRefusesIsNeitherLookedForNorRepeated(t *testing.T) {
	sayings := map[string]struct {
		status int
		body   string
		check  func(error) bool
	}{
		"bad token":         {400, `{"non_field_errors":["Authorization denied"]}`, isConnectionRefused(true)},
		"bad token, inside": {400, `{"authData":{"token":["Authorization denied"]}}`, isConnectionRefused(true)},
		"bad e-mail":        {400, `{"detail":"An error has occurred"}`, isConnectionRefused(false)},
		"view-only key":     {403, `{"detail":"You do not have permission to perform this action."}`, isWriteRefused(403)},
		"no such call":      {404, `{"detail":"Not found."}`, isWriteRefused(404)},
		"no such method":    {405, `{"detail":"Method \"POST\" not allowed."}`, isWriteRefused(405)},
		"bad field":         {400, `{"name":["Taken."]}`, isPlain(400)},
		"bad key":           {401, `{"detail":"Invalid token."}`, isPlain(401)},
	}
	for name, test := range sayings {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
					if isCreation(r) {
						raw(w, test.status, "application/json", test.body)
					}
					return isCreation(r)
				}}
				_, err := start(t, server).CreateIntegration(t.Context(), wanted)
				if !test.check(err) {
					t.Errorf("error %v (%T)", err, err)
				}
				if diff := cmp.Diff([]string{listing, creation}, server.seen()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				assertNoSecret(t, err)
			})
		})
	}
}

func isConnectionRefused(denied bool) func(error) bool {
	return func(err error) bool {
		var refused *flow.ConnectionRefusedError
		return errors.As(err, &refused) && refused.Denied == denied && httpclient.StatusOf(err) == 400
	}
}

func isWriteRefused(status int) func(error) bool {
	return func(err error) bool {
		var refused *flow.WriteRefusedError
		return errors.As(err, &refused) && refused.Status == status && httpclient.StatusOf(err) == status
	}
}

func isPlain(status int) func(error) bool {
	return func(err error) bool {
		_, isPlain := err.(*httpclient.Error) //nolint:errorlint // That it is not wrapped is the point.
		return isPlain && httpclient.StatusOf(err) == status
	}
}

func TestNothingIsCreatedWhenTheListCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			send(w, 403, map[string]any{"detail": "No."})
			return true
		}}
		_, err := start(t, server).CreateIntegration(t.Context(), wanted)
		if httpclient.StatusOf(err) != 403 || server.count(creation) != 0 {
			t.Errorf("%d creations, error %v", server.count(creation), err)
		}
	})
}

func TestATokenThatFlowRepeatsIsNotInTheError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if r.Method == http.MethodGet {
				return false
			}
			send(w, 400, map[string]any{"token": []string{`"` + token + `" is not a valid token for ` + apiKey}})
			return true
		}}
		client, secret := start(t, server), token
		_, createErr := client.CreateIntegration(t.Context(), wanted)
		_, changeErr := client.UpdateIntegration(t.Context(), 1, flow.IntegrationChange{Token: &secret})
		for _, err := range []error{createErr, changeErr} {
			assertNoSecret(t, err)
			if err == nil || !strings.Contains(err.Error(), `token: "[redacted]" is not a valid token for [redacted]`) {
				t.Errorf("error %v", err)
			}
		}
	})
}

func TestAnIDIsNotLostWhenTheRestIs(t *testing.T) {
	tests := map[string]struct {
		readable bool
		want     flow.Integration
	}{
		"read afterwards": {true, flow.Integration{ID: 100, Name: "Main", VendorType: "azure_devops", CreatedBy: "Jo"}},
		"not readable":    {false, flow.Integration{ID: 100, Name: "Main", VendorType: "azure_devops"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{}
				server.fault = func(w http.ResponseWriter, r *http.Request, act func()) bool {
					switch {
					case isCreation(r):
						act()
						raw(w, 201, "application/json", `{"id":"100"}`)
						return true
					case strings.HasSuffix(r.URL.Path, "/100/") && !test.readable:
						send(w, 404, map[string]any{"detail": "Not found."})
						return true
					}
					return false
				}
				got, err := start(t, server).CreateIntegration(t.Context(), wanted)
				if err != nil || got.ID != test.want.ID || got.Name != test.want.Name || got.VendorType != test.want.VendorType || got.CreatedBy != test.want.CreatedBy ||
					got.Email != wanted.Email || got.BaseURL != wanted.BaseURL || got.AuthMethod != "access_token" || got.Services != wanted.Services {
					t.Errorf("%+v, error %v", got, err)
				}
				if diff := cmp.Diff([]string{listing, creation, "GET integrations/100/"}, server.seen()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}
