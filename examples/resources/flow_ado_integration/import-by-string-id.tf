import {
  to = flow_ado_integration.main
  id = "12"
}

# No token: Flow keeps the one that it has.
resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = "Svc-Flow@contoso.com"
}
