# Terraform 1.12 or OpenTofu 1.12.
import {
  to = flow_ticket_project_import.main
  identity = {
    id = "12" # the integration's
    # workspace = "acme" refuses the import while the provider is configured for another workspace.
  }
}

# What is imported into Flow already. To import more, add selectors after the import.
resource "flow_ticket_project_import" "main" {
  integration_id = "12"
  include        = ["Payments"]
}
