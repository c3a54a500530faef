# Every organization in one configuration. To add one, add a line to organizations, and its token to ado_pats.

terraform {
  required_version = ">= 1.11" # for ephemeral variables and write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

variable "organizations" {
  description = "What differs between the organizations, by name."
  type = map(object({
    email                 = string
    token_version         = optional(number, 1)
    token_expires_on      = optional(string)
    repositories          = optional(set(string), ["*/*"])
    excluded_repositories = optional(set(string))
  }))
  default = {
    contoso = {
      email                 = "Svc-Flow@contoso.com"
      excluded_repositories = ["Platform/docs"]
    }
    fabrikam = {
      email = "Svc-Flow@fabrikam.com"
    }
  }
}

variable "ado_pats" {
  description = "The token for each organization, by the same name."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

module "organization" {
  source   = "../modules/ado-organization"
  for_each = var.organizations

  organization                     = each.key
  email                            = each.value.email
  personal_access_token            = var.ado_pats[each.key]
  personal_access_token_version    = each.value.token_version
  personal_access_token_expires_on = each.value.token_expires_on
  repositories                     = each.value.repositories
  excluded_repositories            = each.value.excluded_repositories
}

output "integration_ids" {
  description = "Id of each integration in Flow."
  value       = { for name, organization in module.organization : name => organization.integration_id }
}

output "repository_counts" {
  description = "How many repositories are imported from each."
  value       = { for name, organization in module.organization : name => organization.repository_count }
}
