package importresource

import (
	"context"
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

// model is a resource as Terraform holds it.
type model struct {
	IntegrationID types.String
	Include       types.List
	Exclude       types.List
	OnDestroy     types.String
	WaitFor       types.String
	Timeouts      timeouts.Value

	ID      types.String
	Count   types.Int64 // in Terraform, the kind's CountAttribute
	Pending types.Object
}

// read takes a resource out of a state or a plan. To have the framework fill a struct instead takes it three times as long,
// which shows in a plan of a thousand resources.
func (k Kind) read(ctx context.Context, from interface {
	Get(ctx context.Context, target any) diag.Diagnostics
},
) (*model, diag.Diagnostics) {
	var whole types.Object
	diagnostics := from.Get(ctx, &whole)
	values := whole.Attributes()
	return &model{
		IntegrationID: attribute[types.String](values, "integration_id"),
		Include:       attribute[types.List](values, "include"),
		Exclude:       attribute[types.List](values, "exclude"),
		OnDestroy:     attribute[types.String](values, "on_destroy"),
		WaitFor:       attribute[types.String](values, "wait_for"),
		Timeouts:      attribute[timeouts.Value](values, "timeouts"),
		ID:            attribute[types.String](values, "id"),
		Count:         attribute[types.Int64](values, k.CountAttribute),
		Pending:       attribute[types.Object](values, "pending"),
	}, diagnostics
}

// attribute gives the value of an attribute, whose type the schema ensures.
func attribute[T attr.Value](values map[string]attr.Value, name string) T {
	value, _ := values[name].(T)
	return value
}

// write puts a resource into a state or a plan.
func (k Kind) write(ctx context.Context, to interface {
	Set(ctx context.Context, value any) diag.Diagnostics
}, m *model,
) diag.Diagnostics {
	values := map[string]attr.Value{
		"integration_id": m.IntegrationID,
		"include":        m.Include,
		"exclude":        m.Exclude,
		"on_destroy":     m.OnDestroy,
		"wait_for":       m.WaitFor,
		"timeouts":       m.Timeouts,
		"id":             m.ID,
		k.CountAttribute: m.Count,
		"pending":        m.Pending,
	}
	attributeTypes := make(map[string]attr.Type, len(values))
	for name, value := range values {
		attributeTypes[name] = value.Type(ctx)
	}
	whole, diagnostics := types.ObjectValue(attributeTypes, values)
	if !diagnostics.HasError() {
		diagnostics.Append(to.Set(ctx, whole)...)
	}
	return diagnostics
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

// hasPending tells a state in which something is missing from Flow.
func (m *model) hasPending() bool {
	return !m.Pending.Equal(pendingOf(nil))
}

// known tells whether all that decides on what is selected is known.
func (m *model) known() bool {
	for _, list := range []types.List{m.Include, m.Exclude} {
		if list.IsUnknown() || slices.ContainsFunc(list.Elements(), attr.Value.IsUnknown) {
			return false
		}
	}
	return !m.IntegrationID.IsUnknown()
}

// selectsAs tells whether the selectors are those of other attributes, on the same integration.
func (m *model) selectsAs(other *model) bool {
	return m.Include.Equal(other.Include) && m.Exclude.Equal(other.Exclude) && m.IntegrationID.Equal(other.IntegrationID)
}

// integration gives the id of the integration.
func (m *model) integration() (int64, diag.Diagnostics) {
	id, err := strconv.ParseInt(m.IntegrationID.ValueString(), 10, 64)
	if err != nil {
		return 0, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("integration_id"), "Not the id of an integration",
			fmt.Sprintf("%q is not the id of an integration, which is a whole number.", m.IntegrationID.ValueString()))}
	}
	return id, nil
}

// selectors gives the set that include and exclude make.
func (m *model) selectors(kind selector.Kind) (selector.Set, diag.Diagnostics) {
	set, err := selector.NewSet(kind, textsOf(m.Include), textsOf(m.Exclude))
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
