# What to adopt. The names of the resources come from the names of these blocks: integration_0, integration_1, …

list "flow_ado_integration" "integration" {
  provider = flow
  limit    = 1000
}
