#!/usr/bin/env bash
# Puts a built provider where Terraform and OpenTofu look for it before they ask a registry, see
# https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
set -euo pipefail

binary=${1:?usage: scripts/install.sh BINARY VERSION OS_ARCH}
version=$2
os_arch=$3

for host in registry.terraform.io registry.opentofu.org; do
  dir="${HOME:?}/.terraform.d/plugins/$host/flow-community/flow/$version/$os_arch"
  mkdir -p "$dir"
  suffix=${binary##*terraform-provider-flow} # .exe or nothing
  cp "$binary" "$dir/terraform-provider-flow_v$version$suffix"
  echo "Installed in $dir"
done

cat <<EOT

It is version $version, without the marks of a pre-release, so that terraform init takes it like a released one. After each make install, run terraform init -upgrade.
To require it:

  terraform {
    required_providers {
      flow = {
        source  = "flow-community/flow"
        version = "$version"
      }
    }
  }

Or, to use each build at once and without init, put this into a file that TF_CLI_CONFIG_FILE names:

  provider_installation {
    dev_overrides {
      "flow-community/flow" = "$(cd "$(dirname "$binary")" && pwd)"
    }
    direct {}
  }
EOT
