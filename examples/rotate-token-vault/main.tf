# A token that Vault keeps. Whoever writes a new version of the secret has done all there is to do: the next apply sends it.
#
#   vault kv put -mount=secret flow/contoso token=-
#   vault kv metadata put -mount=secret -custom-metadata=expires_on=2027-03-31 flow/contoso

terraform {
  required_version = ">= 1.11" # for ephemeral resources and write-only arguments

  required_providers {
    flow = {
      source = "flow-community/flow"
    }
    vault = {
      source = "hashicorp/vault"
    }
  }
}

# The number of the newest version, and the day on which the token expires: neither is a secret.
data "vault_kv_secret_v2_metadata" "ado" {
  mount = "secret"
  name  = "flow/contoso"
}

# The secret of that version, which is in no plan and no state.
ephemeral "vault_kv_secret_v2" "ado" {
  mount   = data.vault_kv_secret_v2_metadata.ado.mount
  name    = data.vault_kv_secret_v2_metadata.ado.name
  version = data.vault_kv_secret_v2_metadata.ado.version
}

resource "flow_ado_integration" "main" {
  name     = "Contoso Azure DevOps"
  base_url = "https://dev.azure.com/contoso"
  email    = "Svc-Flow@contoso.com"

  personal_access_token_wo         = ephemeral.vault_kv_secret_v2.ado.data.token
  personal_access_token_wo_version = data.vault_kv_secret_v2_metadata.ado.version
  personal_access_token_expires_on = try(data.vault_kv_secret_v2_metadata.ado.custom_metadata.expires_on, null)
}

output "credential_revision" {
  description = "Goes up by one with each token that is sent to Flow."
  value       = flow_ado_integration.main.credential_revision
}
