# All Azure DevOps integrations of the workspace.
list "flow_ado_integration" "all" {
  provider = flow
}

# Some of them.
list "flow_ado_integration" "contoso" {
  provider = flow
  limit    = 20 # Terraform stops at 100 without it

  config {
    organization = "contoso"
    name         = "Contoso*" # * is any run of characters, ? any one
  }
}
