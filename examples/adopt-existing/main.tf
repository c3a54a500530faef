# Brings all that is in Flow already under Terraform: see adopt.sh.

terraform {
  required_version = ">= 1.14" # for terraform query

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

# The workspace comes from FLOW_WORKSPACE, the API key from FLOW_API_KEY. No Azure DevOps token is needed.
provider "flow" {}
