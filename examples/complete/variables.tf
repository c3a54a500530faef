# Ephemeral: Terraform writes the values of ordinary variables into saved plans in clear text, sensitive ones too. An
# ephemeral one has to be given again when a saved plan is applied.
variable "ado_pat" {
  description = "Personal access token of the service account, with the six scopes that Flow requires."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "ado_pat_version" {
  description = "Raise it with each new token: then the new one is sent to Flow."
  type        = number
  default     = 1
}

variable "flow_workspace" {
  description = "Name of the Flow workspace; null takes FLOW_WORKSPACE or FLOW_BASE_URL."
  type        = string
  default     = null
}

variable "organization" {
  description = "Name of the Azure DevOps organization."
  type        = string
  default     = "contoso"
}

variable "service_account_email" {
  description = "E-mail of the token's owner, spelled as in the Azure profile, upper and lower case included."
  type        = string
  default     = "Svc-Flow@contoso.com"
}
