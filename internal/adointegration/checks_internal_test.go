package adointegration

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

func TestAnInterruptedCheckChangesNothing(t *testing.T) {
	data := providerdata.New(providerdata.Config{
		Preflight: providerdata.PreflightAlways, AzureDevOpsEndpoint: "http://127.0.0.1:1",
		HTTP: httpclient.Options{Timeout: httpclient.DefaultTimeout, Limiter: httpclient.NewLimiter(1)},
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	config := changed(func(m *model) { m.PersonalAccessTokenWO = types.StringValue(strings.Repeat("a", 52)) })
	_, diagnostics := (&Resource{data: data}).onlineFindings(ctx, config, sample(), false)
	got := show(diagnostics)
	if len(got) != 1 || got[0].Summary != "Interrupted while checking the credential" || got[0].Detail != "Azure DevOps was being asked; nothing was changed.\n\nRun Terraform again to continue." {
		t.Errorf("it says %v", got)
	}
}
