# By id. The data source flow_ado_integrations lists the ids.
terraform import flow_ado_integration.main 12

# By name.
terraform import flow_ado_integration.main 'name=Contoso Azure DevOps'
