terraform {
  required_version = ">= 1.14" # for actions

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

variable "ado_pat" {
  description = "Personal access token of the service account."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = "Svc-Flow@contoso.com"

  personal_access_token_wo         = var.ado_pat
  personal_access_token_wo_version = 1 # raise it to send a new token
}

# Flow blocks what an expired token could not read, and does not try it again by itself when there is a new token.
# The trigger is a resource of its own: it changes only when a new token is sent, and an action that refers to the very
# resource that triggers it would make a cycle.
resource "terraform_data" "credential" {
  input = flow_ado_integration.main.credential_revision

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.flow_update_repos.blocked]
    }
  }
}

action "flow_update_repos" "blocked" {
  config {
    integration_id = flow_ado_integration.main.id
    only_blocked   = true
  }
}

# Nothing triggers this one. Invoke it by hand:
#
#   terraform apply -invoke=action.flow_update_repos.payments
action "flow_update_repos" "payments" {
  config {
    integration_id = flow_ado_integration.main.id
    include        = ["Payments/*"]
    exclude        = ["*/archive-*"]
  }
}
