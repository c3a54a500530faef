# Azure DevOps is read with the provider microsoft/azuredevops: the address of the service account, and the projects that
# have a Git repository. Flow imports all repositories of these, and takes new ones in with the next plan.
#
# Both providers are configured by the environment:
# - microsoft/azuredevops by AZDO_ORG_SERVICE_URL and AZDO_PERSONAL_ACCESS_TOKEN,
# - this one by FLOW_WORKSPACE and FLOW_API_KEY.

terraform {
  required_version = ">= 1.11" # for write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
    azuredevops = {
      source = "microsoft/azuredevops"
    }
  }
}

variable "ado_pat" {
  description = "Personal access token of the service account, which Flow stores."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "service_account" {
  description = "Sign-in name of the service account."
  type        = string
  default     = "Svc-Flow@contoso.com"
}

data "azuredevops_projects" "all" {}

data "azuredevops_git_repositories" "all" {}

data "azuredevops_users" "all" {}

locals {
  # Flow compares upper and lower case: the address is taken as Azure DevOps has it.
  email = one([for user in data.azuredevops_users.all.users : user.mail_address if lower(user.principal_name) == lower(var.service_account)])

  with_git = toset(data.azuredevops_git_repositories.all.repositories[*].project_id)
  include  = [for project in data.azuredevops_projects.all.projects : "${project.name}/*" if contains(local.with_git, project.project_id)]
}

resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = local.email

  personal_access_token_wo = var.ado_pat
}

resource "flow_repo_import" "all" {
  integration_id = flow_ado_integration.main.id
  include        = local.include
}
