data "flow_ado_integration" "main" {
  name = "Contoso Azure DevOps" # or: id = "12"
}

output "connection" {
  value = data.flow_ado_integration.main.connection_status.status
}
