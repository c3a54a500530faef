package lives_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

// block is a resource in a configuration.
type block struct {
	resource  string
	arguments acctest.Values
	// of is the address of the integration whose id is the block's integration_id; "" for an integration.
	of string
}

// terraform is as much of Terraform as a life needs: it keeps a state, and refreshes, plans and applies in Terraform's protocol.
// Each command has a provider of its own.
type terraform struct {
	provider func() *acctest.Protocol
	state    map[string]held
}

// held is an object in the state.
type held struct {
	acctest.Instance
	resource string
	of       string
	tainted  bool
}

// change is what a plan does at an address.
type change struct {
	address, action string
}

// The actions of a plan.
const (
	creates  = "create"
	updates  = "update"
	replaces = "replace"
	deletes  = "delete"
)

// inOrder returns addresses so that what others need comes first.
func inOrder[V any](blocks map[string]V, of func(V) string) []string {
	return slices.SortedFunc(maps.Keys(blocks), func(a, b string) int {
		if first := strings.Compare(of(blocks[a]), of(blocks[b])); (of(blocks[a]) == "") != (of(blocks[b]) == "") {
			return first
		}
		return strings.Compare(a, b)
	})
}

// refresh reads everything in the state, and drops what is gone.
func (tf *terraform) refresh(p *acctest.Protocol) []*acctest.Diagnostic {
	var said []*acctest.Diagnostic
	for _, address := range tf.addresses() {
		object := tf.state[address]
		read, diagnostics := p.Read(object.resource, object.Instance)
		said = append(said, diagnostics...)
		if len(errorsIn(diagnostics)) > 0 {
			continue
		}
		object.Instance = read
		tf.state[address] = object
		if read.State == nil {
			delete(tf.state, address)
		}
	}
	return errorsIn(said)
}

func (tf *terraform) addresses() []string {
	return inOrder(tf.state, func(h held) string { return h.of })
}

// config returns a block's arguments with the integration's id as far as it is known.
func (tf *terraform) config(b block, going map[string]string) acctest.Values {
	config := maps.Clone(b.arguments)
	if b.of == "" {
		return config
	}
	config["integration_id"] = acctest.Unknown
	if integration, exists := tf.state[b.of]; exists && going[b.of] != replaces {
		config["integration_id"] = integration.State["id"]
	}
	return config
}

// plan refreshes, and returns what an apply would do.
func (tf *terraform) plan(blocks map[string]block) ([]change, []*acctest.Diagnostic) {
	p := tf.provider()
	said := tf.refresh(p)
	var changes []change
	going := map[string]string{}
	for _, address := range inOrder(blocks, func(b block) string { return b.of }) {
		action, diagnostics := tf.planOne(p, address, blocks[address], going)
		said = append(said, diagnostics...)
		if action != "" {
			going[address] = action
			changes = append(changes, change{address, action})
		}
	}
	for _, address := range tf.addresses() {
		if _, stays := blocks[address]; !stays {
			_, diagnostics := p.Plan(tf.state[address].resource, tf.state[address].Instance, nil)
			said = append(said, diagnostics...)
			changes = append(changes, change{address, deletes})
		}
	}
	return changes, errorsIn(said)
}

func (tf *terraform) planOne(p *acctest.Protocol, address string, b block, going map[string]string) (string, []*acctest.Diagnostic) {
	config := tf.config(b, going)
	prior, exists := tf.state[address]
	action := creates
	if exists && !prior.tainted {
		planned, diagnostics := p.Plan(b.resource, prior.Instance, config)
		switch {
		case len(errorsIn(diagnostics)) > 0:
			return "", diagnostics
		case !planned.Replaces && reflect.DeepEqual(planned.State, prior.State):
			return "", diagnostics
		case !planned.Replaces:
			return updates, diagnostics
		}
	}
	if exists {
		action = replaces
	}
	_, diagnostics := p.Plan(b.resource, acctest.Instance{}, config)
	return action, diagnostics
}

// apply plans and applies, as far as there is no error.
func (tf *terraform) apply(blocks map[string]block) ([]change, []*acctest.Diagnostic) {
	changes, said := tf.plan(blocks)
	if len(said) > 0 {
		return nil, said
	}
	p := tf.provider()
	going := map[string]string{}
	for _, c := range changes {
		going[c.address] = c.action
	}
	for _, address := range slices.Backward(tf.addresses()) {
		if going[address] == deletes || going[address] == replaces {
			said = append(said, tf.destroy(p, address, going[address])...)
		}
	}
	if len(errorsIn(said)) > 0 {
		return changes, errorsIn(said)
	}
	for _, address := range inOrder(blocks, func(b block) string { return b.of }) {
		if going[address] == "" {
			continue
		}
		if of := blocks[address].of; of != "" && tf.state[of].State == nil {
			continue // what it needs has failed
		}
		said = append(said, tf.write(p, address, blocks[address])...)
	}
	return changes, errorsIn(said)
}

// destroy destroys an object. Of a replacement, Terraform plans only the creation; it keeps no private state of what is tainted.
func (tf *terraform) destroy(p *acctest.Protocol, address, action string) []*acctest.Diagnostic {
	object := tf.state[address]
	var left acctest.Instance
	var diagnostics []*acctest.Diagnostic
	if action == deletes {
		left, diagnostics = p.Apply(object.resource, object.Instance, nil)
	} else {
		prior := object.Instance
		if object.tainted {
			prior.Private = nil
		}
		left, diagnostics = p.Delete(object.resource, prior)
	}
	object.Instance = left
	tf.state[address] = object
	if left.State == nil {
		delete(tf.state, address)
	}
	return diagnostics
}

// write creates or changes an object. One whose creation failed halfway is tainted.
func (tf *terraform) write(p *acctest.Protocol, address string, b block) []*acctest.Diagnostic {
	prior, exists := tf.state[address]
	written, diagnostics := p.Apply(b.resource, prior.Instance, tf.config(b, nil))
	if written.State != nil {
		failed := len(errorsIn(diagnostics)) > 0
		tf.state[address] = held{Instance: written, resource: b.resource, of: b.of, tainted: failed && !exists}
	}
	return diagnostics
}

// adopt imports an integration, as an import block does.
func (tf *terraform) adopt(address, id string) []*acctest.Diagnostic {
	p := tf.provider()
	imported, diagnostics := p.Import(integrationType, id, nil)
	if len(errorsIn(diagnostics)) == 0 {
		imported, diagnostics = p.Read(integrationType, imported)
	}
	if len(errorsIn(diagnostics)) == 0 {
		tf.state[address] = held{Instance: imported, resource: integrationType}
	}
	return errorsIn(diagnostics)
}

func errorsIn(diagnostics []*acctest.Diagnostic) []*acctest.Diagnostic {
	return slices.DeleteFunc(slices.Clone(diagnostics), func(d *acctest.Diagnostic) bool { return d.Severity != tfprotov6.DiagnosticSeverityError })
}

func (c change) String() string { return fmt.Sprintf("%s %s", c.action, c.address) }
