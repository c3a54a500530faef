// Package providerschema reads a provider's schema in the format of `terraform providers schema -json`. It does so without
// Terraform, so that generated documentation does not depend on the installed version and has everything that newer versions
// know.
package providerschema

import (
	"context"
	"errors"
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// formatVersion is that of Terraform 1.x
// (https://developer.hashicorp.com/terraform/cli/commands/providers/schema#format-summary).
const formatVersion = "1.0"

// Read returns the provider's schemas by the name given, which Terraform's own output has as an address such as
// registry.terraform.io/flow-community/flow.
func Read(ctx context.Context, server tfprotov6.ProviderServer, name string) (*tfjson.ProviderSchemas, error) {
	schema, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err == nil {
		err = diagnosticsError(schema.Diagnostics)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the provider's schema: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err == nil {
		err = diagnosticsError(identities.Diagnostics)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the resources' identity schemas: %w", err)
	}
	provider, err := convertProvider(schema, identities)
	if err != nil {
		return nil, err
	}
	return &tfjson.ProviderSchemas{
		FormatVersion: formatVersion,
		Schemas:       map[string]*tfjson.ProviderSchema{name: provider},
	}, nil
}

func diagnosticsError(diagnostics []*tfprotov6.Diagnostic) error {
	var errs []error
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(errs...)
}

func convertProvider(s *tfprotov6.GetProviderSchemaResponse, i *tfprotov6.GetResourceIdentitySchemasResponse) (*tfjson.ProviderSchema, error) {
	var errs []error
	provider, err := convertSchema(s.Provider)
	errs = append(errs, err)
	out := &tfjson.ProviderSchema{
		ConfigSchema:             provider,
		ResourceSchemas:          convertAll(s.ResourceSchemas, convertSchema, &errs),
		DataSourceSchemas:        convertAll(s.DataSourceSchemas, convertSchema, &errs),
		EphemeralResourceSchemas: convertAll(s.EphemeralResourceSchemas, convertSchema, &errs),
		ListResourceSchemas:      convertAll(s.ListResourceSchemas, convertSchema, &errs),
		StateStoreSchemas:        convertAll(s.StateStoreSchemas, convertSchema, &errs),
		ActionSchemas:            convertAll(s.ActionSchemas, convertAction, &errs),
		Functions:                convertAll(s.Functions, convertFunction, &errs),
		ResourceIdentitySchemas:  convertAll(i.IdentitySchemas, convertIdentity, &errs),
	}
	return out, errors.Join(errs...)
}

// convertAll converts the values of a map and appends to errs.
func convertAll[From, To any](all map[string]From, convert func(From) (To, error), errs *[]error) map[string]To {
	out := make(map[string]To, len(all))
	for name, from := range all {
		to, err := convert(from)
		if err != nil {
			*errs = append(*errs, fmt.Errorf("%s: %w", name, err))
		}
		out[name] = to
	}
	return out
}
