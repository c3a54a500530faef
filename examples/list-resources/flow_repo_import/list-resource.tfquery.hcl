# All integrations of which repositories are imported.
list "flow_repo_import" "all" {
  provider = flow
}

# One of them.
list "flow_repo_import" "main" {
  provider = flow

  config {
    integration_id = "12"
  }
}
