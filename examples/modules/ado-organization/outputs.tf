output "integration_id" {
  description = "Id of the integration in Flow."
  value       = flow_ado_integration.this.id
}

output "repository_count" {
  description = "How many repositories are imported."
  value       = one(flow_repo_import.this[*].repository_count)
}

output "ticket_project_count" {
  description = "How many ticket projects are imported."
  value       = one(flow_ticket_project_import.this[*].ticket_project_count)
}
