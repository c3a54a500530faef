# Runs against the sandbox: TF_VAR_personal_access_token and the provider's settings come from the environment.

variables {
  organization        = "contoso"
  email               = "Svc-Flow@contoso.com"
  deletion_protection = false # so that the test can destroy what it made
}

run "imports_everything_by_default" {
  assert {
    condition     = flow_ado_integration.this.organization == "contoso"
    error_message = "The module connects another organization."
  }
  assert {
    condition     = output.repository_count > 0 && output.ticket_project_count > 0
    error_message = "The module imports nothing."
  }
}

run "imports_what_is_selected" {
  variables {
    repositories    = ["Payments/*"]
    ticket_projects = []
  }

  assert {
    condition     = output.repository_count == 3
    error_message = "The module imports other repositories than those of Payments."
  }
}
