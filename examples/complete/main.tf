# One organization connected to Flow, with nothing secret in the configuration, the plan or the state.

terraform {
  required_version = ">= 1.11" # for ephemeral variables and write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

provider "flow" {
  workspace = var.flow_workspace # the API key comes from FLOW_API_KEY
}

resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/${var.organization}"
  email    = var.service_account_email

  personal_access_token_wo         = var.ado_pat
  personal_access_token_wo_version = var.ado_pat_version

  services = {
    repos         = true
    pull_requests = true
    tickets       = true  # work items
    webhooks      = false # true needs a Project Collection Administrator
  }

  # To delete the integration with all of its data: set this to false, apply, and then destroy.
  deletion_protection = true

  timeouts = {
    create = "10m"
  }
}
