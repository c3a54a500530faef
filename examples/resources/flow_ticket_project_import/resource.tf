terraform {
  required_version = ">= 1.11" # for write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

# Ephemeral, so that no saved plan holds it: Terraform writes the values of ordinary variables there in clear text.
variable "ado_pat" {
  description = "Personal access token of the service account."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "flow_ado_integration" "main" {
  name                     = "Contoso Azure DevOps"
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = var.ado_pat
  services                 = { webhooks = false }
}

# The work items of two projects. Selectors are the names of Azure DevOps projects, with * and ? as wildcards.
resource "flow_ticket_project_import" "main" {
  integration_id = flow_ado_integration.main.id
  include        = ["Payments", "Data*"]
}
