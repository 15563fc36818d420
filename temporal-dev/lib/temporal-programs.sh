# shellcheck shell=sh
# Finds, fetches or builds the two command lines of Temporal, at the versions pinned by temporal/go.mod and tctl/go.mod.

oldest_temporal=1.5.0
oldest_tctl=1.18.0
# the Go that builds them where none is here, as a module of the Go module proxy: version, digests of its archives
go_fetched=1.26.8
go_digests='linux-amd64 30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7
linux-arm64 02b36b6787b3ac767668f630e2998df45a3b1f9ffee08d1bf3ef6487cd658d99'

# of the publishers' archives, as cashapp/hermit-packages has them; another version is built, as is any other archive
release_digests='temporal_cli_1.5.1_linux_amd64.tar.gz ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d
temporal_cli_1.5.1_linux_arm64.tar.gz bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5
tctl_1.18.0_linux_amd64.tar.gz bba8347624e018105a041f82fa1905ffec3c1e2c427c1789f4ef9928a585ade6
tctl_1.18.0_linux_arm64.tar.gz 90a9700abc0c01e2ae2d6e4924cb3e570a8158c58e9a801cb9c8c430cd3741c5'

# pinned NAME MODULE: the version that NAME/go.mod requires of the module, without its v.
pinned() {
  awk -v module="$2" '$1 == module { sub(/^v/, "", $2); print $2; exit }' "$here/$1/go.mod"
}

# reported_version PROGRAM: the x.y.z it says it is.
reported_version() {
  "$1" --version 2>/dev/null </dev/null | sed -n 's/^[a-zA-Z]* *\(version\|:\) \([0-9][0-9.]*\).*/\2/p' | head -n 1
}

# find_existing NAME OLDEST OVERRIDE: sets existing and existing_version when one new enough is there already.
find_existing() {
  existing=${3:-$(command -v "$1" || true)}
  existing_version=
  [ -z "$existing" ] || existing_version=$(reported_version "$existing" || true)
  if at_least "${existing_version:-0}" "$2"; then
    return
  fi
  [ -z "$3" ] || fail "$3 says it is $1 ${existing_version:-of no version}, wanted $2 or newer"
  [ -z "$existing" ] || say "$existing is ${existing_version:-of no version}, older than $2: not used"
  existing=
}

# find_go GO_MOD: sets go and go_version; empty when no Go as new as the file asks is here.
find_go() {
  go=
  go_version=
  go_wanted=$(awk '$1 == "go" { print $2; exit }' "$1")
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go "$(fetched_go)/bin/go"; do
    [ -x "$candidate" ] || continue
    go_version=$(GOTOOLCHAIN=local "$candidate" version 2>/dev/null | sed -n 's/.* go\([0-9][0-9.]*\).*/\1/p')
    if at_least "${go_version:-0}" "$go_wanted"; then
      go=$candidate
      return
    fi
  done
}

fetched_go() {
  printf '%s/go/%s\n' "$(cache_directory)" "$go_fetched"
}

# fetch_go: the Go pinned above into the cache; false where it can't be had. Such an archive keeps no modes.
fetch_go() {
  case $(uname -sm) in
    'Linux x86_64') platform=linux-amd64 ;;
    'Linux aarch64') platform=linux-arm64 ;;
    *) return 1 ;;
  esac
  proxy=${GOPROXY:-https://proxy.golang.org}
  module=golang.org/toolchain@v0.0.1-go$go_fetched.$platform
  say "no Go new enough is here: fetching Go $go_fetched, 70 MB"
  (
    cd "$scratch" &&
      curl -fsSL --connect-timeout 5 --max-time 600 -o go.zip "${proxy%%[,|]*}/$(printf '%s' "$module" | sed 's|@|/@v/|').zip" &&
      printf '%s  go.zip\n' "$(printf '%s\n' "$go_digests" | sed -n "s/^$platform //p")" | sha256sum --check --quiet &&
      "${JAVA_HOME:+$JAVA_HOME/bin/}jar" -x -f go.zip &&
      chmod -R a+x "$module/bin" "$module/pkg/tool" &&
      mkdir -p "$(cache_directory)/go" &&
      { mv -T "$module" "$(fetched_go)" || [ -x "$(fetched_go)/bin/go" ]; }
  ) >"$scratch/go.log" 2>&1 && return 0
  say "it can't be fetched here: $(tail -n 1 "$scratch/go.log")"
  return 1
}

# fetch NAME VERSION ARCHIVE TARGET: the publisher's own build; false, soon, where it can't be had. The archive is what
# precedes the version in its address.
fetch() {
  command -v curl >/dev/null || return 1
  case $(uname -sm) in
    'Linux x86_64') platform=linux_amd64 ;;
    'Linux aarch64') platform=linux_arm64 ;;
    *) return 1 ;;
  esac
  archive=${3#*/}_$2_$platform.tar.gz
  digest=$(printf '%s\n' "$release_digests" | sed -n "s/^$archive //p")
  [ -n "$digest" ] || return 1
  say "fetching $1 $2 from its publisher"
  curl -fsSL --connect-timeout 5 --max-time 300 --speed-limit 50000 --speed-time 10 -o "$scratch/$1.tar.gz" \
    "https://github.com/temporalio/${3%/*}/releases/download/v$2/$archive" 2>"$scratch/fetch.log" &&
    printf '%s  %s\n' "$digest" "$scratch/$1.tar.gz" | sha256sum --check --quiet >"$scratch/fetch.log" 2>&1 &&
    tar -xzf "$scratch/$1.tar.gz" -C "$scratch" "$1" 2>>"$scratch/fetch.log" &&
    [ "$(reported_version "$scratch/$1")" = "$2" ] &&
    mv "$scratch/$1" "$4" && return 0
  say "it can't be fetched here: $(tail -n 1 "$scratch/fetch.log")"
  return 1
}

# build NAME VERSION PACKAGE LINKER_FLAGS TARGET: from the module pinned with its checksums.
build() {
  find_go "$here/$1/go.mod"
  if [ -z "$go" ] && fetch_go; then
    find_go "$here/$1/go.mod"
  fi
  [ -n "$go" ] ||
    fail "no $1 $2 here, it can't be fetched, and no Go $go_wanted or newer can build it${go_version:+ (Go here is $go_version)}" \
      "put a $1 of version $2 on the PATH, or a Go of version $go_wanted or newer, and run this again"
  say "building $1 $2 with Go $go_version: some minutes, once, and some GB of Go's own caches"
  (
    cd "$here/$1" &&
      env GOFLAGS=-buildvcs=false GOWORK=off GOTOOLCHAIN=local GOTMPDIR="$scratch" CGO_ENABLED=0 \
        "$go" build -mod=readonly -trimpath -ldflags "-s -w $4" -o "$scratch/$1" "$3"
  ) >"$scratch/build.log" 2>&1 </dev/null || {
    tail -n 20 "$scratch/build.log" >&2
    fail "Go could not build $1 $2 (its last words are above)" \
      "check that Go reaches its module proxy ('go env GOPROXY'), or put a $1 of version $2 on the PATH"
  }
  [ "$(reported_version "$scratch/$1")" = "$2" ] ||
    fail "the $1 built says it is $(reported_version "$scratch/$1"), wanted $2"
  mv "$scratch/$1" "$5"
}

# provide NAME VERSION ARCHIVE PACKAGE LINKER_FLAGS: puts the program into the cache unless it is there; one at a time.
# Without an archive it is built.
provide() {
  target=$(cache_directory)/$1/$2/$1
  provided=cached
  if [ ! -x "$target" ]; then
    mkdir -p "${target%/*}"
    (
      flock 9
      [ ! -x "$target" ] || exit 0
      scratch=$(mktemp -d "${target%/*}/build.XXXXXX") || exit 1
      trap 'rm -rf "$scratch"' EXIT
      trap 'exit 130' INT TERM
      { [ -n "$3" ] && fetch "$1" "$2" "$3" "$target"; } || build "$1" "$2" "$4" "$5" "$target"
    ) 9>"$(cache_directory)/$1.lock" || exit 1
    provided=new
  fi
}

find_temporal() {
  version=$(pinned temporal github.com/temporalio/cli)
  find_existing temporal "$oldest_temporal" "${MOORING_TEMPORAL:-}"
  if [ -n "$existing" ]; then
    temporal=$existing
    found temporal "$existing_version" "$temporal"
  else
    provide temporal "$version" cli/temporal_cli github.com/temporalio/cli/cmd/temporal \
      "-X github.com/temporalio/cli/temporalcli.Version=$version"
    temporal=$target
    found temporal "$version" "$temporal" "$provided"
  fi
}

find_tctl() {
  version=$(pinned tctl github.com/temporalio/tctl)
  find_existing tctl "$oldest_tctl" "${MOORING_TCTL:-}"
  if [ -n "$existing" ]; then
    tctl=$existing
    found tctl "$existing_version" "$tctl"
  else
    provide tctl "$version" tctl/tctl github.com/temporalio/tctl/cmd/tctl ''
    tctl=$target
    found tctl "$version" "$tctl" "$provided"
  fi
}
