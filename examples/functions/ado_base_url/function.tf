terraform {
  required_version = ">= 1.8" # for provider functions

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

# Each of these is "https://dev.azure.com/contoso".
output "base_urls" {
  value = [for url in [
    "https://contoso.visualstudio.com/DefaultCollection",
    "https://contoso@dev.azure.com/contoso/Payments/_git/api",
    "git@ssh.dev.azure.com:v3/contoso/Payments/api",
  ] : provider::flow::ado_base_url(url)]
}
