package providerschema

import (
	"errors"
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

func convertSchema(s *tfprotov6.Schema) (*tfjson.Schema, error) {
	if s == nil || s.Block == nil {
		return &tfjson.Schema{}, nil
	}
	block, err := convertBlock(s.Block)
	return &tfjson.Schema{Version: uint64(s.Version), Block: block}, err
}

func convertAction(s *tfprotov6.ActionSchema) (*tfjson.ActionSchema, error) {
	schema, err := convertSchema(s.Schema)
	return &tfjson.ActionSchema{Block: schema.Block}, err
}

func convertBlock(b *tfprotov6.SchemaBlock) (*tfjson.SchemaBlock, error) {
	var errs []error
	attributes, err := convertAttributes(b.Attributes)
	errs = append(errs, err)
	nested := make(map[string]*tfjson.SchemaBlockType, len(b.BlockTypes))
	for _, n := range b.BlockTypes {
		block, err := convertBlock(n.Block)
		mode, modeErr := blockNesting(n.Nesting)
		if err = errors.Join(err, modeErr); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", n.TypeName, err))
		}
		nested[n.TypeName] = &tfjson.SchemaBlockType{
			NestingMode: mode,
			Block:       block,
			MinItems:    uint64(n.MinItems),
			MaxItems:    uint64(n.MaxItems),
		}
	}
	return &tfjson.SchemaBlock{
		Attributes:      attributes,
		NestedBlocks:    nested,
		Description:     b.Description,
		DescriptionKind: convertKind(b.DescriptionKind),
		Deprecated:      b.Deprecated,
	}, errors.Join(errs...)
}

func convertAttributes(attributes []*tfprotov6.SchemaAttribute) (map[string]*tfjson.SchemaAttribute, error) {
	var errs []error
	out := make(map[string]*tfjson.SchemaAttribute, len(attributes))
	for _, a := range attributes {
		converted, err := convertAttribute(a)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a.Name, err))
		}
		out[a.Name] = converted
	}
	return out, errors.Join(errs...)
}

// convertAttribute returns an attribute with a type or, if it is nested, with its attributes.
func convertAttribute(a *tfprotov6.SchemaAttribute) (*tfjson.SchemaAttribute, error) {
	out := &tfjson.SchemaAttribute{
		Description:     a.Description,
		DescriptionKind: convertKind(a.DescriptionKind),
		Deprecated:      a.Deprecated,
		Required:        a.Required,
		Optional:        a.Optional,
		Computed:        a.Computed,
		Sensitive:       a.Sensitive,
		WriteOnly:       a.WriteOnly,
	}
	var err error
	if a.NestedType == nil {
		out.AttributeType, err = convertType(a.Type)
		return out, err
	}
	attributes, err := convertAttributes(a.NestedType.Attributes)
	mode, modeErr := objectNesting(a.NestedType.Nesting)
	out.AttributeNestedType = &tfjson.SchemaNestedAttributeType{Attributes: attributes, NestingMode: mode}
	return out, errors.Join(err, modeErr)
}

func convertIdentity(s *tfprotov6.ResourceIdentitySchema) (*tfjson.IdentitySchema, error) {
	var errs []error
	out := &tfjson.IdentitySchema{
		Version:    uint64(s.Version),
		Attributes: make(map[string]*tfjson.IdentityAttribute, len(s.IdentityAttributes)),
	}
	for _, a := range s.IdentityAttributes {
		identityType, err := convertType(a.Type)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a.Name, err))
		}
		out.Attributes[a.Name] = &tfjson.IdentityAttribute{
			IdentityType:      identityType,
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return out, errors.Join(errs...)
}

func convertFunction(f *tfprotov6.Function) (*tfjson.FunctionSignature, error) {
	returnType, err := convertType(f.Return.Type)
	errs := []error{err}
	out := &tfjson.FunctionSignature{
		Description:        f.Description,
		Summary:            f.Summary,
		DeprecationMessage: f.DeprecationMessage,
		ReturnType:         returnType,
	}
	for _, p := range f.Parameters {
		parameter, err := convertParameter(p)
		errs = append(errs, err)
		out.Parameters = append(out.Parameters, parameter)
	}
	if f.VariadicParameter != nil {
		out.VariadicParameter, err = convertParameter(f.VariadicParameter)
		errs = append(errs, err)
	}
	return out, errors.Join(errs...)
}

func convertParameter(p *tfprotov6.FunctionParameter) (*tfjson.FunctionParameter, error) {
	parameterType, err := convertType(p.Type)
	if err != nil {
		err = fmt.Errorf("%s: %w", p.Name, err)
	}
	return &tfjson.FunctionParameter{
		Name:        p.Name,
		Description: p.Description,
		IsNullable:  p.AllowNullValue,
		Type:        parameterType,
	}, err
}
