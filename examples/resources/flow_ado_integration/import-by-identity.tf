# Terraform 1.12 or OpenTofu 1.12.
import {
  to = flow_ado_integration.main
  identity = {
    id = "12"
    # workspace = "acme" refuses the import while the provider is configured for another workspace.
  }
}

# No token: Flow keeps the one that it has.
resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = "Svc-Flow@contoso.com"
}
