# Warns in every plan when Flow's connection has broken, as when its token has expired. It manages nothing, so it suits a
# scheduled pipeline with a view-only API key.

terraform {
  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

data "flow_ado_integration" "main" {
  name = "Contoso Azure DevOps"
}

check "connection" {
  assert {
    condition     = contains(["healthy", "processing"], data.flow_ado_integration.main.connection_status.status)
    error_message = "Flow reports ${data.flow_ado_integration.main.connection_status.status} for ${data.flow_ado_integration.main.name}."
  }
}

output "status" {
  value = data.flow_ado_integration.main.connection_status.status
}
