// Package consent describes what a connection by OAuth waits for: a person's consent in a browser.
package consent

import (
	"context"
	"fmt"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// Missing reports whether Flow says that a person has yet to consent to an integration's connection. It asks only about
// connections by OAuth. A failure to ask is no finding.
func Missing(ctx context.Context, client *flow.Client, i flow.Integration) bool {
	if i.AuthMethod != flow.AuthOAuth {
		return false
	}
	status, err := client.ConnectionStatus(ctx, i.ID)
	return err == nil && status.AwaitsConsent()
}

// Ask says how a person consents to the connection of an integration of this name. The address is "" where Flow names none.
func Ask(name, address string) string {
	if address == "" {
		return fmt.Sprintf("A person has to authorize it in Flow under Settings > Integrations > %s, or to open the address in "+
			"authorization_url of its flow_ado_integration, if there is one.", name)
	}
	return fmt.Sprintf("A person has to open this address in a browser, sign in to Azure DevOps, and consent:\n\n  %s\n\n"+
		"Terraform does not wait for that. Where it runs without a browser, as in CI, open the address elsewhere.", address)
}
