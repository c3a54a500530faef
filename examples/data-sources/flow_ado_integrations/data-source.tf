data "flow_ado_integrations" "all" {}

output "integration_ids" {
  description = "Ids by name, as an import takes them."
  value       = { for i in data.flow_ado_integrations.all.integrations : i.name => i.id }
}
