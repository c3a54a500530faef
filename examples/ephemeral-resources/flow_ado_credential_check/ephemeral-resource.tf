variable "ado_pat" {
  description = "Personal access token of the service account."
  type        = string
  sensitive   = true
  ephemeral   = true
}

ephemeral "flow_ado_credential_check" "main" {
  base_url              = "https://dev.azure.com/contoso"
  email                 = "Svc-Flow@contoso.com"
  personal_access_token = var.ado_pat

  services = {
    webhooks = false # so the account need not be a Project Collection Administrator
  }
}

# Stops the plan of what is to use the token; the warnings besides say what is wrong with it.
resource "terraform_data" "rollout" {
  lifecycle {
    precondition {
      condition     = ephemeral.flow_ado_credential_check.main.ok && ephemeral.flow_ado_credential_check.main.complete
      error_message = "Flow would refuse this token, or Azure DevOps could not be asked about everything."
    }
  }
}

# Says so in every plan, and stops nothing.
check "scopes" {
  assert {
    condition     = !contains(values(ephemeral.flow_ado_credential_check.main.scopes), false)
    error_message = "The token does not have all six scopes, which a service that is switched on later may need."
  }
}
