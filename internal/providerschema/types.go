package providerschema

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// convertType returns the type as terraform-json has it.
func convertType(t tftypes.Type) (cty.Type, error) {
	switch t := t.(type) {
	case tftypes.List:
		element, err := convertType(t.ElementType)
		return collection(cty.List, element, err)
	case tftypes.Set:
		element, err := convertType(t.ElementType)
		return collection(cty.Set, element, err)
	case tftypes.Map:
		element, err := convertType(t.ElementType)
		return collection(cty.Map, element, err)
	case tftypes.Tuple:
		return convertTuple(t)
	case tftypes.Object:
		return convertObject(t)
	case nil:
		return cty.NilType, errors.New("has no type")
	}
	return convertPrimitive(t)
}

func convertPrimitive(t tftypes.Type) (cty.Type, error) {
	switch {
	case t.Is(tftypes.String):
		return cty.String, nil
	case t.Is(tftypes.Bool):
		return cty.Bool, nil
	case t.Is(tftypes.Number):
		return cty.Number, nil
	case t.Is(tftypes.DynamicPseudoType):
		return cty.DynamicPseudoType, nil
	}
	return cty.NilType, fmt.Errorf("has the unknown type %s", t)
}

func collection(of func(cty.Type) cty.Type, element cty.Type, err error) (cty.Type, error) {
	if err != nil {
		return cty.NilType, err
	}
	return of(element), nil
}

func convertTuple(t tftypes.Tuple) (cty.Type, error) {
	elements := make([]cty.Type, len(t.ElementTypes))
	for i, element := range t.ElementTypes {
		converted, err := convertType(element)
		if err != nil {
			return cty.NilType, err
		}
		elements[i] = converted
	}
	return cty.Tuple(elements), nil
}

func convertObject(t tftypes.Object) (cty.Type, error) {
	attributes := make(map[string]cty.Type, len(t.AttributeTypes))
	for name, attribute := range t.AttributeTypes {
		converted, err := convertType(attribute)
		if err != nil {
			return cty.NilType, fmt.Errorf("%s: %w", name, err)
		}
		attributes[name] = converted
	}
	return cty.ObjectWithOptionalAttrs(attributes, slices.Sorted(maps.Keys(t.OptionalAttributes))), nil
}

func convertKind(k tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if k == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}

func blockNesting(m tfprotov6.SchemaNestedBlockNestingMode) (tfjson.SchemaNestingMode, error) {
	switch m {
	case tfprotov6.SchemaNestedBlockNestingModeSingle:
		return tfjson.SchemaNestingModeSingle, nil
	case tfprotov6.SchemaNestedBlockNestingModeGroup:
		return tfjson.SchemaNestingModeGroup, nil
	case tfprotov6.SchemaNestedBlockNestingModeList:
		return tfjson.SchemaNestingModeList, nil
	case tfprotov6.SchemaNestedBlockNestingModeSet:
		return tfjson.SchemaNestingModeSet, nil
	case tfprotov6.SchemaNestedBlockNestingModeMap:
		return tfjson.SchemaNestingModeMap, nil
	default:
		return "", fmt.Errorf("has the unknown nesting mode %s", m)
	}
}

func objectNesting(m tfprotov6.SchemaObjectNestingMode) (tfjson.SchemaNestingMode, error) {
	switch m {
	case tfprotov6.SchemaObjectNestingModeSingle:
		return tfjson.SchemaNestingModeSingle, nil
	case tfprotov6.SchemaObjectNestingModeList:
		return tfjson.SchemaNestingModeList, nil
	case tfprotov6.SchemaObjectNestingModeSet:
		return tfjson.SchemaNestingModeSet, nil
	case tfprotov6.SchemaObjectNestingModeMap:
		return tfjson.SchemaNestingModeMap, nil
	default:
		return "", fmt.Errorf("has the unknown nesting mode %s", m)
	}
}
