# One organization: its connection, and what is imported from it.

terraform {
  required_version = ">= 1.11" # for ephemeral variables and write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

resource "flow_ado_integration" "this" {
  name     = coalesce(var.name, "Azure DevOps ${var.organization}")
  base_url = "https://dev.azure.com/${var.organization}"
  email    = var.email

  personal_access_token_wo         = var.personal_access_token
  personal_access_token_wo_version = var.personal_access_token_version
  personal_access_token_expires_on = var.personal_access_token_expires_on

  services            = var.services
  deletion_protection = var.deletion_protection
}

resource "flow_repo_import" "this" {
  count = length(var.repositories) > 0 ? 1 : 0

  integration_id = flow_ado_integration.this.id
  include        = var.repositories
  exclude        = var.excluded_repositories
}

resource "flow_ticket_project_import" "this" {
  count = length(var.ticket_projects) > 0 ? 1 : 0

  integration_id = flow_ado_integration.this.id
  include        = var.ticket_projects
}
