#!/usr/bin/env bash
# Builds a release into dist/ as the release workflow does, without publishing it. It is signed with a key that is made for it
# and thrown away; dist/signing-key.gpg is the public part. PLATFORMS='linux_amd64 darwin_arm64' builds only these.
# Usage: scripts/release-snapshot.sh GORELEASER VERSION [FLAG...]
set -euo pipefail

goreleaser=${1:?usage: scripts/release-snapshot.sh GORELEASER VERSION [FLAG...]}
export SNAPSHOT_VERSION=${2:?usage: scripts/release-snapshot.sh GORELEASER VERSION [FLAG...]}
shift 2

GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all >/dev/null 2>&1 || true; rm -rf "$GNUPGHOME"' EXIT
chmod 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'Throw-away key of a snapshot' rsa3072 sign 1d
GPG_FINGERPRINT=$(gpg --batch --with-colons --list-keys | awk -F: '$1 == "fpr" { print $10; exit }')
export GPG_FINGERPRINT

skip=()
if ! command -v syft >/dev/null; then
  echo 'No syft: leaving out the SBOMs' >&2
  skip=(--skip=sbom)
fi
# goreleaser has no flag for this: targets take the place of goos and goarch.
config=$GNUPGHOME/goreleaser.yml
sed "${PLATFORMS:+/mod_timestamp:/a\\    targets: [${PLATFORMS// /, }]}" .goreleaser.yml >"$config"
"$goreleaser" release --config "$config" --snapshot --clean "${skip[@]}" "$@"
gpg --batch --output dist/signing-key.gpg --export "$GPG_FINGERPRINT"
