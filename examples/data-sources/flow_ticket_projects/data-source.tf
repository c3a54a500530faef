data "flow_ticket_projects" "importable" {
  integration_id   = "12"
  vendor_supported = true # without it, those that are not supported raise a warning
  imported         = false
}

output "not_imported" {
  value = data.flow_ticket_projects.importable.ticket_projects[*].name
}
