# By the id of the integration, which the data source flow_ado_integrations lists. The selectors in the state are derived from
# what is imported into Flow: write the same ones into the configuration, and the plan is empty.
terraform import flow_repo_import.main 12
