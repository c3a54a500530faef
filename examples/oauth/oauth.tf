terraform {
  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

# Flow signs in with the consent of a person, so there is no token to configure.
resource "flow_ado_integration" "main" {
  name        = "Contoso Azure DevOps"
  base_url    = "https://dev.azure.com/contoso"
  auth_method = "oauth"
}

# Until somebody has opened this address and consented, every plan warns.
output "authorization_url" {
  value = flow_ado_integration.main.authorization_url
}
