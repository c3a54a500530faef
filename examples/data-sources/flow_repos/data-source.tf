data "flow_repos" "payments" {
  integration_id = "12"
  include        = ["Payments/*"]
  imported       = true
}

output "unread" {
  description = "Imported repositories that Flow cannot read, with its reason."
  value = {
    for repo in data.flow_repos.payments.repos : "${repo.project}/${repo.name}" => repo.last_failure
    if repo.blocked
  }
}
