package dev.mooring.dev.contract;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.copy.HostCopyActivities;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.contract.CopyWorld;
import dev.mooring.contract.Limit;
import dev.mooring.contract.StreamingHands;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.port.CopyActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A lab whose standbys stream, its data directories made anew through the adapter. */
final class CopyRealWorld implements CopyWorld, AutoCloseable {

  private final Lab lab;
  private final Cluster cluster;
  private final Hosts hosts = new Hosts(Limit.seconds(20));
  private final Touch hands;
  private HostDeadlines deadlines = HostDeadlines.USUAL;

  CopyRealWorld(String name, int walFileMegabytes) {
    lab = Lab.up(LabPlan.streaming(2).named(name).withWalFileMegabytes(walFileMegabytes));
    ask("east-0", "CREATE TABLE lab.written (at timestamptz)");
    lab.snapshot();
    cluster = new ClusterFiles(lab.configDirectory()).read(new ClusterName(lab.name()));
    hands = new Touch();
  }

  @Override
  public Cluster cluster() {
    return cluster;
  }

  @Override
  public CopyActivities copies(long attempt) {
    return new HostCopyActivities(
        hosts,
        deadlines,
        new Attempt() {
          @Override
          public long number() {
            return attempt;
          }

          @Override
          public void report(Object details) {}
        },
        variable -> Optional.ofNullable(lab.environment().get(variable)));
  }

  @Override
  public void renew() {
    deadlines = HostDeadlines.USUAL;
    lab.restore();
  }

  @Override
  public StreamingHands hands() {
    return hands;
  }

  @Override
  public void lose(String instance) {
    LabInstance one = lab.instance(instance);
    hands.kill(instance);
    lab.run(one.host(), "find", one.dataDirectory().toString(), "-mindepth", "1", "-delete");
  }

  @Override
  public void leaveRewind(String instance) {
    LabInstance one = lab.instance(instance);
    lab.run(one.host(), "mkdir", one.dataDirectory() + ".mooring-rewind");
  }

  /** It listens where the instance does. */
  @Override
  public void putAnothers(String instance) {
    LabInstance one = lab.instance(instance);
    hands.kill(instance);
    lab.run(
        one.host(),
        "sh",
        "-c",
        "rm -rf \"$0\" && \"$1/initdb\" --no-sync --auth=trust --pgdata=\"$0\" >/dev/null &&"
            + " printf \"%s = '%s'\\n\" listen_addresses \"$2\" port \"$3\""
            + " unix_socket_directories '' hot_standby_feedback on >>\"$0/postgresql.conf\" &&"
            + " echo 'host all all all trust' >>\"$0/pg_hba.conf\"",
        one.dataDirectory().toString(),
        lab.postgresPrograms().toString(),
        one.host().address(),
        String.valueOf(one.port()));
  }

  @Override
  public String setting(String instance, String name) {
    return ask(instance, "SELECT current_setting('" + name + "')");
  }

  @Override
  public void checkpoint(String instance) {
    ask(instance, "CHECKPOINT");
  }

  @Override
  public void follows(String instance, String upstream) {
    LabInstance one = lab.instance(instance);
    LabInstance from = lab.instance(upstream);
    String connection =
        "primary_conninfo = 'host=%s port=%d user=lab_replication password=%s'%nprimary_slot_name = ''%n"
            .formatted(from.host().address(), from.port(), password());
    Path settings = one.dataDirectory().resolve("postgresql.auto.conf");
    try {
      // the fence is lifted by whoever lets it follow
      String unfenced = Files.readString(settings).replaceAll("(?m)^mooring_fenced_epoch_.*\n", "");
      Files.writeString(settings, unfenced + connection);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lab.start(one);
    until(
        () ->
            ask(
                    upstream,
                    "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                        + " AND replay_lsn >= pg_current_wal_lsn() AND client_addr = '"
                        + one.host().address()
                        + "'")
                .equals("1"));
  }

  private String password() {
    String reference = cluster.streaming().orElseThrow().replication().login().password().text();
    try {
      return Files.readString(Path.of(reference.substring("file:".length()))).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long written(String instance) {
    return Long.parseLong(ask(instance, "SELECT count(*) FROM lab.written"));
  }

  /** Its group is there a moment after its number is. */
  @Override
  public void killCopy(String instance) {
    LabInstance one = lab.instance(instance);
    Path copies = one.host().mooring().resolve(lab.name()).resolve(instance + ".copies");
    lab.run(
        one.host(),
        "sh",
        "-c",
        "until [ -s \"$0\"/*/pid ]; do sleep 0.05; done; read -r pid <$(echo \"$0\"/*/pid);"
            + " leader=$(ps -o ppid= -p \"$pid\"); kill -9 $leader;"
            + " until kill -9 -\"$pid\" || ! kill -0 \"$pid\"; do sleep 0.05; done",
        copies.toString());
  }

  private String ask(String instance, String sql) {
    try (Connection connection = lab.connect(lab.instance(instance));
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("could not ask " + instance, e);
    }
  }

  private static void until(BooleanSupplier holds) {
    Await.until(holds, () -> "not so");
  }

  @Override
  public void close() {
    hosts.close();
    lab.close();
  }

  /** What people and faults do. */
  private final class Touch implements StreamingHands {
    @Override
    public void write(String instance) {
      ask(instance, "INSERT INTO lab.written VALUES (clock_timestamp())");
    }

    @Override
    public void kill(String instance) {
      lab.faults().signalAll(lab.instance(instance), Signal.KILL);
    }

    @Override
    public void start(String instance) {
      try {
        lab.start(lab.instance(instance));
      } catch (RuntimeException refused) {
        // whether it came up is seen afterwards
      }
    }

    @Override
    public void promote(String instance) {
      ask(instance, "SELECT pg_promote()");
    }

    @Override
    public void freeze(String instance) {
      lab.faults().signalAll(lab.instance(instance), Signal.STOP);
    }

    @Override
    public void thaw(String instance) {
      lab.faults().signalAll(lab.instance(instance), Signal.CONT);
    }
  }

  /** From now on until it is renewed a change, and so a fast stop, may take less than usual. */
  void hurry() {
    deadlines = new HostDeadlines(deadlines.observe(), Duration.ofSeconds(24), deadlines.late());
  }

  /** A server whose checkpointer stands still does not end: a stop waits for a last checkpoint. */
  void freezeCheckpointer(String id) {
    lab.faults().signalOnly(lab.instance(id), "checkpointer", Signal.STOP);
  }

  /** What lies beside the instance's directory under names made of its own. */
  List<String> beside(String id) {
    Path own = lab.instance(id).dataDirectory();
    try (Stream<Path> all = Files.list(Objects.requireNonNull(own.getParent()))) {
      return all.map(Path::toString).filter(one -> one.startsWith(own + ".")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The old directory that is there was kept while the host's clock was an hour ahead. */
  void keptByAClockAhead(String id) {
    LabInstance instance = lab.instance(id);
    lab.run(
        instance.host(),
        "sh",
        "-euc",
        "for mark in \"$0\"/*/old; do read -r old <\"$mark\" || [ -n \"$old\" ];"
            + " ahead=${old%-*}-$(date -u -d '+1 hour' +%Y%m%d%H%M%S);"
            + " mv \"$old\" \"$ahead\"; printf '%s' \"$ahead\" >\"$mark\"; done",
        instance.host().mooring().resolve(lab.name()).resolve(id + ".copies").toString());
  }

  /** What runs with that in its command line. */
  List<String> processesOf(String words) {
    return lab.run(lab.instance("east-0").host(), "ps", "-eo", "args=")
        .lines()
        .filter(command -> command.contains(lab.directory().toString()))
        .filter(command -> command.contains(words))
        .toList();
  }

  /** What gives a server the WAL that was archived. */
  String restoreCommand() {
    return "cp \"" + lab.archive(0) + "/%f\" \"%p\"";
  }

  /**
   * The file that it writes now is archived, and removed like those before by its checkpoints, once
   * nobody needs it by that slot.
   */
  void forgetWal(String id, String slot) {
    String file = ask(id, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
    until(
        () ->
            ask(id, "SELECT NOT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                .equals("t"));
    ask(id, "SELECT pg_drop_replication_slot('" + slot + "')");
    Path here = lab.instance(id).dataDirectory().resolve("pg_wal").resolve(file);
    until(
        () -> {
          hands.write(id);
          ask(id, "SELECT pg_switch_wal()");
          ask(id, "CHECKPOINT");
          return !Files.exists(here);
        });
    if (!Files.exists(lab.archive(0).resolve(file))) {
      throw new IllegalStateException(file + " is gone and not archived");
    }
  }

  /** From now on it decodes WAL for a consumer that is not there. */
  void decodeLogically(String id) {
    configure(id, "wal_level = logical");
    hands.kill(id);
    lab.start(lab.instance(id));
    ask(id, "SELECT pg_create_logical_replication_slot('reports', 'pgoutput')");
  }

  /** Another line of its settings, which its next start reads. */
  void configure(String id, String line) {
    Path settings = lab.instance(id).dataDirectory().resolve("postgresql.auto.conf");
    try {
      Files.writeString(settings, Files.readString(settings) + "\n" + line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Tablespaces with a table of one row each: within the data directory, to which a link of one
   * name leads on each host, in a location where another major version has its own, and one within
   * the location of each of them.
   */
  void makeTablespaces() {
    Path named = lab.onEachHost("own");
    for (LabInstance one : lab.instances()) {
      lab.run(
          one.host(),
          "sh",
          "-euc",
          "ln -s \"$0\" \"$1\"; mkdir -p \"$1/within/nested\" \"$2/PG_14_202107181\" \"$2/zone\"",
          one.dataDirectory().toString(),
          named.toString(),
          lab.onEachHost("shared").toString());
    }
    Path within = named.resolve("within");
    Path zone = lab.onEachHost("shared").resolve("zone");
    for (Path location :
        List.of(within, within.resolve("nested"), zone, lab.onEachHost("shared"))) {
      String name = String.valueOf(location.getFileName());
      ask("east-0", "CREATE TABLESPACE " + name + " LOCATION '" + location + "'");
      ask("east-0", "CREATE TABLE lab." + name + " TABLESPACE " + name + " AS SELECT 1");
    }
    for (LabInstance one : lab.instances()) {
      until(() -> ask(one.id(), "SELECT to_regclass('lab.shared') IS NOT NULL").equals("t"));
    }
  }

  /** What lies in the location where another major version has its own. */
  List<String> shared(String id) {
    return lab.run(lab.instance(id).host(), "ls", "-A", String.valueOf(lab.onEachHost("shared")))
        .lines()
        .toList();
  }

  /** How many rows the tables of the tablespaces have. */
  String placed(String id) {
    return ask(
        id,
        "SELECT count(*) FROM (TABLE lab.within UNION ALL TABLE lab.nested UNION ALL"
            + " TABLE lab.shared UNION ALL TABLE lab.zone) all_of");
  }

  /** How far it has written. */
  String position(String id) {
    return ask(id, "SELECT pg_current_wal_insert_lsn()");
  }

  /** Writes so many pages of WAL that no transaction is in. */
  void writePages(String id, int pages) {
    ask(
        id,
        "SELECT pg_logical_emit_message(false, 'pages', repeat('x', 8192)) FROM generate_series(1, "
            + pages
            + ")");
  }

  /** Writes something else over the record that begins there, as a disk does that fails. */
  void spoilWal(String id, String position) {
    LabInstance instance = lab.instance(id);
    lab.run(
        instance.host(),
        "sh",
        "-c",
        "at=$((0x${1#*/})); cd \"$0/pg_wal\" &&"
            + " printf 'spoilt' | dd of=$(printf '00000001%08X%08X' $((0x${1%/*}))"
            + " $((at / 16777216))) bs=1 seek=$((at % 16777216 + 26)) conv=notrunc 2>&1",
        instance.dataDirectory().toString(),
        position);
  }
}
