# Needs neither the sandbox nor a token: the provider is mocked, so this tests what the module makes of its variables.

mock_provider "flow" {}

variables {
  organization          = "contoso"
  email                 = "Svc-Flow@contoso.com"
  personal_access_token = "dummy"
}

run "names_the_integration_after_the_organization" {
  command = plan

  assert {
    condition     = flow_ado_integration.this.name == "Azure DevOps contoso"
    error_message = "The name is ${flow_ado_integration.this.name}."
  }
}

run "keeps_webhooks_off_and_protection_on" {
  command = plan

  assert {
    condition     = !flow_ado_integration.this.services.webhooks && flow_ado_integration.this.deletion_protection
    error_message = "The module turns webhooks on, or deletion protection off."
  }
}

run "imports_no_ticket_project_without_a_selector" {
  command = plan

  variables {
    ticket_projects = []
  }

  assert {
    condition     = length(flow_ticket_project_import.this) == 0
    error_message = "The module imports ticket projects without a selector."
  }
}
