# shellcheck shell=sh
# Finds or builds the S3 server of the tests, at the version pinned by versitygw/go.mod.

find_versitygw() {
  version=$(pinned versitygw github.com/versity/versitygw)
  versitygw=${MOORING_VERSITYGW:-}
  if [ -n "$versitygw" ]; then
    [ -x "$versitygw" ] || fail "$versitygw (MOORING_VERSITYGW) is no program"
    found versitygw '' "$versitygw"
    return
  fi
  provide versitygw "$version" '' github.com/versity/versitygw/cmd/versitygw "-X main.Version=$version"
  versitygw=$target
  found versitygw "$version" "$versitygw" "$provided"
}
