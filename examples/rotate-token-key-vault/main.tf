# A token that Azure Key Vault keeps. Whoever sets a new version of the secret has done all there is to do: the next apply
# sends it.

terraform {
  required_version = ">= 1.11" # for ephemeral resources and write-only arguments

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.11" # for the ephemeral resource
    }
    flow = {
      source = "flow-community/flow"
    }
  }
}

provider "azurerm" {
  features {}
}

data "azurerm_key_vault" "platform" {
  name                = "contoso-platform"
  resource_group_name = "platform"
}

ephemeral "azurerm_key_vault_secret" "ado" {
  name         = "flow-ado-pat"
  key_vault_id = data.azurerm_key_vault.platform.id
}

# Without personal_access_token_wo_version, the token is sent whenever it is another one than last time.
resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = "Svc-Flow@contoso.com"

  personal_access_token_wo = ephemeral.azurerm_key_vault_secret.ado.value
}

output "credential_revision" {
  description = "Goes up by one with each token that is sent to Flow."
  value       = flow_ado_integration.main.credential_revision
}
