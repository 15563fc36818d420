package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.endtoend.Mooring.Typed;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.starter.init.CopyDbids;
import dev.mooring.starter.init.DrCopy;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page for those who come from the reference tool: each of its commands is typed, in order, and
 * from the import on with the file that it wrote.
 */
@Tag("all")
class ComingFromWhpgDrSyncIT {
  private static final Path PAGE =
      Path.of("..", "docs", "operations", "coming-from-whpg-dr-sync.md");

  /** A line of a fenced block, or what stands behind the bar of the table, as it is typed. */
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^mooring (.+)$|^\\| .+ \\| `mooring ([^`]+)`");

  /** Where evidence is kept, the keys and the account: guessed, or made by the operator. */
  private static final Pattern EVIDENCE = Pattern.compile("(?ms)^(evidence:.*?)^database:");

  private static final Pattern GREENPLUM = Pattern.compile("greenplum: \"([^\"]+)\"");
  private static final Pattern INSTANCE =
      Pattern.compile("(id: \\S+, dbid: \\d+,).* dataDirectory: \"([^\"]+)\"");

  /** A look may warn of what the lab has not: a schedule that is paused, a site behind. */
  private static final Set<Integer> LOOKED = Set.of(0, 6, 7);

  /** Where the driver looks for PGPASSFILE in a process that was started without it. */
  private static final String PASSWORDS = "org.postgresql.pgpassfile";

  private static Stage stage;

  @TempDir Path imported;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.greenplumLike(1).named("harbour").withWalFileMegabytes(1));
    System.setProperty(PASSWORDS, stage.lab.environment().get("PGPASSFILE"));
  }

  @AfterAll
  static void strike() {
    System.clearProperty(PASSWORDS);
    stage.close();
  }

  @Test
  void every_command_of_the_page_does_what_its_row_says() throws Exception {
    List<String> commands = commands();
    assertThat(commands).hasSizeGreaterThan(14).first().asString().startsWith("init harbour");
    Mooring mooring = stage.mooring();
    String point = "";
    for (String command : commands) {
      Answer answer;
      if (command.startsWith("init ")) {
        answer = mooring.type(asImported(command));
      } else if (command.contains("--no-switch-wal")) {
        answer = whileFilesEnd(mooring.begin(command));
      } else {
        answer = mooring.type(command.replace("POINT", point));
      }
      assertThat(answer.status())
          .as(command + "\n" + answer.out() + answer.err())
          .matches(status -> status == 0 || (isLook(command) && LOOKED.contains(status)));
      if (command.startsWith("init ")) {
        String file = Files.readString(imported.resolve("harbour.yaml"));
        theFileNamesTheInstancesThatAreThere(file);
        stage.amendClusterFile(labs -> completed(file, labs));
      }
      if (command.startsWith("publish ")) {
        point = published(answer);
      }
    }
    assertThat(text(stage.lab.clusterFile())).startsWith("# Written by `mooring init");
    assertThat(new Sites(stage.lab).mooredAt()).isEqualTo(point);
    stage.laws().assertAll();
  }

  @Test
  void init_asks_a_coordinator_for_all_instances_and_refuses_a_segment() throws Exception {
    LabInstance coordinator = stage.lab.instancesAt("east").get(0);
    LabInstance segment = stage.lab.instancesAt("east").get(1);

    Answer init = stage.mooring().type(fromServer("harbour", coordinator, coordinator.port()));
    assertThat(init.status()).as(init.out() + init.err()).isZero();
    String file = Files.readString(imported.resolve("harbour.yaml"));
    assertThat(file).contains("kind: greenplum");
    for (LabInstance instance : stage.lab.instances()) {
      if (instance.site().equals("east")) {
        assertThat(file).containsPattern(asInTheCatalogue(instance));
      }
    }
    int front = Integer.parseInt(found(Pattern.compile("id: east-0, .* port: (\\d+)"), file));
    anArrayOfNoRowsIsNullThere(
        coordinator.host().address(),
        Integer.parseInt(found(Pattern.compile("id: east-coordinator, .* port: (\\d+)"), file)));
    Answer refused = stage.mooring().type(fromServer("other", segment, front));

    assertThat(refused.status()).as(refused.out()).isEqualTo(3);
    assertThat(refused.err()).contains("is a segment of a Greenplum").contains("COORDINATOR:5432");
  }

  /** As a real one answers: else what reads arrays would be tried against a kinder server. */
  private static void anArrayOfNoRowsIsNullThere(String address, int port) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/postgres?user=mooring&sslmode=disable"
                    .formatted(address, port));
        Statement statement = connection.createStatement();
        ResultSet read =
            statement.executeQuery(
                "SELECT ARRAY(SELECT 1 WHERE false) IS NULL, ARRAY(SELECT 1) IS NULL")) {
      assertThat(read.next()).isTrue();
      assertThat(read.getBoolean(1)).isTrue();
      assertThat(read.getBoolean(2)).isFalse();
    }
  }

  /** Keys and port are those of an installation, which a lab has not: the dbids stay unread. */
  @Test
  void init_writes_a_copy_of_each_content_where_their_hosts_are_named() throws IOException {
    LabInstance coordinator = stage.lab.instancesAt("east").get(0);
    String hosts =
        stage.lab.instancesAt("west").stream()
            .map(copy -> " --dr-host=" + copy.host().address())
            .collect(Collectors.joining());

    Answer init =
        stage.mooring().type(fromServer("copied", coordinator, coordinator.port()) + hosts);

    assertThat(init.status()).as(init.out() + init.err()).isZero();
    assertThat(init.out()).contains("the dbid of west-coordinator was not read: ");
    String file = Files.readString(imported.resolve("copied.yaml"));
    for (LabInstance copy : stage.lab.instancesAt("west")) {
      assertThat(file)
          .contains("address: \"" + copy.host().address() + "\"")
          .containsPattern("site: west, content: " + copy.content() + ", ");
    }
  }

  /** With the lab's keys and ports. */
  @Test
  void the_dbids_of_copies_are_read_on_their_hosts_over_ssh() throws IOException {
    Cluster cluster =
        ClusterFileParser.parse(Files.readString(stage.lab.clusterFile()))
            .match(
                read -> read,
                problems -> {
                  throw new AssertionError(problems);
                });
    for (Instance instance : cluster.instancesAt(new SiteName("west"))) {
      HostAccess ssh = cluster.host(instance.host()).access();
      DrCopy copy =
          new DrCopy(
              instance.content().value(),
              ssh.address(),
              instance.port(),
              instance.dataDirectory(),
              false);
      CopyDbids read = CopyDbids.read(List.of(copy), ssh);

      assertThat(read.unread()).isEmpty();
      assertThat(read.byContent()).containsExactly(Map.entry(copy.content(), instance.dbid()));
    }
  }

  private String fromServer(String cluster, LabInstance at, int port) {
    return "init %s --server %s:%d --ssl-mode=disable --config-dir=%s"
        .formatted(cluster, at.host().address(), port, imported);
  }

  @Test
  void the_import_reads_the_dbids_of_copies_whose_host_is_this_machine() throws IOException {
    Path config = imported.resolve("dr_sync_config.json");
    Files.writeString(config, config().replace("\"is_local\": false", "\"is_local\": true"));

    Answer init =
        stage
            .mooring()
            .type(
                "init harbour --from-whpg-dr-sync %s --ssl-mode=disable --config-dir=%s"
                    .formatted(config, imported));

    assertThat(init.status()).as(init.out() + init.err()).isZero();
    String file = Files.readString(imported.resolve("harbour.yaml"));
    List<MatchResult> copies =
        INSTANCE
            .matcher(text(stage.lab.clusterFile()))
            .results()
            .filter(one -> one.group(1).startsWith("id: west"))
            .toList();
    assertThat(copies).hasSize(2);
    for (MatchResult copy : copies) {
      String dbid = copy.group(1).replaceAll("^id: \\S+ ", "");
      assertThat(file).containsPattern(dbid + " site: west, .*\"" + copy.group(2) + "\"");
    }
  }

  private static String published(Answer answer) {
    Matcher ready = Pattern.compile("(sync_point_\\S+) is READY").matcher(answer.out());
    assertThat(ready.find()).as(answer.out()).isTrue();
    return ready.group(1);
  }

  private static boolean isLook(String command) {
    return command.startsWith("status ") || command.startsWith("check ");
  }

  private static List<String> commands() throws IOException {
    return COMMAND
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult found) -> found.group(1) == null ? found.group(2) : found.group(1))
        .toList();
  }

  /** With a configuration of that tool for this very cluster; its servers have no certificates. */
  private String asImported(String command) throws IOException {
    Path config = Files.writeString(imported.resolve("dr_sync_config.json"), config());
    return command.replace("dr_sync_config.json", config.toString())
        + " --ssl-mode=disable --config-dir="
        + imported;
  }

  private static String config() {
    Lab lab = stage.lab;
    LabInstance coordinator = lab.instancesAt("east").get(0);
    String instances =
        lab.instancesAt("west").stream()
            .map(
                copy ->
                    """
                    {"gp_segment_id": %d, "host": "%s", "port": %d, "data_dir": "%s", "is_local": false}\
                    """
                        .formatted(
                            copy.content(),
                            copy.host().address(),
                            copy.port(),
                            copy.dataDirectory()))
            .collect(Collectors.joining(",\n"));
    return """
    {"primary": {"host": "%s", "port": %d, "db": "postgres", "user": "mooring"},
     "storage": {"manifest_dir": "%s/manifests", "latest_path": "%s/LATEST.json"},
     "archive": {"archive_dir": "%s"},
     "dr": {"gp_home": "%s", "state_dir": "/s", "receipts_dir": "/r",
            "instances": [%s]}}
    """
        .formatted(
            coordinator.host().address(),
            coordinator.port(),
            lab.directory(),
            lab.directory(),
            lab.archive(0).getParent(),
            found(GREENPLUM, text(lab.clusterFile())),
            instances);
  }

  /**
   * The imported file as an operator leaves it: with the dbids of the copies, and what was guessed
   * as it is here. The rest of the page is typed with it.
   */
  private static String completed(String file, String labs) {
    String completed =
        file.replace(found(EVIDENCE, file), found(EVIDENCE, labs))
            .replace("    consume: onPublish\n", "")
            .replace("every: PT10S", "every: PT1H")
            .replace(archives() + "\"", archives() + "/{content}\"");
    for (LabHost host : stage.lab.hosts()) {
      completed =
          completed.replaceAll(
              "address: \"(%s|%s)\"}".formatted(host.name(), host.address()),
              "address: \"%s\", directory: \"%s\", ssh: {port: %d}}"
                  .formatted(host.address(), host.mooring(), host.sshPort()));
    }
    for (MatchResult own : INSTANCE.matcher(labs).results().toList()) {
      completed =
          completed.replaceAll(
              "id: \\S+,( dbid: \\d+,)?(.* dataDirectory: \"" + own.group(2) + "\")",
              own.group(1) + "$2");
    }
    return completed;
  }

  private static String archives() {
    return "directory: \"" + stage.lab.archive(0).getParent();
  }

  private static String found(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return found.group(1);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the tool's users wait for as well: the archive gets a file when it is full. */
  private static Answer whileFilesEnd(Typed typed) {
    Soon.soon(
        "the point's files are archived",
        () -> {
          for (LabInstance primary : stage.lab.instancesAt("east")) {
            switchWal(primary);
          }
          return typed.hasEnded();
        });
    return typed.answer();
  }

  private static void switchWal(LabInstance primary) {
    try (Connection server = stage.lab.connect(primary);
        Statement statement = server.createStatement()) {
      statement.execute("SELECT pg_switch_wal()");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void theFileNamesTheInstancesThatAreThere(String file) {
    assertThat(file).contains("kind: greenplum");
    for (LabInstance instance : stage.lab.instances()) {
      assertThat(file)
          .containsPattern(
              asInTheCatalogue(instance).replace("role: primary, site: west", "site: west"));
    }
  }

  private static String asInTheCatalogue(LabInstance instance) {
    return "role: %s, site: %s, content: %d, .*dataDirectory: \"%s\""
        .formatted(
            instance.isMirror() ? "mirror" : "primary",
            instance.site(),
            instance.content(),
            instance.dataDirectory());
  }
}
