# How this workspace's API compares with what the provider assumes, to attach to an issue:
# terraform apply, and then terraform output -raw flow_api_report
data "flow_api_report" "this" {}

output "flow_api_report" {
  value = data.flow_api_report.this.markdown
}
