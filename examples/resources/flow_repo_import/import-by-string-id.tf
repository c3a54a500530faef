import {
  to = flow_repo_import.main
  id = "12" # the integration's
}

# What is imported into Flow already. To import more, add selectors after the import.
resource "flow_repo_import" "main" {
  integration_id = "12"
  include        = ["Payments/*"]
}
