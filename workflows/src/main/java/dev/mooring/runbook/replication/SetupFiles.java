package dev.mooring.runbook.replication;

import dev.mooring.port.AccountActivities;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.quoting.ConnectionString;
import dev.mooring.quoting.ShellWord;
import dev.mooring.quoting.SqlText;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Replication;
import dev.mooring.topology.Upstreams;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a setup would do, as files for a person who does it by hand: where Mooring may not be a
 * superuser, or has no way to a host. A pure function of the cluster file; no password is in any of
 * them.
 */
public final class SetupFiles {
  private static final String REPLICA_SCRIPT =
      """
      #!/bin/sh
      # Makes %s a standby. Run on its host by the account that owns its data, once this line is in
      # %s with mode 600:
      # %s:%d:*:%s:PASSWORD
      %sset -eu
      data=%s
      bin=%s
      export PGPASSFILE=%s
      refuse() { echo "$1" >&2; exit 1; }
      new=$data
      if [ -L "$data" ] || { [ -d "$data" ] && [ -n "$(ls -A "$data")" ]; }; then
        new=$data.mooring-new
        links=$(find "$data" -type l)
        [ -z "$links" ] || refuse "a copy would not keep these links, use mooring replicate setup: $links"
      fi
      if [ -e "$data/postmaster.pid" ]; then
        [ -e "$data/standby.signal" ] || refuse "the server in $data may accept writes: fence it first"
        "$bin/pg_ctl" -D "$data" -m fast -w stop
      fi
      "$bin/pg_basebackup" -D "$new" -d %s -X stream --checkpoint=fast%s
      cat >>"$new/postgresql.auto.conf" <<'SETTINGS'
      %sSETTINGS
      case $(cat "$new/PG_VERSION") in
        1[2-5]) echo "promote_trigger_file = ''" >>"$new/postgresql.auto.conf" ;;
      esac
      : >"$new/standby.signal"
      [ ! -e "$new/backup_manifest" ] || "$bin/pg_verifybackup" --no-parse-wal --quiet "$new"
      if [ "$new" != "$data" ]; then
        for link in "$new"/pg_tblspc/*; do
          case $(readlink -m "$link") in "$(readlink -m "$data")"/*)
            refuse "$link leads into $data, which is replaced: use mooring replicate setup" ;;
          esac
        done
        mv "$data" "$data.mooring-old-$(date -u +%%Y%%m%%d%%H%%M%%S)"
        mv "$new" "$data"
      fi
      "$bin/pg_ctl" -D "$data" -l "$data/startup.log" -w start
      """;

  private static final String PENDING =
      """
      -- What is pending takes a restart, which is an outage; hot_standby does nothing on a primary,
      -- and a copy takes it along:
      SELECT name, setting FROM pg_settings
       WHERE pending_restart AND name <> 'hot_standby';
      """;

  private final Cluster cluster;
  private final Instance primary;
  private final Replication replication;
  private final Upstreams upstreams;

  private SetupFiles(Cluster cluster) {
    this.cluster = cluster;
    this.replication = cluster.streaming().orElseThrow().replication();
    this.primary =
        cluster.members().stream()
            .filter(i -> i.site().equals(cluster.policies().publish().site()))
            .filter(i -> i.upstream().isEmpty())
            .findFirst()
            .orElseThrow();
    this.upstreams = Upstreams.of(cluster, primary);
  }

  /**
   * By name: of the primary, of each standby, for a monitor, and for a person on call; nothing
   * where none streams.
   */
  public static SortedMap<String, String> of(Cluster cluster) {
    SortedMap<String, String> files = new TreeMap<>();
    if (cluster.streaming().isEmpty()) {
      return files;
    }
    SetupFiles of = new SetupFiles(cluster);
    files.put("primary_setup.sql", of.primarySql());
    files.put("pg_hba.lines", of.accessLines());
    files.put("monitoring.yml", MonitoringQueries.TEXT);
    files.put("alerts.yml", AlertRules.of(cluster));
    files.put("the-primary-died.md", PrimaryDiedPage.of(cluster.name(), of.primary.id()));
    for (Instance standby : cluster.members()) {
      if (!standby.equals(of.primary)) {
        files.put("recovery-" + standby.id() + ".conf", of.recovery(standby));
        files.put("replica_setup-" + standby.id() + ".sh", of.replicaScript(standby));
      }
    }
    return files;
  }

  private String accessLines() {
    return String.join("\n", AccessRules.lines(cluster, cluster.members())) + "\n";
  }

  private String primarySql() {
    String role = SqlText.identifier(replication.login().user());
    StringBuilder sql =
        new StringBuilder(
            """
            -- Run by a superuser with psql, on %s; a second run changes nothing.
            -- Then: the lines of pg_hba.lines at the head of its pg_hba.conf, and a reload.
            \\set ON_ERROR_STOP on
            SET search_path = pg_catalog, pg_temp;
            SELECT %s
             WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s) \\gexec
            ALTER ROLE %s LOGIN REPLICATION;
            """
                .formatted(
                    primary.id(),
                    SqlText.literal("CREATE ROLE " + role),
                    SqlText.literal(replication.login().user()),
                    role));
    AccountActivities.REWIND_FUNCTIONS.forEach(
        function -> sql.append("GRANT EXECUTE ON FUNCTION " + function + " TO " + role + ";\n"));
    int standbys = cluster.members().size() - 1;
    raised("max_wal_senders", PrimaryCheck.senders(standbys), sql);
    raised("max_replication_slots", standbys, sql);
    sql.append("SELECT 'ALTER SYSTEM SET wal_level = replica'\n");
    sql.append(" WHERE current_setting('wal_level') = 'minimal' \\gexec\n");
    sql.append("SELECT 'ALTER SYSTEM SET hot_standby = on'\n");
    sql.append(" WHERE current_setting('hot_standby') = 'off' \\gexec\n");
    sql.append("SELECT 'ALTER SYSTEM SET wal_log_hints = on'\n");
    sql.append(" WHERE current_setting('wal_log_hints') = 'off'");
    sql.append(" AND current_setting('data_checksums') = 'off' \\gexec\n");
    upstreams.from(primary).forEach(standby -> slot(standby, sql));
    return sql.append("SELECT pg_reload_conf();\n")
        .append(PENDING)
        .append("-- Its password, which psql asks for and sends as a SCRAM verifier only:\n")
        .append("-- \\password ")
        .append(role)
        .append("\n")
        .toString();
  }

  private void slot(Instance standby, StringBuilder sql) {
    String slot = SqlText.literal(cluster.slotName(standby));
    sql.append(
        """
        SELECT pg_create_physical_replication_slot(%s, true)
         WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = %s);
        """
            .formatted(slot, slot));
  }

  private static void raised(String setting, long least, StringBuilder sql) {
    sql.append(
        """
        SELECT %s
         WHERE current_setting(%s)::int < %d \\gexec
        """
            .formatted(
                SqlText.literal("ALTER SYSTEM SET " + setting + " = " + least),
                SqlText.literal(setting),
                least));
  }

  private Optional<Instance> sender(Instance standby) {
    return upstreams.of(standby);
  }

  private String connection(Instance from, String application) {
    return new StandbyConnection(cluster, from, application).text();
  }

  private String address(Instance instance) {
    return cluster.host(instance.host()).access().address();
  }

  private String passwordFile(Instance standby) {
    Host host = cluster.host(standby.host());
    return host.directory() + "/replication.pgpass";
  }

  private String recovery(Instance standby) {
    StringBuilder lines = new StringBuilder();
    sender(standby)
        .ifPresent(
            from -> {
              ConnectionString passfile =
                  new ConnectionString().with("passfile", passwordFile(standby));
              lines
                  .append(
                      ConfigurationValue.line(
                          "primary_conninfo",
                          connection(from, cluster.applicationName(standby)) + " " + passfile))
                  .append(ConfigurationValue.line("primary_slot_name", cluster.slotName(standby)));
            });
    String restore = new MemberActs(cluster).restoreCommand(standby);
    if (!restore.isEmpty()) {
      lines.append(ConfigurationValue.line("restore_command", restore));
    }
    // a restore may have left one in a file that the copy brings: a standby would end there
    for (String target : List.of("", "_lsn", "_name", "_time", "_xid")) {
      lines.append(ConfigurationValue.line("recovery_target" + target, ""));
    }
    return lines
        .append(ConfigurationValue.line("recovery_target_timeline", "latest"))
        .append(ConfigurationValue.line("port", String.valueOf(standby.port())))
        .append(ConfigurationValue.line("listen_addresses", address(standby)))
        .toString();
  }

  private String replicaScript(Instance standby) {
    Instance from = sender(standby).orElse(primary);
    boolean streams = sender(standby).isPresent();
    String slot = streams ? " --slot=" + cluster.slotName(standby) : "";
    String cascade =
        streams && !from.equals(primary)
            ? "# First, on %s: SELECT pg_catalog.pg_create_physical_replication_slot(%s, true)%n"
                .formatted(from.id(), SqlText.literal(cluster.slotName(standby)))
            : "";
    return REPLICA_SCRIPT.formatted(
        standby.id(),
        passwordFile(standby),
        ConnectionString.passwordField(address(from)),
        from.port(),
        ConnectionString.passwordField(replication.login().user()),
        cascade,
        ShellWord.quote(standby.dataDirectory()),
        ShellWord.quote(standby.manager().binDirectory()),
        ShellWord.quote(passwordFile(standby)),
        ShellWord.quote(connection(from, Source.APPLICATION)),
        slot,
        recovery(standby));
  }
}
