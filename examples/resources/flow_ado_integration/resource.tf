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
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = "Svc-Flow@contoso.com" # as in the Azure profile, upper and lower case included

  personal_access_token_wo         = var.ado_pat
  personal_access_token_wo_version = 1 # raise it to send a new token

  services = {
    webhooks = false # the others are on
  }
}
