package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs started from a shell, by tctl and by temporal, with JSON typed by a person. */
@Tag("heavy")
class HandTypedIT {
  private static final Duration AT_ONCE = Duration.ofSeconds(30);
  private static final ClusterName STRAIT = new ClusterName("strait");
  private static final ClusterName HARBOUR = new ClusterName("harbour");

  /** Those that the command line uses, so that a run is found by both. */
  private static final List<String> IDS =
      List.of(
          Runbook.PUBLISH_CYCLE.id(HARBOUR),
          RunIds.consume(HARBOUR, new SiteName("west")),
          RunIds.status(HARBOUR) + ":1",
          RunIds.check(HARBOUR) + ":1",
          Runbook.SWITCHOVER.id(STRAIT) + ":plan",
          Runbook.FAILOVER.id(STRAIT) + ":plan",
          Runbook.START_PRIMARY.id(STRAIT) + ":plan",
          Runbook.FAILBACK.id(STRAIT) + ":plan",
          Runbook.RESILVER.id(STRAIT) + ":plan",
          Runbook.REPLICATION_SETUP.id(STRAIT) + ":verify:1");

  private static Stage stage;

  /** The two programs a person may start a run with. */
  enum Program {
    TCTL("MOORING_TCTL", "tctl", "--taskqueue"),
    TEMPORAL("MOORING_TEMPORAL", "temporal", "--task-queue");

    private final String variable;
    private final String name;
    private final String queueOption;

    Program(String variable, String name, String queueOption) {
      this.variable = variable;
      this.name = name;
      this.queueOption = queueOption;
    }

    WorkflowStub start(String type, String json) throws IOException, InterruptedException {
      return start(stage.service, type, json);
    }

    WorkflowStub start(Service service, String type, String json)
        throws IOException, InterruptedException {
      String id = "typed-" + UUID.randomUUID();
      String path = System.getenv().getOrDefault(variable, name);
      List<String> command = new ArrayList<>(List.of(path));
      command.addAll(
          this == TCTL
              ? List.of("--address", service.address(), "workflow", "start")
              : List.of("workflow", "start", "--address", service.address()));
      command.addAll(
          this == TCTL
              ? List.of("--wt", type, "--wid", id)
              : List.of("--type", type, "--workflow-id", id));
      command.addAll(List.of(queueOption, "mooring", "--input", json));
      run(new ProcessBuilder(command));
      return service.client().newUntypedWorkflowStub(id);
    }

    /** Types the line of a runbook's page that starts it with this program into a shell. */
    WorkflowStub type(String page, Service service) throws IOException, InterruptedException {
      String text = Files.readString(Path.of("..", "docs", "runbooks", page + ".md"));
      String line =
          text.lines().filter(one -> one.startsWith(name + " workflow ")).findFirst().orElseThrow();
      Matcher id = Pattern.compile("--workflow.id (\\S+)").matcher(line);
      assertThat(id.find()).as(line).isTrue();
      assertThat(IDS).contains(id.group(1));
      type(line, service.address());
      return service.client().newUntypedWorkflowStub(id.group(1));
    }

    private void type(String line, String address) throws IOException, InterruptedException {
      ProcessBuilder shell = new ProcessBuilder("sh", "-c", "PATH=${1%/*}:$PATH; " + line, "sh");
      shell.command().add(System.getenv().getOrDefault(variable, name));
      shell.environment().put("TEMPORAL_ADDRESS", address);
      shell.environment().put("TEMPORAL_CLI_ADDRESS", address);
      run(shell);
    }

    /** Starts that runbook and approves its plan, each by the line of the page for the night. */
    WorkflowStub decide(String type, Service service) throws Exception {
      String id = "decided-by-" + name;
      List<String> lines =
          Files.readAllLines(Path.of("..", "docs", "operations", "deciding.md")).stream()
              .filter(line -> line.startsWith(name + " workflow "))
              .map(line -> line.replace("mooring:strait:failover", id).replace("Failover", type))
              .toList();
      assertThat(lines).hasSize(3);
      type(lines.get(0), service.address());
      WorkflowStub run = service.client().newUntypedWorkflowStub(id);
      Soon.soon(
          type + " waits for an approval",
          () ->
              run.query("progress", JsonNode.class)
                  .path("headline")
                  .asText()
                  .startsWith("waits for an approval"));
      type(lines.get(1), service.address());
      String digest = run.query("plan", JsonNode.class).path("digest").asText();
      type(lines.get(2).replace("DIGEST", digest), service.address());
      return run;
    }

    private static void run(ProcessBuilder program) throws IOException, InterruptedException {
      Process process = program.redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(Await.ended(process)).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
    }
  }

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void both_programs_publish_consume_and_look_by_the_lines_of_their_pages() throws Exception {
    for (Program program : Program.values()) {
      String point =
          program.type("publish", stage.service).getResult(PublishResult.class).restorePoint();
      ConsumeResult consumed =
          program.type("consume", stage.service).getResult(ConsumeResult.class);

      assertThat(consumed.headline())
          .isEqualTo("west is moored at " + point + ": 1 of 1 instances proved");
      for (String looks : List.of("status", "check")) {
        assertThat(said("cluster", program.type(looks, stage.service))).isEqualTo("harbour");
      }
    }
    assertThat(
            Program.TEMPORAL
                .start("PublishCycle", "{\"cluster\":\"harbour\",\"mode\":\"plan\"}")
                .getResult(PublishResult.class)
                .outcome())
        .isEqualTo("planned");
    assertThat(
            Program.TCTL
                .start("DrConsume", "{\"cluster\":\"harbour\",\"site\":\"west\"}")
                .getResult(ConsumeResult.class)
                .headline())
        .contains("already");
  }

  @Test
  void schedules_start_publish_and_consume_with_nobody_at_a_terminal() {
    Sites sites = new Sites(stage.lab);
    Mooring mooring = stage.mooring();
    String byHand = stage.publish().restorePoint();
    Answer published = mooring.type("schedule apply --every P1D");
    mooring.type("schedule trigger");
    Soon.soon("a schedule publishes", () -> !sites.latest().name().value().equals(byHand));
    String point = sites.latest().name().value();
    Answer consumed = mooring.type("schedule apply --site west --every P1D");
    mooring.type("schedule trigger --site west");

    assertThat(published.out()).startsWith("mooring:harbour:publish is scheduled: ");
    assertThat(consumed.out()).startsWith("mooring:harbour:consume:west is scheduled: ");
    Soon.soon(
        "the west is moored at its point", () -> sites.mooredAtIfAny().equals(Optional.of(point)));
    assertThat(mooring.type("schedule remove").status()).isZero();
    assertThat(mooring.type("schedule remove --site west").status()).isZero();
  }

  /** A plan reads its request as strictly, and does nothing. */
  @Test
  void both_programs_start_every_other_runbook_by_the_lines_of_their_pages_and_approve()
      throws Exception {
    try (Stage strait = new Stage(LabPlan.streaming(1).withWalFileMegabytes(1))) {
      for (Program program : Program.values()) {
        assertThat(outcome(program, "replication", strait)).isEqualTo("verified");
        assertThat(outcome(program, "switchover", strait)).isEqualTo("planned");
        assertThat(outcome(program, "failback", strait)).isEqualTo("planned");
        // also where nobody is to be made good
        assertThat(outcome(program, "resilver", strait)).isEqualTo("planned");
      }
      strait.lab.stop(strait.lab.instance("east-0"));
      for (Program program : Program.values()) {
        assertThat(outcome(program, "failover", strait)).isEqualTo("planned");
        assertThat(outcome(program, "start-primary", strait)).isEqualTo("planned");
      }
      assertThat(said("outcome", Program.TEMPORAL.decide("StartPrimary", strait.service)))
          .isEqualTo("Completed");
      strait.lab.stop(strait.lab.instance("east-0"));
      assertThat(said("outcome", Program.TCTL.decide("Failover", strait.service)))
          .isEqualTo("Completed");
      assertThat(
              AtServer.rows(
                  strait.lab, strait.lab.instance("west-0"), "SELECT pg_is_in_recovery()"))
          .containsExactly("f");
    }
  }

  private static String outcome(Program program, String page, Stage strait) throws Exception {
    return said("outcome", program.type(page, strait.service));
  }

  /** What a field of the result says. */
  private static String said(String field, WorkflowStub run) {
    return run.getResult(JsonNode.class).path(field).asText();
  }

  @ParameterizedTest
  @Tag("all")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "TCTL | PublishCycle | {\"clutser\":\"harbour\"} | unknown field 'clutser' (did you mean"
            + " 'cluster'?",
        "TEMPORAL | PublishCycle | {\"clutser\":\"harbour\"} | cluster is missing",
        "TEMPORAL | DrConsume | {\"cluster\":\"harbour\"} | site is missing",
        "TEMPORAL | Failover | {\"cluster\":\"harbour\"} | mode is missing: plan or execute",
        "TCTL | DrConsume | {\"cluster\":\"harbour\",\"site\":\"west\",\"mode\":\"dry-run\"} |"
            + " mode: must be one of plan, execute, got 'dry-run'",
        "TEMPORAL | DrConsume | {\"cluster\":\"harbour\",\"site\":\"west\",\"target\":\"lastest\"}"
            + " | lastest",
        "TCTL | PublishCycle | \"harbour\" | the request must be one JSON object such as"
            + " {\"cluster\":\"NAME\"}, got \"harbour\"",
        "TEMPORAL | PublishCycle | [\"harbour\"] | the request must be one JSON object",
        "TEMPORAL | PublishCycle | null | the request must be one JSON object",
        "TCTL | PublishCycle | {\"cluster\":\"harbor\"} | harbor",
        "TEMPORAL | DrConsume | {\"cluster\":\"harbour\",\"site\":\"wset\"} | no site 'wset'; its"
            + " sites are [east, west]",
        "TCTL | DrConsume | {\"cluster\":\"harbour\",\"site\":\"east\"} | it can't consume them",
        "TEMPORAL | DrConsume | {\"cluster\":{\"name\":\"harbour\"},\"site\":\"west\"} | cluster"
            + " must be a plain value",
      })
  void a_typing_error_fails_at_once_and_is_explained(
      Program program, String type, String json, String words) throws Exception {
    Instant asked = Instant.now();
    WorkflowStub run = program.start(type, json);

    assertThat(messageOf(run)).contains(words);
    assertThat(Duration.between(asked, Instant.now())).isLessThan(ThisMachine.takes(AT_ONCE));
  }

  private static String messageOf(WorkflowStub run) {
    try {
      throw new AssertionError("the run completed: " + run.getResult(Object.class));
    } catch (WorkflowFailedException e) {
      assertThat(e.getCause()).isInstanceOf(ApplicationFailure.class);
      return ((ApplicationFailure) Objects.requireNonNull(e.getCause())).getOriginalMessage();
    }
  }
}
