package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// How long operations may take, as the documentation says.
const (
	reading   = 5 * time.Minute
	writing   = 10 * time.Minute
	importing = 30 * time.Minute
)

// Operation is one thing that a user has the provider do.
type Operation struct {
	Name string
	// resource is the type of the resource that it works on; "" if it works on none.
	resource string
	// integrations is how many integrations there are before it, made by hand.
	integrations int
	// before is the configuration of the resource before it; nil if there is none.
	before func(w *world) acctest.Values
	// after is the configuration that it has to lead to; nil for none.
	after func(w *world) acctest.Values
	act   func(w *world, p *acctest.Protocol, prior acctest.Instance) End
	// removes is set if it may remove objects from Flow.
	removes bool
	// limit is how long it may take.
	limit time.Duration
	// claims returns what its result claims, if that may lack what could not be asked, because it says so itself. A fault must
	// not make it claim more.
	claims func(result acctest.Values) []string
}

// End is how an operation ended.
type End struct {
	// Instance is what Terraform keeps of the resource afterwards.
	Instance acctest.Instance
	// Result is what it returned, if it works on no resource.
	Result      any
	Diagnostics []*acctest.Diagnostic
}

// Failed reports whether it ended with an error.
func (e End) Failed() bool { return acctest.HasError(e.Diagnostics) }

// world is a sandbox, and how a provider reaches it.
type world struct {
	t       testing.TB
	sandbox *acctest.Sandbox
	network *network
}

// provider returns a provider that knows nothing yet, as that of a new run of Terraform.
func (w *world) provider() *acctest.Protocol {
	return w.sandbox.ProtocolThrough(w.t, w.network, nil)
}

// subject is a type of resource, as far as operations are made from it.
type subject struct {
	resource     string
	integrations int
	config       func(w *world) acctest.Values
	// variants are other ways in which it can be created, and changes are what can be changed, one field each.
	variants, changes map[string]func(w *world) acctest.Values
	// ids are how it can be imported.
	ids map[string]string
	// removals are configurations whose destruction removes something from Flow, and keeps are those of which it does not.
	removals, keeps map[string]func(w *world) acctest.Values
	write           time.Duration
}

func values(v acctest.Values) func(*world) acctest.Values {
	return func(*world) acctest.Values { return v }
}

func subjects() []subject {
	services := func(changed string) func(*world) acctest.Values {
		all := map[string]any{"repos": true, "pull_requests": true, "tickets": true, "webhooks": false}
		all[changed] = changed == "webhooks"
		return values(acctest.Values{"services": all})
	}
	importOf := func(resource, one, more, less string) subject {
		return subject{
			resource: resource, integrations: 1, write: importing,
			config: values(acctest.Values{"integration_id": "1", "include": []any{one}, "on_destroy": "keep", "wait_for": "imported"}),
			variants: map[string]func(*world) acctest.Values{
				"until processed": values(acctest.Values{"wait_for": "processed"}),
			},
			changes: map[string]func(*world) acctest.Values{
				"include":    values(acctest.Values{"include": []any{more}}),
				"exclude":    values(acctest.Values{"exclude": []any{less}, "include": []any{more}}),
				"on_destroy": values(acctest.Values{"on_destroy": "remove"}),
				"wait_for":   values(acctest.Values{"wait_for": "processed", "include": []any{more}}),
			},
			ids:      map[string]string{"id": "1", "identity": ""},
			removals: map[string]func(*world) acctest.Values{"with removal": values(acctest.Values{"on_destroy": "remove"})},
			keeps:    map[string]func(*world) acctest.Values{"without removal": values(nil)},
		}
	}
	return []subject{
		{
			resource: "flow_ado_integration", write: writing,
			config: func(w *world) acctest.Values {
				return acctest.Values{
					"name": "Contoso", "base_url": "https://dev.azure.com/contoso", "email": "Svc-Flow@contoso.com", "auth_method": "access_token",
					"personal_access_token_wo": w.sandbox.Token("full"), "deletion_protection": false,
					"services": map[string]any{"repos": true, "pull_requests": true, "tickets": true, "webhooks": false},
				}
			},
			variants: map[string]func(*world) acctest.Values{
				"with webhooks": services("webhooks"),
				"by OAuth":      values(acctest.Values{"auth_method": "oauth", "email": nil, "personal_access_token_wo": nil}),
			},
			changes: map[string]func(*world) acctest.Values{
				"name": values(acctest.Values{"name": "Renamed"}),
				"personal_access_token_wo": func(w *world) acctest.Values {
					return acctest.Values{"personal_access_token_wo": w.sandbox.Token("full-2")}
				},
				"email": func(w *world) acctest.Values {
					return acctest.Values{"email": "reader@contoso.com", "personal_access_token_wo": w.sandbox.Token("reader")}
				},
				"services.repos": services("repos"), "services.pull_requests": services("pull_requests"),
				"services.tickets": services("tickets"), "services.webhooks": services("webhooks"),
			},
			ids:      map[string]string{"id": "1", "name": "name=Contoso", "identity": ""},
			removals: map[string]func(*world) acctest.Values{"with its data": values(nil)},
		},
		importOf("flow_repo_import", "Payments/*", "P*/*", "Platform/*"),
		importOf("flow_ticket_project_import", "Payments", "P*", "Platform"),
	}
}

// Operations are all that are tried, generated from the subjects and from what else the provider offers.
func Operations() []Operation {
	var all []Operation
	for _, s := range subjects() {
		all = append(all, s.operations()...)
	}
	for name, config := range map[string]acctest.Values{
		"flow_ado_integration by id": {"id": "1"}, "flow_ado_integration by name": {"name": "Contoso 1"}, "flow_ado_integrations": nil,
		"flow_repos": {"integration_id": "1"}, "flow_ticket_projects": {"integration_id": "1"}, "flow_api_report": nil,
	} {
		all = append(all, readData(name, config))
	}
	for _, resource := range []string{"flow_ado_integration", "flow_repo_import", "flow_ticket_project_import"} {
		all = append(all, list(resource))
	}
	all = append(all, checkCredential(), updateRepos())
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// with returns a configuration with changes.
func with(config, changes func(*world) acctest.Values) func(*world) acctest.Values {
	return func(w *world) acctest.Values {
		merged := maps.Clone(config(w))
		maps.Copy(merged, changes(w))
		return merged
	}
}

func (s subject) operations() []Operation {
	base := Operation{resource: s.resource, integrations: s.integrations}
	nothing := values(nil)
	write := func(name string, before, after func(*world) acctest.Values, removes bool) Operation {
		o := base
		o.Name, o.before, o.after, o.removes, o.limit = s.resource+": "+name, before, after, removes, s.write+reading
		o.act = o.apply
		return o
	}
	all := []Operation{write("create", nil, s.config, false), s.read(), s.plan()}
	for name, variant := range s.variants {
		all = append(all, write("create "+name, nil, with(s.config, variant), false))
	}
	for field, change := range s.changes {
		all = append(all, write("update "+field, s.config, with(s.config, change), false))
	}
	for name, variant := range s.removals {
		all = append(all, write("delete "+name, with(s.config, variant), nothing, true))
	}
	for name, variant := range s.keeps {
		all = append(all, write("delete "+name, with(s.config, variant), nothing, false))
	}
	for name, id := range s.ids {
		all = append(all, s.importBy(name, id))
	}
	return all
}

// apply plans and applies the configuration.
func (o Operation) apply(w *world, p *acctest.Protocol, prior acctest.Instance) End {
	after, diagnostics := p.Apply(o.resource, prior, o.after(w))
	return End{Instance: after, Diagnostics: diagnostics}
}

func (s subject) read() Operation {
	return Operation{
		Name: s.resource + ": read", resource: s.resource, integrations: s.integrations, before: s.config, after: s.config, limit: reading,
		act: func(_ *world, p *acctest.Protocol, prior acctest.Instance) End {
			read, diagnostics := p.Read(s.resource, prior)
			if acctest.HasError(diagnostics) {
				read = prior // as Terraform does
			}
			return End{Instance: read, Diagnostics: diagnostics}
		},
	}
}

// plan is a plan without changes, whose checks are made all the same.
func (s subject) plan() Operation {
	return Operation{
		Name: s.resource + ": plan", resource: s.resource, integrations: s.integrations, before: s.config, after: s.config, limit: reading,
		act: func(w *world, p *acctest.Protocol, prior acctest.Instance) End {
			_, diagnostics := p.Plan(s.resource, prior, s.config(w))
			return End{Instance: prior, Diagnostics: diagnostics}
		},
	}
}

// importBy imports and reads, as Terraform does.
func (s subject) importBy(name, id string) Operation {
	return Operation{
		Name: s.resource + ": import by " + name, resource: s.resource, integrations: max(s.integrations, 1), after: nil, limit: 2 * reading,
		act: func(_ *world, p *acctest.Protocol, _ acctest.Instance) End {
			target := id
			if s.integrations == 0 && id == "name=Contoso" {
				target = "name=Contoso 1"
			}
			imported, diagnostics := p.Import(s.resource, target, acctest.Values{"id": "1", "workspace": "127.0.0.1"})
			if acctest.HasError(diagnostics) || imported.State == nil {
				return End{Diagnostics: diagnostics}
			}
			read, more := p.Read(s.resource, imported)
			return End{Result: read.State, Diagnostics: append(diagnostics, more...)}
		},
	}
}

func readData(name string, config acctest.Values) Operation {
	dataSource, _, _ := strings.Cut(name, " ")
	var claims func(acctest.Values) []string
	if dataSource == "flow_api_report" {
		claims = func(result acctest.Values) []string {
			return rowsWith(result["observations"], "result", "differs", "assumption")
		}
	}
	return Operation{
		Name: "data " + name, integrations: 2, limit: reading, claims: claims,
		act: func(_ *world, p *acctest.Protocol, _ acctest.Instance) End {
			read, diagnostics := p.ReadData(dataSource, config)
			return End{Result: read, Diagnostics: diagnostics}
		},
	}
}

// rowsWith returns a field of those rows in which another field has a value.
func rowsWith(rows any, field, value, wanted string) []string {
	var found []string
	all, _ := rows.([]any)
	for _, one := range all {
		if row, ok := one.(map[string]any); ok && row[field] == value {
			found = append(found, fmt.Sprint(row[wanted]))
		}
	}
	return found
}

func list(resource string) Operation {
	return Operation{
		Name: "list " + resource, integrations: 2, limit: reading,
		act: func(_ *world, p *acctest.Protocol, _ acctest.Instance) End {
			var end End
			var results []acctest.Values
			for _, one := range p.List(resource, nil, true, 100) {
				end.Diagnostics = append(end.Diagnostics, one.Diagnostics...)
				results = append(results, one.Resource)
			}
			end.Result = results
			return end
		},
	}
}

func checkCredential() Operation {
	return Operation{
		Name: "ephemeral flow_ado_credential_check", limit: reading,
		claims: func(result acctest.Values) []string {
			return rowsWith(result["findings"], "severity", "error", "summary")
		},
		act: func(w *world, p *acctest.Protocol, _ acctest.Instance) End {
			opened, diagnostics := p.Open("flow_ado_credential_check", acctest.Values{
				"base_url": "https://dev.azure.com/contoso", "personal_access_token": w.sandbox.Token("full"), "email": "Svc-Flow@contoso.com",
			})
			return End{Result: opened, Diagnostics: diagnostics}
		},
	}
}

func updateRepos() Operation {
	return Operation{
		Name: "action flow_update_repos", integrations: 2, limit: importing,
		act: func(w *world, p *acctest.Protocol, _ acctest.Instance) End {
			_, diagnostics := p.Invoke(w.t.Context(), "flow_update_repos", acctest.Values{"integration_id": "1"})
			return End{Diagnostics: diagnostics}
		},
	}
}

// contents are what a Flow workspace holds.
type contents struct {
	// integrations are the names by id.
	integrations   map[int64]string
	repositories   []string
	ticketProjects []string
}

// start resets the sandbox, and makes integrations with something imported by hand. It runs outside.
func start(sandbox *acctest.Sandbox, integrations int) error {
	if err := sandbox.Reset(); err != nil {
		return err
	}
	for number := range integrations {
		added, err := sandbox.Flow().AddIntegration(flowserver.Integration{
			Name: fmt.Sprintf("Contoso %d", number+1), URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com",
			Token: sandbox.Token("full"), Services: flowserver.AllServices,
		})
		if err != nil {
			return err
		}
		for kind, names := range map[flowserver.Kind][]string{
			flowserver.Repositories: {"Payments/api", "Platform/docs", "Platform/terraform", "Data Science/notebooks"}, flowserver.TicketProjects: {"Payments"},
		} {
			for _, name := range names {
				if err := sandbox.Flow().Import(kind, added.ID, name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func contentsOf(sandbox *acctest.Sandbox) contents {
	found := contents{
		integrations: map[int64]string{},
		repositories: sandbox.Flow().Imported(flowserver.Repositories), ticketProjects: sandbox.Flow().Imported(flowserver.TicketProjects),
	}
	for _, one := range sandbox.Flow().Integrations() {
		found.integrations[one.ID] = one.Name
	}
	return found
}
