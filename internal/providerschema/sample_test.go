package providerschema

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// sample is a provider with everything that a schema can have.
type sample struct {
	tfprotov6.ProviderServer // nil: only schemas are read
	diagnostics              []*tfprotov6.Diagnostic
}

func (s sample) GetMetadata(context.Context, *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return &tfprotov6.GetMetadataResponse{
		Resources:          []tfprotov6.ResourceMetadata{{TypeName: "sample_thing"}, {TypeName: "sample_empty"}},
		DataSources:        []tfprotov6.DataSourceMetadata{{TypeName: "sample_things"}},
		EphemeralResources: []tfprotov6.EphemeralResourceMetadata{{TypeName: "sample_secret"}},
		Functions:          []tfprotov6.FunctionMetadata{{Name: "join"}, {Name: "now"}},
		ListResources:      []tfprotov6.ListResourceMetadata{{TypeName: "sample_thing"}},
		Actions:            []tfprotov6.ActionMetadata{{TypeName: "sample_poke"}},
	}, nil
}

func (s sample) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	small := &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{
		Attributes:      []*tfprotov6.SchemaAttribute{{Name: "name", Type: tftypes.String, Required: true}},
		Description:     "Is *small*.",
		DescriptionKind: tfprotov6.StringKindMarkdown,
	}}
	return &tfprotov6.GetProviderSchemaResponse{
		Provider: &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
			{Name: "key", Type: tftypes.String, Optional: true, Sensitive: true, Description: "The key."},
		}}},
		ResourceSchemas: map[string]*tfprotov6.Schema{
			"sample_thing": {Version: 3, Block: thingBlock()},
			"sample_empty": {Block: &tfprotov6.SchemaBlock{Deprecated: true}},
		},
		DataSourceSchemas:        map[string]*tfprotov6.Schema{"sample_things": small},
		EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"sample_secret": small},
		ListResourceSchemas:      map[string]*tfprotov6.Schema{"sample_thing": small},
		ActionSchemas:            map[string]*tfprotov6.ActionSchema{"sample_poke": {Schema: small}},
		Functions:                sampleFunctions(),
		Diagnostics:              s.diagnostics,
	}, nil
}

func (s sample) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{
		"sample_thing": {Version: 1, IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
			{Name: "id", Type: tftypes.Number, RequiredForImport: true, Description: "Its number."},
			{Name: "workspace", Type: tftypes.String, OptionalForImport: true},
		}},
	}}, nil
}

// thingBlock has each type, flag and nesting mode.
func thingBlock() *tfprotov6.SchemaBlock {
	leaf := []*tfprotov6.SchemaAttribute{{Name: "leaf", Type: tftypes.Bool, Optional: true}}
	nested := func(name string, mode tfprotov6.SchemaObjectNestingMode) *tfprotov6.SchemaAttribute {
		return &tfprotov6.SchemaAttribute{
			Name: name, Optional: true, Computed: true,
			NestedType: &tfprotov6.SchemaObject{Attributes: leaf, Nesting: mode},
		}
	}
	block := func(name string, mode tfprotov6.SchemaNestedBlockNestingMode) *tfprotov6.SchemaNestedBlock {
		return &tfprotov6.SchemaNestedBlock{TypeName: name, Nesting: mode, Block: &tfprotov6.SchemaBlock{Attributes: leaf}}
	}
	limited := block("block_limited", tfprotov6.SchemaNestedBlockNestingModeList)
	limited.MinItems, limited.MaxItems = 1, 2
	return &tfprotov6.SchemaBlock{
		Description: "A thing.",
		Attributes: append(typedAttributes(),
			nested("nested_single", tfprotov6.SchemaObjectNestingModeSingle),
			nested("nested_list", tfprotov6.SchemaObjectNestingModeList),
			nested("nested_set", tfprotov6.SchemaObjectNestingModeSet),
			nested("nested_map", tfprotov6.SchemaObjectNestingModeMap),
		),
		BlockTypes: []*tfprotov6.SchemaNestedBlock{
			limited,
			block("block_single", tfprotov6.SchemaNestedBlockNestingModeSingle),
			block("block_group", tfprotov6.SchemaNestedBlockNestingModeGroup),
			block("block_set", tfprotov6.SchemaNestedBlockNestingModeSet),
			block("block_map", tfprotov6.SchemaNestedBlockNestingModeMap),
		},
	}
}

func typedAttributes() []*tfprotov6.SchemaAttribute {
	object := tftypes.Object{AttributeTypes: map[string]tftypes.Type{
		"many": tftypes.Tuple{ElementTypes: []tftypes.Type{tftypes.Bool, tftypes.Number}},
	}}
	return []*tfprotov6.SchemaAttribute{
		{Name: "id", Type: tftypes.Number, Computed: true},
		{Name: "secret_wo", Type: tftypes.String, Optional: true, Sensitive: true, WriteOnly: true},
		{Name: "old", Type: tftypes.List{ElementType: tftypes.String}, Optional: true, Deprecated: true},
		{Name: "tags", Type: tftypes.Map{ElementType: tftypes.Set{ElementType: tftypes.String}}, Optional: true},
		{Name: "object", Type: object, Optional: true, Description: "An `object`.", DescriptionKind: tfprotov6.StringKindMarkdown},
		{Name: "any", Type: tftypes.DynamicPseudoType, Optional: true},
	}
}

func sampleFunctions() map[string]*tfprotov6.Function {
	return map[string]*tfprotov6.Function{
		"join": {
			Summary: "Joins", Description: "Joins *parts*.", DescriptionKind: tfprotov6.StringKindMarkdown,
			DeprecationMessage: "Use the built-in one.",
			Parameters:         []*tfprotov6.FunctionParameter{{Name: "separator", Type: tftypes.String, Description: "Between.", AllowNullValue: true}},
			VariadicParameter:  &tfprotov6.FunctionParameter{Name: "parts", Type: tftypes.List{ElementType: tftypes.String}},
			Return:             &tfprotov6.FunctionReturn{Type: tftypes.String},
		},
		"now": {Return: &tfprotov6.FunctionReturn{Type: tftypes.Number}},
	}
}
