# A token that is replaced before it expires.
#
#   1. In Azure DevOps, create the new token, owned by the same account. Leave the old one alone.
#   2. Put the new value where ado_pat comes from, raise ado_pat_version, set ado_pat_expires_on, and apply. The plan is an update in place
#      that shows the version and credential_revision, nothing else.
#   3. In Azure DevOps, revoke the old token.

terraform {
  required_version = ">= 1.11" # for ephemeral variables and write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

variable "ado_pat" {
  description = "The token to use from now on."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "ado_pat_version" {
  description = "Any number that is not the one before, such as the date of the rotation: 20270115."
  type        = number
  default     = 1
}

variable "ado_pat_expires_on" {
  description = "Day on which the token expires, as Azure DevOps shows it when it is created: plans warn from two weeks before."
  type        = string
  default     = null # such as "2027-03-31"
}

resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = "Svc-Flow@contoso.com"

  personal_access_token_wo         = var.ado_pat
  personal_access_token_wo_version = var.ado_pat_version
  personal_access_token_expires_on = var.ado_pat_expires_on
}

output "credential_revision" {
  description = "Goes up by one with each token that is sent to Flow."
  value       = flow_ado_integration.main.credential_revision
}
