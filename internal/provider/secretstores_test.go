package provider_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	frameworkresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// TestANewSecretInTheStoreIsSentToFlow applies the examples of rotation with stand-ins for the providers of the stores, which
// are not at hand in a test. Their arguments and attributes are those of the providers' documentation.
func TestANewSecretInTheStoreIsSentToFlow(t *testing.T) {
	for _, test := range []struct {
		example, provider string
		provide           func(*secretStore) provider.Provider
		expiry            resource.TestCheckFunc
	}{
		{
			"rotate-token-vault", "vault", func(s *secretStore) provider.Provider { return vaultProvider{standIn{s}} },
			resource.TestCheckResourceAttr("flow_ado_integration.main", "personal_access_token_expires_on", expiresOn),
		},
		{
			"rotate-token-key-vault", "azurerm", func(s *secretStore) provider.Provider { return azureProvider{standIn{s}} },
			resource.TestCheckNoResourceAttr("flow_ado_integration.main", "personal_access_token_expires_on"),
		},
	} {
		t.Run(test.example, func(t *testing.T) {
			rotation := exampleNamed(t, test.example)
			acctest.Needs(t, rotation.features()...)
			box := acctest.Start(t, sandbox.Options{})
			box.Environment(t)
			store := &secretStore{token: box.Token("full"), version: 1}
			// Tests find all providers in one namespace.
			configuration := strings.ReplaceAll(rotation.config, `"hashicorp/`, `"flow-community/`)
			acctest.Run(t, resource.TestCase{
				ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
					test.provider: providerserver.NewProtocol6WithError(test.provide(store)),
				},
				Steps: []resource.TestStep{
					{Config: configuration, Check: resource.ComposeAggregateTestCheckFunc(
						resource.TestCheckOutput("credential_revision", "1"), test.expiry)},
					{
						PreConfig: func() { store.token, store.version = box.Token("full-2"), 2 },
						Config:    configuration,
						Check:     resource.TestCheckOutput("credential_revision", "2"),
					},
					{Config: forgetResources(rotation)},
				},
			})
			if got := box.Integration(t).Token; got != box.Token("full-2") {
				t.Error("Flow has another token than the store")
			}
		})
	}
}

// expiresOn is what Vault knows of the token besides its value.
const expiresOn = "2099-12-31"

// secretStore is what the stand-ins read.
type secretStore struct {
	token   string
	version int64
}

// standIn is what both providers have in common.
type standIn struct{ store *secretStore }

func (s standIn) Configure(_ context.Context, _ provider.ConfigureRequest, response *provider.ConfigureResponse) {
	response.DataSourceData, response.EphemeralResourceData = s.store, s.store
}

func (standIn) Resources(context.Context) []func() frameworkresource.Resource { return nil }

// vaultProvider has of hashicorp/vault what the example uses:
// https://registry.terraform.io/providers/hashicorp/vault/latest/docs/ephemeral-resources/kv_secret_v2 and
// https://registry.terraform.io/providers/hashicorp/vault/latest/docs/data-sources/kv_secret_v2_metadata
type vaultProvider struct{ standIn }

func (vaultProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "vault"
}

func (vaultProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (v vaultProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return vaultMetadata{v.store} }}
}

func (v vaultProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return vaultSecret{v.store} }}
}

type vaultMetadata struct{ store *secretStore }

func (vaultMetadata) Metadata(_ context.Context, _ datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = "vault_kv_secret_v2_metadata"
}

func (vaultMetadata) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = datasourceschema.Schema{Attributes: map[string]datasourceschema.Attribute{
		"mount":           datasourceschema.StringAttribute{Required: true},
		"name":            datasourceschema.StringAttribute{Required: true},
		"version":         datasourceschema.Int64Attribute{Optional: true, Computed: true},
		"custom_metadata": datasourceschema.MapAttribute{Computed: true, ElementType: types.StringType},
	}}
}

func (v vaultMetadata) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	response.State.Raw = request.Config.Raw
	response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root("version"), v.store.version)...)
	metadata := map[string]string{"expires_on": expiresOn}
	response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root("custom_metadata"), metadata)...)
}

type vaultSecret struct{ store *secretStore }

func (vaultSecret) Metadata(_ context.Context, _ ephemeral.MetadataRequest, response *ephemeral.MetadataResponse) {
	response.TypeName = "vault_kv_secret_v2"
}

func (vaultSecret) Schema(_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse) {
	response.Schema = ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
		"mount":   ephemeralschema.StringAttribute{Required: true},
		"name":    ephemeralschema.StringAttribute{Required: true},
		"version": ephemeralschema.Int64Attribute{Optional: true},
		"data":    ephemeralschema.MapAttribute{Computed: true, Sensitive: true, ElementType: types.StringType},
	}}
}

func (v vaultSecret) Open(ctx context.Context, request ephemeral.OpenRequest, response *ephemeral.OpenResponse) {
	response.Result.Raw = request.Config.Raw
	response.Diagnostics.Append(response.Result.SetAttribute(ctx, path.Root("data"), map[string]string{"token": v.store.token})...)
}

// azureProvider has of hashicorp/azurerm what the example uses:
// https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/ephemeral-resources/key_vault_secret and
// https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/data-sources/key_vault
type azureProvider struct{ standIn }

func (azureProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "azurerm"
}

func (azureProvider) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	response.Schema.Blocks = map[string]providerschema.Block{"features": providerschema.ListNestedBlock{}}
}

func (a azureProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return keyVault{} }}
}

func (a azureProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{func() ephemeral.EphemeralResource { return keyVaultSecret{a.store} }}
}

type keyVault struct{}

func (keyVault) Metadata(_ context.Context, _ datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = "azurerm_key_vault"
}

func (keyVault) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = datasourceschema.Schema{Attributes: map[string]datasourceschema.Attribute{
		"name":                datasourceschema.StringAttribute{Required: true},
		"resource_group_name": datasourceschema.StringAttribute{Required: true},
		"id":                  datasourceschema.StringAttribute{Computed: true},
	}}
}

func (keyVault) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	response.State.Raw = request.Config.Raw
	response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root("id"), "/subscriptions/0/vaults/contoso-platform")...)
}

type keyVaultSecret struct{ store *secretStore }

func (keyVaultSecret) Metadata(_ context.Context, _ ephemeral.MetadataRequest, response *ephemeral.MetadataResponse) {
	response.TypeName = "azurerm_key_vault_secret"
}

func (keyVaultSecret) Schema(_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse) {
	response.Schema = ephemeralschema.Schema{Attributes: map[string]ephemeralschema.Attribute{
		"name":            ephemeralschema.StringAttribute{Required: true},
		"key_vault_id":    ephemeralschema.StringAttribute{Required: true},
		"value":           ephemeralschema.StringAttribute{Computed: true, Sensitive: true},
		"expiration_date": ephemeralschema.StringAttribute{Computed: true},
	}}
}

func (k keyVaultSecret) Open(ctx context.Context, request ephemeral.OpenRequest, response *ephemeral.OpenResponse) {
	response.Result.Raw = request.Config.Raw
	response.Diagnostics.Append(response.Result.SetAttribute(ctx, path.Root("value"), k.store.token)...)
}
