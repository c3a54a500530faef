variable "organization" {
  description = "Name of the Azure DevOps organization, as in https://dev.azure.com/<name>."
  type        = string
}

variable "name" {
  description = "Name of the integration in Flow; null makes one of the organization's name."
  type        = string
  default     = null
}

variable "email" {
  description = "E-mail of the token's owner, spelled as in the Azure profile, upper and lower case included."
  type        = string
}

variable "personal_access_token" {
  description = "Token of the service account in this organization."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "personal_access_token_version" {
  description = "Raise it to send another token to Flow."
  type        = number
  default     = 1
}

variable "personal_access_token_expires_on" {
  description = "Day on which the token expires, such as 2027-03-31: plans warn from two weeks before."
  type        = string
  default     = null
}

variable "services" {
  description = "What Flow reads. Webhooks need a Project Collection Administrator."
  type = object({
    repos         = optional(bool, true)
    pull_requests = optional(bool, true)
    tickets       = optional(bool, true)
    webhooks      = optional(bool, false)
  })
  default = {}
}

variable "repositories" {
  description = "Selectors of the repositories to import; none imports none."
  type        = set(string)
  default     = ["*/*"]
}

variable "excluded_repositories" {
  description = "Selectors of the repositories not to import."
  type        = set(string)
  default     = null
}

variable "ticket_projects" {
  description = "Selectors of the ticket projects to import; none imports none."
  type        = set(string)
  default     = ["*"]
}

variable "deletion_protection" {
  description = "Whether plans that delete the integration are refused. Tests set it to false."
  type        = bool
  default     = true
}
