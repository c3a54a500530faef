package importresource

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Model is a resource as Terraform holds it. Each kind embeds Common and adds the attribute that counts what is imported,
// whose name differs.
type Model interface {
	// Base returns the attributes that all kinds have.
	Base() *Common
	// Counted returns the attribute that counts.
	Counted() *types.Int64
}

// Common holds the attributes that all kinds have.
type Common struct {
	IntegrationID types.String   `tfsdk:"integration_id"`
	Include       types.List     `tfsdk:"include"`
	Exclude       types.List     `tfsdk:"exclude"`
	OnDestroy     types.String   `tfsdk:"on_destroy"`
	WaitFor       types.String   `tfsdk:"wait_for"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`

	ID      types.String `tfsdk:"id"`
	Pending types.Object `tfsdk:"pending"`
	// Count is what Model.Counted returns.
	Count types.Int64 `tfsdk:"-"`
}

// Base implements Model for whatever embeds Common.
func (m *Common) Base() *Common { return m }

// read takes a resource out of a state or a plan.
func (k Kind) read(ctx context.Context, from interface {
	Get(ctx context.Context, target any) diag.Diagnostics
},
) (*Common, diag.Diagnostics) {
	whole := k.NewModel()
	diagnostics := from.Get(ctx, whole)
	base := whole.Base()
	base.Count = *whole.Counted()
	return base, diagnostics
}

// write puts a resource into a state or a plan.
func (k Kind) write(ctx context.Context, to interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}, m *Common,
) diag.Diagnostics {
	whole := k.NewModel()
	*whole.Base(), *whole.Counted() = *m, m.Count
	return to.Set(ctx, whole)
}

// longestSample bounds the names in the state.
const longestSample = 50

var pendingTypes = map[string]attr.Type{"count": types.Int64Type, "sample": types.ListType{ElemType: types.StringType}}

// pendingOf describes what is not imported.
func pendingOf(items []bulkimport.Item) types.Object {
	sample := []attr.Value{}
	for _, item := range items[:min(len(items), longestSample)] {
		sample = append(sample, types.StringValue(item.Path))
	}
	return types.ObjectValueMust(pendingTypes, map[string]attr.Value{
		"count":  types.Int64Value(int64(len(items))),
		"sample": types.ListValueMust(types.StringType, sample),
	})
}

// observe records what Flow has, and reports whether that is a change.
func (m *Common) observe(selection bulkimport.Selection) bool {
	pending, count := pendingOf(selection.Pending), types.Int64Value(int64(len(selection.Imported)))
	changed := !m.Pending.Equal(pending) || !m.Count.Equal(count)
	m.Pending, m.Count = pending, count
	return changed
}

// hasPending reports whether something is missing from Flow.
func (m *Common) hasPending() bool { return !m.Pending.Equal(pendingOf(nil)) }

// selectorsKnown reports whether all selectors are known.
func (m *Common) selectorsKnown() bool {
	for _, list := range []types.List{m.Include, m.Exclude} {
		if list.IsUnknown() || slices.ContainsFunc(list.Elements(), attr.Value.IsUnknown) {
			return false
		}
	}
	return true
}

// selectsAs reports whether another resource has the same selectors, on the same integration.
func (m *Common) selectsAs(other *Common) bool {
	return m.Include.Equal(other.Include) && m.Exclude.Equal(other.Exclude) && m.IntegrationID.Equal(other.IntegrationID)
}

// integration returns the id of the integration.
func (m *Common) integration() (int64, diag.Diagnostics) {
	return identity.IntegrationID(m.IntegrationID)
}

// selectors returns the set that include and exclude make.
func (m *Common) selectors(kind selector.Kind) (selector.Set, diag.Diagnostics) {
	set, err := selector.NewSet(kind, textsOf(m.Include), textsOf(m.Exclude))
	if err != nil {
		return set, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("include"), "Invalid selectors", err.Error())}
	}
	return set, nil
}

// textsOf returns the texts of a list that is known.
func textsOf(list types.List) []string {
	texts := make([]string, 0, len(list.Elements()))
	for _, element := range list.Elements() {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	return texts
}

func listOf(texts []string) types.List {
	elements := make([]attr.Value, len(texts))
	for i, text := range texts {
		elements[i] = types.StringValue(text)
	}
	return types.ListValueMust(types.StringType, elements)
}
