terraform {
  required_version = ">= 1.11" # for the ephemeral variable, and for write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

# Ephemeral, so that no saved plan holds it. With FLOW_API_KEY in the environment it is not needed at all.
variable "flow_api_key" {
  description = "Customer API key of a Flow user who may view, manage and delete integrations."
  type        = string
  sensitive   = true
  ephemeral   = true
}

provider "flow" {
  workspace = "acme" # https://acme.appfireflow.com
  api_key   = var.flow_api_key
}
