# All integrations of which ticket projects are imported.
list "flow_ticket_project_import" "all" {
  provider = flow
}

# One of them.
list "flow_ticket_project_import" "main" {
  provider = flow

  config {
    integration_id = "12"
  }
}
