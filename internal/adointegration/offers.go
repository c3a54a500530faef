package adointegration

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// warnOfMissingCalls warns of a plan that needs a call which this workspace does not seem to offer. It asks Flow only if
// something is to be written, and is no error: what Flow says of its calls is evidence, and no proof.
func (r *Resource) warnOfMissingCalls(ctx context.Context, p planned) diag.Diagnostics {
	if p.creates() {
		return r.warnUnlessOffered("create", func(client *flow.Client) bool { return client.LacksCreation(ctx) },
			fmt.Sprintf("Create it in Flow under %s, and import it:\n\n%s", placeAdd, importBlock(nameImport+p.plan.knownName())))
	}
	id, diagnostics := p.state.id()
	if diagnostics.HasError() || p.change().IsEmpty() && p.rotation.keeps() {
		return nil
	}
	return r.warnUnlessOffered("change", func(client *flow.Client) bool { return client.LacksChange(ctx, id) },
		fmt.Sprintf("Make the change in Flow under %s: the next plan sees it.", placeEdit))
}

// warnOfMissingDeletion is the same for a plan that destroys.
func (r *Resource) warnOfMissingDeletion(ctx context.Context, state model) diag.Diagnostics {
	id, diagnostics := state.id()
	if diagnostics.HasError() {
		return nil
	}
	return r.warnUnlessOffered("delete", func(client *flow.Client) bool { return client.LacksDeletion(ctx, id) },
		fmt.Sprintf("Delete it in Flow under %s, or use a removed block with destroy = false to leave it there.", placeEdit))
}

func (r *Resource) warnUnlessOffered(call string, lacks func(*flow.Client) bool, byHand string) diag.Diagnostics {
	if r.data.FlowUnknown() {
		return nil
	}
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() || !lacks(client) {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(fmt.Sprintf("This workspace does not seem to %s integrations by API", call),
		fmt.Sprintf("Flow does not list the method that this needs among those that it allows, so the apply will most likely fail. "+
			"Plans, drift detection, imports and data sources work.\n\n%s", byHand))}
}
