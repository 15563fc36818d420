package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabHost;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.SearchAttributes;
import dev.mooring.runbook.check.CheckResult;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.status.InstanceRow;
import dev.mooring.runbook.status.StatusResult;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the workers see when somebody asks where a cluster stands, on real servers and hosts. */
@Tag("all")
class LookIT {
  private static Stage stage;
  private static String point;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    point = stage.beginMoored();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  private static StatusResult look() {
    return stage.start("ClusterStatus", stage.publishRequest()).getResult(StatusResult.class);
  }

  /** A busy machine may miss a look's three seconds; one that sees all of it is waited for. */
  private static StatusResult lookUntilAllIsSeen() {
    return lookUntil(result -> result.instances().stream().noneMatch(LookIT::isUnseen));
  }

  private static StatusResult lookUntil(Predicate<StatusResult> complete) {
    return Soon.seen("a look sees what there is", LookIT::look, complete);
  }

  private static CheckResult checkUntil(Predicate<CheckResult> complete) {
    return Soon.seen("a check sees what there is", LookIT::check, complete);
  }

  private static boolean speaksOf(StatusResult result, String words) {
    return facts(result).stream().anyMatch(fact -> fact.contains(words));
  }

  private static boolean isUnseen(InstanceRow row) {
    return row.state().equals("unknown") || row.state().equals("parked, as proved");
  }

  private static List<String> facts(StatusResult result) {
    return result.findings().stream()
        .filter(finding -> finding.verdict() != Judged.GOOD)
        .map(CheckRow::inShort)
        .toList();
  }

  @Test
  void a_healthy_cluster_is_seen_whole() {
    StatusResult result = lookUntil(seen -> seen.worst() == Judged.GOOD);

    assertThat(result.headline())
        .startsWith("west is moored at " + point)
        .contains("2 of 2 proved", "east published " + point);
    assertThat(result.instances().stream().map(InstanceRow::state))
        .containsExactly("primary", "parked", "primary", "parked");
  }

  @Test
  void a_dead_host_is_unknown_and_the_others_are_seen() {
    lookUntilAllIsSeen();
    LabHost dead = stage.lab.host("w1");
    StatusResult result;
    try {
      stage.lab.faults().signalAllSsh(dead, Signal.STOP);
      result = lookUntil(seen -> seen.headline().startsWith("west is moored at "));
    } finally {
      stage.lab.faults().signalAllSsh(dead, Signal.CONT);
    }

    assertThat(facts(result))
        .anySatisfy(fact -> assertThat(fact).contains("w1", "did not answer within 3 s"));
    assertThat(result.headline()).startsWith("west is moored at " + point);
    assertThat(result.instances())
        .filteredOn(row -> row.host().value().equals("w1"))
        .allSatisfy(row -> assertThat(row.state()).isEqualTo("parked, as proved"));
    lookUntilAllIsSeen();
  }

  @Test
  void a_state_that_is_gone_while_its_name_is_there_is_not_called_never_moored()
      throws IOException {
    Path state =
        stage
            .lab
            .evidenceStore()
            .resolve(stage.cluster())
            .resolve("sites")
            .resolve("west")
            .resolve("state.json");
    Files.delete(state);

    StatusResult result = lookUntil(seen -> speaksOf(seen, "state.json is missing"));

    assertThat(result.worst()).isEqualTo(Judged.WRONG);
    assertThat(result.headline())
        .startsWith("where west stands can't be said")
        .doesNotContain("never");
  }

  /**
   * The floor is what a script may go by: what lies below is removed, and the next consume goes.
   */
  @Test
  void an_archive_cleaned_below_its_floor_serves_the_next_consume() {
    stage.publish();
    stage.consume();
    lookUntilAllIsSeen();
    Map<LabInstance, List<String>> removed = new HashMap<>();

    for (LabInstance copy : stage.lab.instancesAt("west")) {
      Answer floor = stage.mooring().type("archive-floor harbour --content=" + copy.content());

      assertThat(floor.status()).as(floor.err()).isZero();
      assertThat(control(copy)).contains("REDO WAL file:    " + floor.firstLine());
      List<String> below = below(copy, floor.firstLine());
      assertThat(below).isNotEmpty().doesNotContain(floor.firstLine());
      below.forEach(file -> stage.lab.faults().hideWal(copy.content(), file));
      removed.put(copy, below);
    }
    stage.publish();
    stage.consume();

    // the checker of law 6 goes by what it saw in the archive
    removed.forEach(
        (copy, files) -> files.forEach(file -> stage.lab.faults().showWal(copy.content(), file)));
    assertThat(stage.mooring().type("archive-floor harbour").out())
        .containsPattern("content +oldest WAL file needed +by")
        .containsPattern("0 +0000000100000000000000.. +west-0")
        .containsPattern("1 +0000000100000000000000.. +west-1");
  }

  @Test
  void a_publish_warns_of_an_archive_that_no_longer_has_what_a_copy_needs() {
    String needed = stage.mooring().type("archive-floor harbour --content=0").firstLine();
    stage.publish();
    stage.lab.faults().hideWal(0, needed);
    PublishResult result;
    try {
      result = stage.publish();
    } finally {
      stage.lab.faults().showWal(0, needed);
    }

    assertThat(result.headline()).contains("is READY");
    assertThat(result.degraded())
        .containsExactly(
            "the archive of content 0 no longer has "
                + needed
                + ", which west-0 still needs: keep WAL longer (`mooring archive-floor harbour`"
                + " says from where on), and put that file back or make the copy anew");
    assertThat(stage.publish().degraded()).isEmpty();
  }

  @Test
  void no_archive_floor_is_told_while_a_copy_can_not_be_seen() {
    lookUntilAllIsSeen();
    LabHost dead = stage.lab.host("w1");
    Answer floor;
    try {
      stage.lab.faults().signalAllSsh(dead, Signal.STOP);
      floor = stage.mooring().type("archive-floor harbour --content=1");
    } finally {
      stage.lab.faults().signalAllSsh(dead, Signal.CONT);
    }

    assertThat(floor.status()).isEqualTo(1);
    assertThat(floor.out()).isEmpty();
    assertThat(floor.err())
        .contains("the WAL that the archives must keep is not known: content 1: west-1: ")
        .contains("HINT: remove no WAL from them");
    lookUntilAllIsSeen();
  }

  private static String control(LabInstance copy) {
    String program = stage.lab.postgresPrograms().resolve("pg_controldata").toString();
    return stage.lab.run(copy.host(), program, copy.dataDirectory().toString());
  }

  /** What pg_archivecleanup would remove, by its own words. */
  private static List<String> below(LabInstance copy, String floor) {
    String program = stage.lab.postgresPrograms().resolve("pg_archivecleanup").toString();
    Path archive = stage.lab.archive(copy.content());
    return stage
        .lab
        .run(copy.host(), program, "-n", archive.toString(), floor)
        .lines()
        .map(file -> file.substring(file.lastIndexOf('/') + 1))
        .toList();
  }

  private static CheckResult check() {
    return stage.start("ClusterCheck", stage.publishRequest()).getResult(CheckResult.class);
  }

  private static List<String> titles(CheckResult result) {
    return wrong(result).stream().map(CheckRow::title).toList();
  }

  private static List<CheckRow> wrong(CheckResult result) {
    return result.rows().stream().filter(row -> row.verdict() == Judged.WRONG).toList();
  }

  @Test
  void a_healthy_cluster_has_all_its_runbooks_need() {
    CheckResult result = checkUntil(seen -> wrong(seen).isEmpty());

    assertThat(result.headline()).contains("nothing is wrong");
    assertThat(result.rows()).hasSizeGreaterThan(30);
  }

  @Test
  void check_exits_with_a_warning_where_a_copy_has_less_than_a_readable_standby_needs()
      throws IOException {
    lookUntilAllIsSeen();
    Files.writeString(
        stage.lab.instance("west-1").dataDirectory().resolve("postgresql.auto.conf"),
        "max_connections = 7\nmax_wal_senders = 1\n",
        StandardOpenOption.APPEND);
    Answer[] answer = new Answer[1];

    // a busy machine may miss a look, which is wrong, not a warning
    Soon.soon(
        "check sees all there is, and warns",
        () -> {
          answer[0] = stage.mooring().type("check " + stage.cluster());
          return answer[0].status() == 6;
        });

    assertThat(answer[0].firstLine()).contains("nothing is wrong, 1 to attend to");
    assertThat(answer[0].out())
        .contains("warning  west-1 hot-standby-settings: max_connections is 7, must be at least ")
        .contains("fix: raise them there before this copy is read or opened")
        .containsPattern("west-1 +server-version +good");
  }

  @Test
  void a_check_names_the_dead_host_and_the_archive_settings_that_publish_refuses() {
    lookUntilAllIsSeen();
    LabHost dead = stage.lab.host("w0");
    stage.lab.faults().set(1, "archive_command", "cp %p /nowhere/%f || true");
    CheckResult result;
    try {
      stage.lab.faults().signalAllSsh(dead, Signal.STOP);
      List<String> wrong = List.of("east-1 archiving", "w0 host-answers");
      result = checkUntil(seen -> titles(seen).equals(wrong));
    } finally {
      stage.lab.faults().signalAllSsh(dead, Signal.CONT);
    }

    assertThat(wrong(result).get(0).seen()).contains("hides its failures");
    assertThat(wrong(result).get(1).seen()).startsWith("UNKNOWN: ");
    lookUntilAllIsSeen();
  }

  /** Neither writing nor putting back is let through where a newer run has acted meanwhile. */
  @Test
  void needs_a_person_when_the_former_settings_can_not_be_put_back() {
    stage.publish();
    LabInstance west = stage.lab.instance("west-0");
    Path authority = west.host().mooring().resolve(stage.cluster() + "/0.authority");
    stage.hooks.before(ConsumeStep.SET_TARGETS, () -> actedLater(authority));

    Mooring.Answer answer = stage.mooring().type("consume " + stage.cluster());

    assertThat(answer.status()).as(answer.out() + answer.err()).isEqualTo(5);
    assertThat(answer.out() + answer.err())
        .contains("SET_TARGETS could not be undone")
        .contains("epoch");
    WorkflowStub run =
        stage
            .service
            .client()
            .newUntypedWorkflowStub("mooring:" + stage.cluster() + ":consume:west");
    assertThat(run.describe().getTypedSearchAttributes().get(SearchAttributes.NEEDS_OPERATOR))
        .isTrue();
    assertThat(Stage.endingOf(run).outcome()).isEqualTo("Stuck");
    assertThat(new Sites(stage.lab).mooredAt()).isEqualTo(point);
  }

  private static void actedLater(Path authority) {
    try {
      Files.writeString(
          authority,
          Files.readString(authority)
              .replaceFirst("epoch=[0-9]+", "epoch=99999999999999")
              .replaceFirst("run=.*", "run=another"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_rights_on_the_page_are_those_that_are_needed_and_they_suffice() throws Exception {
    lookUntilAllIsSeen();
    List<String> page = statements();
    onPrimaries(page.get(0).replace("mooring", "anchor"));
    for (String grant : page.subList(1, page.size())) {
      onPrimaries(grant.replace("GRANT", "REVOKE").replace(" TO ", " FROM "));
    }
    List<String> rights = List.of("east-0 privileges", "east-1 privileges");
    checkUntil(seen -> titles(seen).containsAll(rights));
    for (String grant : page.subList(1, page.size())) {
      onPrimaries(grant);
    }

    checkUntil(seen -> wrong(seen).isEmpty());
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  /** The statements of the page on rights, as a superuser would run them. */
  private static List<String> statements() throws IOException {
    Path page = Path.of("docs/operations/grants.md");
    String text = Files.readString(Files.exists(page) ? page : Path.of("..").resolve(page));
    String sql = text.substring(text.indexOf("```sql") + 6);
    return Arrays.stream(sql.substring(0, sql.indexOf("```")).split(";", -1))
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  private static void onPrimaries(String sql) throws SQLException {
    for (LabInstance primary : stage.lab.instancesAt("east")) {
      try (Connection server = stage.lab.connect(primary);
          Statement statement = server.createStatement()) {
        statement.execute(sql);
      }
    }
  }
}
