terraform {
  required_version = ">= 1.8" # for provider functions

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

locals {
  notebooks = provider::flow::parse_ado_url("https://contoso@dev.azure.com/contoso/Data%20Science/_git/notebooks")
}

# {
#   kind         = "repository"
#   organization = "contoso"
#   project      = "Data Science"
#   repository   = "notebooks"
#   base_url     = "https://dev.azure.com/contoso"
#   url          = "https://dev.azure.com/contoso/Data%20Science/_git/notebooks"
#   service      = null
# }
output "notebooks" {
  value = local.notebooks
}

# "Data Science/notebooks"
output "full_name" {
  value = "${local.notebooks.project}/${local.notebooks.repository}"
}
