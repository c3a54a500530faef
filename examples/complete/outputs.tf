output "integration_id" {
  description = "Id of the integration in Flow."
  value       = flow_ado_integration.main.id
}

output "credential_revision" {
  description = "How often a token was sent to Flow."
  value       = flow_ado_integration.main.credential_revision
}
