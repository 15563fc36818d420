package dev.mooring.dev.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.ledger.LoadPlan.Barrier;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab itself, on real servers: what the other tests rely on. */
@Tag("all")
@Tag("heavy")
class LabIT {
  private static Lab lab;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.fleet(2));
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @Test
  void runs_the_east_and_keeps_the_west_stopped() {
    assertThat(lab.instancesAt("east")).allMatch(lab::isRunning);
    assertThat(lab.instancesAt("west")).noneMatch(lab::isRunning);
    assertThat(lab.clusterFile()).exists();
  }

  @Test
  void gives_each_content_its_own_system_and_the_copy_the_same_one() throws Exception {
    assertThat(systemIdentifier(lab.instance("east-0")))
        .isEqualTo(systemIdentifier(lab.instance("west-0")))
        .isNotEqualTo(systemIdentifier(lab.instance("east-1")));
  }

  /** As it happens by itself where a test fails. */
  @Test
  void what_its_servers_said_is_kept_of_a_test_that_fails(@TempDir Path kept) throws IOException {
    assertThat(Lab.up()).contains(lab);
    assertThat(KeptLogs.keep(lab, kept))
        .contains(
            kept.resolve(lab.name()).resolve("e0").resolve("east-0.log"),
            kept.resolve(lab.name()).resolve("w0").resolve("sshd.log"));
    assertThat(kept.resolve(lab.name()).resolve("e0").resolve("east-0.log"))
        .content()
        .contains("database system is ready to accept connections");
  }

  @Test
  void shows_a_host_its_own_files_and_the_shared_ones_only() {
    String west0 = lab.instance("west-0").dataDirectory().toString();
    String east0 = lab.instance("east-0").dataDirectory().toString();
    assertThat(overSsh("w0", "ls " + west0 + "/PG_VERSION")).contains("PG_VERSION");
    assertThat(overSsh("w0", "ls -A " + lab.archive(0))).doesNotContain("No such file");
    if (isolation().hasNamespaces()) {
      assertThat(overSsh("w0", "ls " + east0 + " || echo absent")).contains("absent");
      assertThat(overSsh("w0", "ls -A " + lab.configDirectory())).isEmpty();
    }
    assertThat(overSsh("w0", "echo $HOME")).contains("/hosts/w0/home");
  }

  /** A script that a session left ends when it does, and no disk is taken from under it. */
  @Test
  @Tag("root")
  void a_disk_loses_its_power_though_a_program_on_its_host_reads_it_for_a_moment() {
    LabInstance west = lab.instance("west-0");
    try (LabDisk disk = lab.faults().diskUnder(west, "", 96)) {
      overSsh("w0", "exec 3<" + west.dataDirectory() + "/PG_VERSION; sleep 1 >&- 2>&- &");

      disk.cutPower(() -> {});

      assertThat(west.dataDirectory().resolve("PG_VERSION")).content().isNotEmpty();
    }
  }

  /** Hosts of a lab that is raised meanwhile do not keep it in use. */
  @Test
  @Tag("root")
  void a_disk_loses_its_power_beside_another_lab() {
    Path directory = lab.instance("west-0").dataDirectory();
    try (LabDisk disk = lab.faults().diskUnder(lab.instance("west-0"), "", 96);
        Lab other = Lab.up(LabPlan.fleet(1))) {
      disk.cutPower(() -> {});

      assertThat(directory.resolve("PG_VERSION")).content().isNotEmpty();
      assertThat(other.isRunning(other.instance("east-0"))).isTrue();
    }
  }

  /** Root must get the furthest that there is: a fallback that nobody chose would test less. */
  @Test
  void keeps_the_hosts_of_root_apart_by_files_and_network() {
    LabUser user = LabUser.chosen(System.getenv());
    assertThat(isolation())
        .as("what root can have here; %s=mount where it can't have more", Isolation.VARIABLE)
        .isEqualTo(user.another() ? Isolation.wanted(System.getenv()) : Isolation.OFF);
    if (isolation() == Isolation.NETWORK) {
      String east0 = "/dev/tcp/%s/%d".formatted(lab.host("e0").address(), lab.host("e0").sshPort());
      assertThat(listening("w0")).as("ports on w0").containsExactly(lab.host("w0").sshPort());
      assertThat(listening("e0"))
          .containsExactlyInAnyOrder(lab.host("e0").sshPort(), lab.instance("east-0").port());
      assertThat(overSsh("w0", "timeout 20 bash -c 'head -c 4 <" + east0 + "'")).isEqualTo("SSH-");
    }
  }

  /** The ports somebody listens on in that host's network. */
  private static List<Integer> listening(String host) {
    return overSsh(host, "cat /proc/net/tcp /proc/net/tcp6")
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(fields -> fields[3].equals("0A"))
        .map(fields -> Integer.valueOf(fields[1].substring(fields[1].lastIndexOf(':') + 1), 16))
        .toList();
  }

  private static Isolation isolation() {
    return Machine.found(System.getenv()).isolation();
  }

  @Test
  void refuses_an_ssh_server_with_another_hosts_key() {
    LabHost host = lab.host("w0");
    assertThatThrownBy(() -> overSsh("w0", "true", "-o", "HostKeyAlias=[" + "127.0.0.1]:1"))
        .hasMessageContaining("Host key verification failed");
    assertThat(overSsh(host.name(), "echo there")).isEqualTo("there\n");
  }

  @Test
  void lets_the_role_of_mooring_do_its_work_and_no_more() throws SQLException {
    try (Connection connection = asMooring(lab.instance("east-0"));
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_create_restore_point('lab_it')");
      statement.execute("SELECT pg_switch_wal()");
      // the role pg_checkpoint came with version 15
      if (connection.getMetaData().getDatabaseMajorVersion() >= 15) {
        statement.execute("CHECKPOINT");
      }
      try (ResultSet command = statement.executeQuery("SHOW archive_command")) {
        command.next();
        assertThat(command.getString(1)).contains("archive-wal");
      }
      assertThatThrownBy(() -> statement.execute("ALTER SYSTEM SET fsync = on"))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void refuses_to_open_a_site_that_is_not_parked() {
    assertThatThrownBy(() -> lab.openCopy("west"))
        .hasMessageContaining("west-0 is not parked")
        .hasMessageContaining("recovery target not set");
  }

  @Test
  void archiver_fails_and_catches_up() {
    lab.faults().archiveOff(0);
    assertThatThrownBy(
            () -> new HandProcedure(lab).publishWithin("not_archived", Duration.ofSeconds(1)))
        .hasMessageContaining("not archived");
    lab.faults().archiveOn(0);
    new HandProcedure(lab).publish("archived");
  }

  @Test
  void fingerprint_changes_with_another_hosts_files_only() {
    LabHost west0 = lab.host("w0");
    LabHost west1 = lab.host("w1");
    String before = lab.fingerprintWithout(west0);
    new Ssh(lab).run("w0", "echo own >" + west0.mooring().resolve("note"));
    assertThat(lab.fingerprintWithout(west0)).isEqualTo(before);
    new Ssh(lab).run("w1", "echo other >" + west1.mooring().resolve("note"));
    assertThat(lab.fingerprintWithout(west0)).isNotEqualTo(before);
    new Ssh(lab).run("w1", "rm " + west1.mooring().resolve("note"));
    assertThat(lab.fingerprintWithout(west0)).isEqualTo(before);
  }

  @Test
  void ssh_server_is_killed_and_started_again() {
    lab.faults().signalSsh(lab.host("e1"), Signal.KILL);
    assertThatThrownBy(() -> new Ssh(lab).run("e1", "true")).hasMessageContaining("refused");
    lab.faults().startSsh(lab.host("e1"));
    assertThat(new Ssh(lab).run("e1", "echo there")).isEqualTo("there\n");
  }

  @Test
  void leaves_nothing_after_down_whoever_started_or_froze_what() {
    Lab other = Lab.up(LabPlan.fleet(1));
    LabInstance west = other.instance("west-0");
    String start =
        "%s -s -w -D %s -l /dev/null start; nohup sleep 300 >/dev/null 2>&1 &"
            .formatted(other.postgresPrograms().resolve("pg_ctl"), west.dataDirectory());
    new Ssh(other).run("w0", start);
    assertThat(other.isRunning(west)).isTrue();
    other.faults().signalAll(other.instance("east-0"), Signal.STOP);
    List<Long> processes = other.processes();
    long memory = memoryOf(other.instance("east-0"));
    Bridge network = new Bridge(LabRecord.read(other.directory()).layout().network());
    assertThat(network.exists()).isEqualTo(isolation() == Isolation.NETWORK);
    other.close();
    assertThat(network.exists()).isFalse();
    assertThat(SharedMemory.exists(memory)).isFalse();
    assertThat(other.directory()).doesNotExist();
    assertThat(processes).noneMatch(pid -> LabProcess.find(pid).isPresent());
    assertThat(lab.instancesAt("east")).allMatch(lab::isRunning);
  }

  @Test
  void does_its_work_where_hosts_have_no_namespaces_of_their_own() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put(Isolation.VARIABLE, "off");
    List<Long> processes;
    Path directory;
    try (Lab open = Lab.up(LabPlan.fleet(1).withWalFileMegabytes(1), environment)) {
      directory = open.directory();
      open.snapshot();
      String there = new Ssh(open).run("w0", "ls " + open.host("e0").directory());
      assertThat(there).as("what a host sees of its neighbour").contains("data");
      assertThat(statusWithoutTracing(open))
          .containsPattern("(?m)^east-0 .* running +in production$");
      open.load().start(Barrier.HELD);
      new HandProcedure(open).publish("open");
      new HandProcedure(open).park("open");
      open.load().stop();
      try (SiteCopy copy = open.openCopy("west")) {
        open.load().check(copy).assertExact();
      }
      // so nothing but the fingerprint tells of an act on the wrong host
      String before = open.fingerprintWithout(open.host("w0"));
      new Ssh(open).run("w0", "touch " + open.host("e0").mooring().resolve("note"));
      assertThat(open.fingerprintWithout(open.host("w0"))).isNotEqualTo(before);
      open.restore();
      assertThat(open.fingerprintWithout(open.host("w0"))).isEqualTo(before);
      processes = open.processes();
    }
    assertThat(processes).isNotEmpty().noneMatch(pid -> LabProcess.find(pid).isPresent());
    assertThat(directory).doesNotExist();
    assertThat(lab.instancesAt("east")).allMatch(lab::isRunning);
  }

  /** As root sees it in a container, which may not look into another account's processes. */
  private static String statusWithoutTracing(Lab open) {
    List<String> less =
        LabUser.caller() == 0 ? List.of("setpriv", "--bounding-set", "-sys_ptrace") : List.of();
    List<String> status =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LabMain.class.getName(),
            "status",
            "--directory",
            open.directory().toString());
    return Command.run(Path.of("/"), Command.join(less, status), Map.of());
  }

  @Test
  void removes_what_it_began_when_a_lab_cannot_be_made() {
    Path directory =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "mooring-lab-half-made-" + ProcessHandle.current().pid());
    Map<String, String> environment =
        Map.of("PATH", System.getenv("PATH"), Machine.SSHD_VARIABLE, "/bin/true");
    assertThatThrownBy(() -> Lab.up(LabPlan.fleet(1).in(directory), environment))
        .isInstanceOf(LabFailure.class)
        // it may be gone before the lab has looked at it for the first time
        .hasMessageMatching(
            "(?s).*(SSH server ended at once|ended as soon as it began: .*sshd_config).*");
    assertThat(directory).doesNotExist();
  }

  @Test
  void names_the_remedy_when_a_program_is_absent() {
    assertThatThrownBy(() -> Machine.found(Map.of(Machine.POSTGRES_VARIABLE, "/nowhere")))
        .hasMessageContaining("/nowhere")
        .hasMessageContaining("HINT:");
    assertThatThrownBy(() -> Machine.found(Map.of(Machine.SSHD_VARIABLE, "/nowhere/sshd")))
        .hasMessageContaining("/nowhere/sshd")
        .hasMessageContaining("HINT:");
  }

  private static long memoryOf(LabInstance instance) {
    long memory =
        PostmasterFile.read(instance.dataDirectory()).orElseThrow().sharedMemory().orElseThrow();
    assertThat(SharedMemory.exists(memory)).isTrue();
    return memory;
  }

  private static String overSsh(String host, String command, String... options) {
    return new Ssh(lab).run(host, command, options);
  }

  private static Connection asMooring(LabInstance instance) throws SQLException {
    return lab.connectAsMooring(instance);
  }

  private static String systemIdentifier(LabInstance instance) {
    String program = lab.postgresPrograms().resolve("pg_controldata").toString();
    String said =
        new Ssh(lab).run(instance.host().name(), program + " -D " + instance.dataDirectory());
    return said.lines()
        .filter(line -> line.startsWith("Database system identifier:"))
        .findFirst()
        .orElseThrow();
  }
}
