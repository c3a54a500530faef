package importresource

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Attributes are what all import resources have in common.
type Attributes struct {
	IntegrationID types.String   `tfsdk:"integration_id"`
	Include       types.List     `tfsdk:"include"`
	Exclude       types.List     `tfsdk:"exclude"`
	OnDestroy     types.String   `tfsdk:"on_destroy"`
	WaitFor       types.String   `tfsdk:"wait_for"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`

	ID      types.String `tfsdk:"id"`
	Pending types.Object `tfsdk:"pending"`
}

// Common gives the attributes of the struct that embeds them.
func (a *Attributes) Common() *Attributes { return a }

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

// hasPending tells a state in which something is missing from Flow.
func (a *Attributes) hasPending() bool {
	return !a.Pending.Equal(pendingOf(nil))
}

// known tells whether all that decides on what is selected is known.
func (a *Attributes) known() bool {
	for _, list := range []types.List{a.Include, a.Exclude} {
		if list.IsUnknown() || slices.ContainsFunc(list.Elements(), attr.Value.IsUnknown) {
			return false
		}
	}
	return !a.IntegrationID.IsUnknown()
}

// selectsAs tells whether the selectors are those of other attributes, on the same integration.
func (a *Attributes) selectsAs(other *Attributes) bool {
	return a.Include.Equal(other.Include) && a.Exclude.Equal(other.Exclude) && a.IntegrationID.Equal(other.IntegrationID)
}

// integration gives the id of the integration.
func (a *Attributes) integration() (int64, diag.Diagnostics) {
	id, err := strconv.ParseInt(a.IntegrationID.ValueString(), 10, 64)
	if err != nil {
		return 0, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("integration_id"), "Not the id of an integration",
			fmt.Sprintf("%q is not the id of an integration, which is a whole number.", a.IntegrationID.ValueString()))}
	}
	return id, nil
}

// selectors gives the set that include and exclude make.
func (a *Attributes) selectors(kind selector.Kind) (selector.Set, diag.Diagnostics) {
	set, err := selector.NewSet(kind, textsOf(a.Include), textsOf(a.Exclude))
	if err != nil {
		return set, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("include"), "Invalid selectors", err.Error())}
	}
	return set, nil
}

// textsOf gives the texts of a list that is known.
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

// TextOrNull is null for a text that Flow does not give.
func TextOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// IDOrNull is null for what has no id.
func IDOrNull(id int64) types.String {
	if id == 0 {
		return types.StringNull()
	}
	return types.StringValue(strconv.FormatInt(id, 10))
}
