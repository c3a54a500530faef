# What to adopt. The names of the resources come from the names of these blocks: integration_0, integration_1, … Each block
# may have a config block that finds less: see the documentation of the list resources.

list "flow_ado_integration" "integration" {
  provider = flow
  limit    = 1000
}

# For each integration, selectors that match exactly the repositories and ticket projects that are imported.

list "flow_repo_import" "repos" {
  provider = flow
  limit    = 1000
}

list "flow_ticket_project_import" "ticket_projects" {
  provider = flow
  limit    = 1000
}
