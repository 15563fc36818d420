# shellcheck shell=sh
# Finds the programs that Mooring's demo, tests and lab drive; installs Debian's packages where it may.
# Each find_… sets what it found in variables, or adds to missing_items and missing_packages and goes on.

oldest_postgres=13
newest_postgres=18
postgres_programs='initdb postgres pg_ctl pg_controldata pg_basebackup pg_rewind pg_waldump psql'

missing_items=
missing_packages=

# lacking ITEM PACKAGE...: remembers what is not there, and the Debian packages that bring it.
lacking() {
  missing_items="${missing_items}  $1
"
  shift
  for package in "$@"; do
    case "$missing_packages " in
      *" $package "*) ;;
      *) missing_packages="$missing_packages $package" ;;
    esac
  done
}

# postgres_version BIN: such as 15.20, or nothing when BIN is no whole PostgreSQL of a major we support.
postgres_version() {
  for program in $postgres_programs; do
    [ -x "$1/$program" ] || return 0
  done
  version=$("$1/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9][0-9.]*\).*/\1/p')
  case ${version%%.*} in
    '') ;;
    *) if [ "${version%%.*}" -ge "$oldest_postgres" ] && [ "${version%%.*}" -le "$newest_postgres" ]; then
      printf '%s\n' "$version"
    fi ;;
  esac
}

postgres_directories() {
  for directory in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql*/bin /usr/local/pgsql/bin \
    /usr/local/pgsql-*/bin /opt/postgresql*/bin /usr/local/bin /usr/bin; do
    printf '%s\n' "$directory"
  done
  if command -v pg_config >/dev/null; then
    pg_config --bindir 2>/dev/null || true
  fi
}

find_postgres() {
  postgres_bin=
  postgres_found=
  if [ -n "${MOORING_PG_BIN:-}" ]; then
    postgres_found=$(postgres_version "$MOORING_PG_BIN")
    [ -n "$postgres_found" ] ||
      fail "MOORING_PG_BIN is $MOORING_PG_BIN, which has no whole PostgreSQL $oldest_postgres to $newest_postgres" \
        "unset it, or name a directory that holds: $postgres_programs"
    postgres_bin=$MOORING_PG_BIN
    return
  fi
  while IFS= read -r directory; do
    version=$(postgres_version "$directory")
    if [ -n "$version" ] && { [ -z "$postgres_found" ] || ! at_least "$postgres_found" "$version"; }; then
      postgres_found=$version
      postgres_bin=$directory
    fi
  done <<DIRECTORIES
$(postgres_directories)
DIRECTORIES
  [ -n "$postgres_bin" ] ||
    lacking "PostgreSQL $oldest_postgres to $newest_postgres, server and client programs ($postgres_programs)" \
      postgresql postgresql-client
}

find_ssh() {
  sshd=${MOORING_SSHD:-$(command -v sshd || true)}
  keygen=$(command -v ssh-keygen || true)
  sshd_found=
  [ -x "$sshd" ] || lacking 'OpenSSH server (sshd)' openssh-server
  [ -n "$keygen" ] || lacking 'ssh-keygen' openssh-client
  [ -x "$sshd" ] || return 0
  # sshd knows no option that only prints its version before OpenSSH 9.2; the text of a wrong call holds it
  sshd_found=$("$sshd" -V 2>&1 | sed -n 's/.*OpenSSH_\([0-9.]*\).*/\1/p' | head -n 1)
}

find_linux_tools() {
  command -v ss >/dev/null || lacking 'ss (listening ports)' iproute2
  # only root may make network namespaces
  [ "$(id -u)" -ne 0 ] || command -v ip >/dev/null || lacking 'ip (a network of its own for each host of a lab)' iproute2
  [ "$(id -u)" -ne 0 ] || command -v nft >/dev/null || lacking 'nft (packets lost on purpose in those networks)' nftables
  [ "$(id -u)" -ne 0 ] || command -v python3 >/dev/null || lacking 'python3 (links that are slow on purpose)' python3
  # only root may mount the disks that fill up, stall and lose their power
  if [ "$(id -u)" -eq 0 ]; then
    command -v mkfs.ext4 >/dev/null || lacking 'mkfs.ext4 (disks that fail)' e2fsprogs
    command -v mount >/dev/null || lacking 'mount' mount
    command -v perl >/dev/null || lacking 'perl' perl-base
    { [ -x /lib/systemd/systemd ] && command -v systemctl >/dev/null; } ||
      lacking 'systemd (what the start guard stands before)' systemd
    for program in fsfreeze findmnt fallocate; do
      command -v "$program" >/dev/null || lacking "$program" util-linux
    done
  fi
  # what may be /bin/sh on a host
  for program in dash bash busybox; do
    command -v "$program" >/dev/null || lacking "$program (a shell that scripts for hosts are tried in)" "$program"
  done
  for program in flock setsid unshare setpriv runuser; do
    command -v "$program" >/dev/null || lacking "$program" util-linux
  done
}

find_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  java_found=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9][^"]*\)".*/\1/p' | head -n 1) || true
  java_place=$(command -v "$java" || true)
  if [ -z "$java_place" ] || ! command -v "${java}c" >/dev/null || ! at_least "${java_found:-0}" 17; then
    [ -z "${JAVA_HOME:-}" ] ||
      fail "JAVA_HOME is $JAVA_HOME, which has ${java_found:+Java $java_found, not }a JDK of 17 or newer" \
        "set JAVA_HOME to a JDK 17 or newer, or unset it"
    lacking "a JDK, 17 or newer${java_found:+ (java on the PATH is $java_found)}" openjdk-17-jdk-headless
  fi
}

find_maven() {
  maven_place=$(command -v mvn || true)
  maven_found=
  if [ -n "$maven_place" ] && [ -n "$java_place" ]; then
    maven_found=$(mvn -version 2>/dev/null </dev/null | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p')
  fi
  at_least "${maven_found:-0}" 3.8.7 || lacking "Maven, 3.8.7 or newer${maven_found:+ (mvn on the PATH is $maven_found)}" maven
}

find_pgbackrest() {
  command -v pgbackrest >/dev/null || lacking 'pgBackRest, an archive of its own kind' pgbackrest
}

find_haproxy() {
  # Debian keeps it where only root's PATH looks
  haproxy=${MOORING_HAPROXY:-$(PATH=$PATH:/usr/sbin command -v haproxy || true)}
  haproxy_found=
  [ -x "$haproxy" ] || lacking 'HAProxy (a TLS front before Temporal, a balancer before instances)' haproxy
  [ -x "$haproxy" ] || return 0
  haproxy_found=$("$haproxy" -v 2>/dev/null | sed -n 's/^HAProxy version \([0-9.]*\).*/\1/p')
}

find_pgbouncer() {
  pgbouncer=${MOORING_PGBOUNCER:-$(PATH=$PATH:/usr/sbin command -v pgbouncer || true)}
  pgbouncer_found=
  [ -x "$pgbouncer" ] || lacking 'PgBouncer (in front of a lab whose standbys stream)' pgbouncer
  [ -x "$pgbouncer" ] || return 0
  pgbouncer_found=$("$pgbouncer" -V 2>/dev/null | sed -n 's/^PgBouncer \([0-9.]*\).*/\1/p')
}

# find_patroni: what elects leaders in a lab that it manages, and the store it votes in.
find_patroni() {
  patroni=${MOORING_PATRONI:-$(command -v patroni || true)}
  patroni_found=
  if [ -x "$patroni" ]; then
    patroni_found=$("$patroni" --version 2>/dev/null | sed -n 's/^patroni \([0-9.]*\).*/\1/p')
  fi
  # before 3.0 it has no failsafe mode
  at_least "${patroni_found:-0}" 3.0 ||
    lacking "Patroni, 3.0 or newer${patroni_found:+ ($patroni is $patroni_found)}" patroni
  etcd=${MOORING_ETCD:-$(command -v etcd || true)}
  etcd_found=
  [ -x "$etcd" ] || lacking 'etcd (what Patroni votes in)' etcd-server
  [ -x "$etcd" ] || return 0
  etcd_found=$("$etcd" --version 2>/dev/null | sed -n 's/^etcd Version: \([0-9.]*\).*/\1/p')
}

find_libfaketime() {
  faketime_place=$(find /usr/lib -maxdepth 3 -name libfaketimeMT.so.1 2>/dev/null | head -n 1)
  [ -n "$faketime_place" ] || lacking 'libfaketime (hosts with a clock of their own)' libfaketime
}

find_shellcheck() {
  shellcheck_place=$(command -v shellcheck || true)
  [ -n "$shellcheck_place" ] || lacking 'shellcheck' shellcheck
}

# find_prometheus: what fires alerts, and promtool, which reads metrics and the rules of alerts.
find_prometheus() {
  prometheus_place=$(command -v prometheus || true)
  promtool_place=$(command -v promtool || true)
  { [ -n "$prometheus_place" ] && [ -n "$promtool_place" ]; } ||
    lacking 'Prometheus, with promtool, which reads metrics and alert rules' prometheus
}

# find_alertmanager: what calls a hook when an alert of Prometheus fires.
find_alertmanager() {
  alertmanager_place=$(command -v prometheus-alertmanager || true)
  [ -n "$alertmanager_place" ] || lacking 'Alertmanager, which calls the hook of a worker' prometheus-alertmanager
}

# find_fetcher: what temporal and tctl come by, or the Go that builds them.
find_fetcher() {
  command -v curl >/dev/null && return
  find_go "$here/temporal/go.mod"
  [ -n "$go" ] || lacking "curl to fetch temporal and tctl, or Go $go_wanted or newer to build them" curl ca-certificates
}

find_packaged_programs() {
  missing_items=
  missing_packages=
  find_postgres
  find_ssh
  find_linux_tools
  find_java
  find_maven
  find_shellcheck
  find_libfaketime
  find_pgbackrest
  find_haproxy
  find_pgbouncer
  find_patroni
  find_prometheus
  find_alertmanager
  find_fetcher
}

report_packaged_programs() {
  found postgresql "$postgres_found" "$postgres_bin" "$1"
  found sshd "${sshd_found:--}" "$sshd" "$1"
  found java "$java_found" "$java_place" "$1"
  found maven "$maven_found" "$maven_place" "$1"
  found haproxy "${haproxy_found:--}" "$haproxy" "$1"
  found pgbouncer "${pgbouncer_found:--}" "$pgbouncer" "$1"
  found patroni "$patroni_found" "$patroni" "$1"
  found etcd "${etcd_found:--}" "$etcd" "$1"
  found shellcheck "$(shellcheck --version | sed -n 's/^version: //p')" "$shellcheck_place" "$1"
  found libfaketime - "$faketime_place" "$1"
  found prometheus "$(prometheus --version 2>&1 | sed -n 's/^prometheus, version \([^ ]*\).*/\1/p')" "$prometheus_place" "$1"
  found promtool "$(promtool --version 2>&1 | sed -n 's/^promtool, version \([^ ]*\).*/\1/p')" "$promtool_place" "$1"
  found alertmanager "$(prometheus-alertmanager --version 2>&1 | sed -n 's/^alertmanager, version \([^ ]*\).*/\1/p')" "$alertmanager_place" "$1"
}

# name_known_jdk: a newer Debian has no JDK 17; its default is a newer one. To be asked once apt knows its packages.
name_known_jdk() {
  apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1 ||
    missing_packages=$(printf '%s' "$missing_packages" | sed 's/openjdk-17-jdk-headless/default-jdk-headless/')
}

# apt_get WORDS: without questions; its hundreds of lines are kept for when it fails.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" >"$messages" 2>&1 </dev/null
}

# Debian's packages would start a database cluster, an SSH server, an etcd, a Prometheus and an Alertmanager of their own: none is wanted here.
install_packages() {
  quiet_policy=/usr/sbin/policy-rc.d
  quiet_cluster=/etc/postgresql-common/createcluster.d/mooring-setup.conf
  new_sshd=
  [ -x /usr/sbin/sshd ] || new_sshd=yes
  new_haproxy=
  [ -x /usr/sbin/haproxy ] || new_haproxy=yes
  new_pgbouncer=
  [ -x /usr/sbin/pgbouncer ] || new_pgbouncer=yes
  new_patroni=
  command -v patroni >/dev/null || new_patroni=yes
  new_etcd=
  command -v etcd >/dev/null || new_etcd=yes
  new_prometheus=
  command -v prometheus >/dev/null || new_prometheus=yes
  new_alertmanager=
  command -v prometheus-alertmanager >/dev/null || new_alertmanager=yes
  { mkdir -p "${quiet_cluster%/*}" && printf 'create_main_cluster = false\n' >"$quiet_cluster"; } ||
    fail "$quiet_cluster can't be written, so installing would create a database cluster"
  if [ -e "$quiet_policy" ]; then
    quiet_policy=
  else
    printf '#!/bin/sh\nexit 101\n' >"$quiet_policy"
    chmod 755 "$quiet_policy"
  fi
  messages=$(mktemp)
  trap 'rm -f "$messages" "$quiet_cluster" ${quiet_policy:+"$quiet_policy"}' EXIT
  trap 'exit 130' INT TERM
  # of its own it ends well when a list could not be had
  apt_get -o APT::Update::Error-Mode=any update ||
    say "apt-get update failed: $(tail -n 1 "$messages"); trying with the package lists that are here"
  name_known_jdk
  say "installing Debian's packages, 200 MB at most:$missing_packages"
  # shellcheck disable=SC2086
  apt_get install --no-install-recommends $missing_packages || {
    tail -n 20 "$messages" >&2
    fail "apt-get could not install:$missing_packages" "see its last words above; install these packages by hand and run this again"
  }
  if [ -n "$new_haproxy" ] && [ -d /run/systemd/system ]; then
    systemctl disable --quiet haproxy.service 2>/dev/null || true
  fi
  if [ -n "$new_pgbouncer" ] && [ -d /run/systemd/system ]; then
    systemctl disable --quiet pgbouncer.service 2>/dev/null || true
  fi
  if [ -n "$new_patroni" ] && [ -d /run/systemd/system ]; then
    systemctl disable --quiet patroni.service 2>/dev/null || true
  fi
  if [ -n "$new_etcd" ] && [ -d /run/systemd/system ]; then
    systemctl disable --quiet etcd.service 2>/dev/null || true
  fi
  if [ -n "$new_sshd" ] && [ -d /run/systemd/system ]; then
    systemctl disable --quiet ssh.service ssh.socket 2>/dev/null || true
    say "sshd was installed and is not enabled: enable it with 'systemctl enable --now ssh' if this machine is to be logged in to"
  fi
  if [ -n "$new_prometheus" ] && [ -d /run/systemd/system ]; then
    systemctl disable --quiet prometheus.service 2>/dev/null || true
  fi
  if [ -n "$new_alertmanager" ] && [ -d /run/systemd/system ]; then
    systemctl disable --quiet prometheus-alertmanager.service 2>/dev/null || true
  fi
}

# install_missing: what find_packaged_programs did not find, or an instruction and an end.
install_missing() {
  printf 'not found:\n%s' "$missing_items" >&3
  command -v apt-get >/dev/null ||
    fail 'programs are missing, and this machine has no apt-get' "install what is listed above with this system's own packages"
  if [ "$(id -u)" -ne 0 ]; then
    name_known_jdk
    fail "programs are missing, and user $(id -un) may not install them" \
      "let root run: apt-get update && apt-get install --no-install-recommends$missing_packages
HINT: then run this again. Debian starts PostgreSQL and sshd with them; temporal-dev/setup, run by root, installs the same and starts none of them."
  fi
  (
    flock 9
    install_packages
  ) 9>/run/mooring-setup.lock || exit 1
}
