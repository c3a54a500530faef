#!/usr/bin/env bash
# Brings what adopt.tfquery.hcl finds in Flow under Terraform. Nothing is changed in Flow.
# Run terraform init before it. Arguments go to terraform apply, which asks for your approval unless -auto-approve is among them.
set -euo pipefail
cd "$(dirname "$0")"

# Writes a resource block and an import block for each. Terraform refuses to write over a file that exists.
terraform query -generate-config-out=generated.tf

# Before you approve: it should say that there are so many to import, and 0 to add, 0 to change, 0 to destroy.
terraform apply "$@"

# The import blocks have done their work, and may be deleted. The plan is empty, or this fails.
terraform plan -detailed-exitcode
