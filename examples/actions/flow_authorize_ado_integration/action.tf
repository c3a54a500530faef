terraform {
  required_version = ">= 1.16" # before, nothing waits for an action

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

resource "flow_ado_integration" "main" {
  name        = "Contoso Azure DevOps"
  base_url    = "https://dev.azure.com/contoso"
  auth_method = "oauth"
}

# The trigger is a resource of its own: an action that refers to the very resource that triggers it would make a cycle.
resource "terraform_data" "consent" {
  input = flow_ado_integration.main.id

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.flow_authorize_ado_integration.main]
    }
  }
}

# Shows the address, and waits until somebody has consented there. To ask once more:
#
#   terraform apply -invoke=action.flow_authorize_ado_integration.main
action "flow_authorize_ado_integration" "main" {
  config {
    integration_id    = flow_ado_integration.main.id
    authorization_url = flow_ado_integration.main.authorization_url
  }
}

# Waits for the trigger, and so for the consent.
resource "flow_repo_import" "payments" {
  integration_id = flow_ado_integration.main.id
  include        = ["Payments/*"]
  depends_on     = [terraform_data.consent]
}
