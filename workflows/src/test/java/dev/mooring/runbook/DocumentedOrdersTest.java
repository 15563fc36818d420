package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.RawRequest;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a run or a person writes on a host is read by the plan of every later run: after each order
 * of documented procedures every other member can become the primary, one by a failover and one by
 * a switchover; a resilver works, and in turn a setup, a removal and a start of the primary. A
 * failback ends those that leave the primary in the west.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocumentedOrdersTest {
  private final List<String> typed = new ArrayList<>();
  private TestBed bed = new TestBed(Strait.cluster());
  private final Set<String> tried = new TreeSet<>();
  private boolean recorded;

  @AfterAll
  void close() {
    assertThat(members().twoWriters()).isEmpty();
    bed.close();
  }

  private void anew(Cluster cluster) {
    close();
    bed = new TestBed(cluster);
    typed.clear();
    recorded = false;
  }

  private FakeMembers members() {
    return bed.world().members();
  }

  private String writer() {
    assertThat(members().writers()).hasSize(1);
    return members().writers().get(0);
  }

  /**
   * One that does not begin with {@code recorded} begins before any run wrote an authority file;
   * others go on in the cluster of the one before, which ends with east-0 as its primary.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "hand:west-0 adopt resilver",
        "recorded failover:west-0 resilver failover:east-0 resilver failback:west",
        "recorded hand:west-0 adopt given-up:east-0 resilver failback:east",
        // as builds before wrote it on the old primary's host, adopted or not
        "recorded hand-before:west-0 adopt resilver hand-before:east-0 adopt resilver",
        "recorded switchover:west-0 hand:east-1 adopt resilver failback:west",
        "recorded failover:west-0 resilver hand:east-0 adopt resilver switchover:east-1",
        "recorded hand:west-0 adopt start-primary resilver",
        "recorded hand:west-0 adopt resilver remove:east-1 setup resilver",
        "recorded setup hand:east-1 adopt resilver setup failover:east-0 resilver",
        // no standby is promoted
        "recorded hand-start adopt hand-back adopt",
        "recorded hand-switchover:west-0 adopt resilver hand-back adopt hand-start adopt",
        // the old primary's host is silent until the others have their entry
        "recorded silent:e0 hand-away:west-0 adopt answers:e0 resilver",
        "recorded hand-before:west-0 silent:e0 adopt answers:e0 given-up:east-0 resilver",
        "switchover:west-0 hand-before:east-0 silent:w0 adopt answers:w0 resilver",
        "failover:east-1 resilver hand-before:east-0 silent:e1 adopt answers:e1 resilver",
        "hand-switchover:east-1 adopt resilver",
        "hand-start adopt hand-back adopt",
      })
  void every_order_of_procedures_ends_where_every_runbook_works(String order) {
    if (recorded && order.startsWith("recorded")) {
      typed(order);
    } else {
      anew(Strait.cluster());
      typed(order.replaceFirst("^recorded", "adopt"));
    }
    recorded = false;
    List<String> others = new ArrayList<>(List.of("east-1", "east-0", "west-0"));
    others.remove(writer());
    // two orders that leave the same rights leave the same to try
    if (tried.add(writer() + " of " + members().rights())) {
      typed(inTurn(others.get(1)));
      typed("failover:" + others.get(0) + " resilver switchover:" + others.get(1));
    }
    typed(writer().equals("west-0") ? "failback:east" : "");
    typed(writer().equals("east-0") ? "" : "switchover:east-0");
    recorded = true;
  }

  /**
   * All three behind each order would take twice as long. A setup reads slots and settings, and
   * changes no rights; a removal reads what standbys follow, a start whom its host names. What they
   * write is of the removed standby and of the primary only, so that the failover to another finds
   * what the order left.
   */
  private String inTurn(String removed) {
    return List.of("setup", "remove:" + removed + " setup resilver", "start-primary")
        .get(tried.size() % 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hand:east-1 adopt resilver",
        "adopt hand:east-1 adopt resilver switchover:east-0 hand-before:east-1 adopt resilver",
        "switchover:west-0 hand-before:east-0 silent:w0 adopt answers:w0 resilver",
      })
  void also_if_two_members_share_a_host(String order) {
    anew(Strait.besideEast(Strait.cluster()));
    typed(order + " switchover:west-0 switchover:east-1 switchover:east-0 failover:west-0");
  }

  /** What was silent at an adoption may forbid what Patroni may do on every other host since. */
  @Test
  void also_where_patroni_promotes() {
    anew(Strait.byPatroni());
    bed.patroni().authoritySays("west-0", "none");
    typed("silent:w0 adopt answers:w0");
    run("Resilver", "'by':'alice','instances':'west-0'");
    typed("switchover:west-0 switchover:east-0 failover:west-0 resilver switchover:east-0");
  }

  /** The file of their host names the leader. */
  @Test
  void also_where_patroni_promotes_members_that_share_a_host() {
    anew(Strait.besideEast(Strait.byPatroni()));
    typed("adopt switchover:east-1 switchover:east-0 failover:east-1 resilver switchover:east-0");
  }

  /** As an adoption by a build before left it. */
  @Test
  void a_plan_shows_that_the_host_of_the_target_names_another_and_an_adoption_corrects_it() {
    anew(Strait.cluster());
    typed("adopt switchover:west-0");
    Strait.reported(members(), "east-0", "west-0", 0);
    for (String type : List.of("Switchover", "Failover")) {
      assertThat(planned(type, "east-0"))
          .filteredOn(row -> row.verdict() == Judged.WRONG && row.id().equals("authority-file"))
          .extracting(CheckRow::subject)
          .containsExactly("east-0");
    }
    typed("adopt switchover:east-0");
  }

  private List<CheckRow> planned(String type, String to) {
    WorkflowStub run = bed.client().newUntypedWorkflowStub(type, TestBed.options(type));
    run.start(Typed.run("{'cluster':'strait','to':'" + to + "'}"));
    try {
      return bed.awaiting(type, () -> run.getResult(RoleChangeResult.class)).checks();
    } finally {
      bed.closeChildren();
    }
  }

  private void typed(String order) {
    for (String word : order.strip().split(" ", -1)) {
      if (!word.isEmpty()) {
        typed.add(word);
        type(word.split(":", -1)[0], word.contains(":") ? word.split(":", -1)[1] : "");
      }
    }
  }

  private void type(String procedure, String subject) {
    switch (procedure) {
      case "answers", "silent" ->
          bed.world().trouble().hostAnswers(subject, procedure.equals("answers"));
      case "recorded" -> assertThat(writer()).isEqualTo("east-0");
      case "hand-start" -> members().startByHand(shutDown());
      case "hand-back" -> members().backByHand(writer());
      case "hand-switchover" -> switchedOver(subject);
      case "given-up" -> givenUp(subject);
      case "hand" -> handed(subject, beside(writer(), subject) ? subject : "none");
      case "hand-before" -> handed(subject, subject);
      case "hand-away" -> handed(subject, "");
      case "adopt" ->
          run("ReplicationSetup", "'act':'adopt','instances':'" + writer() + "'" + sure());
      case "setup" -> run("ReplicationSetup", "'act':'setup'");
      case "remove" -> {
        members().kill(subject);
        run("ReplicationSetup", "'act':'remove','instances':'" + subject + "'");
        members().start(subject);
      }
      case "resilver" -> run("Resilver", "'by':'alice'");
      case "start-primary" -> {
        String primary = shutDown();
        run("StartPrimary", "'by':'alice'");
        assertThat(writer()).isEqualTo(primary);
      }
      case "switchover" -> moved("Switchover", subject);
      case "failover" -> {
        members().kill(writer());
        moved("Failover", subject);
      }
      case "failback" -> {
        run("Failback", "'to':'" + subject + "'");
        assertThat(writer()).startsWith(subject);
      }
      default -> throw new IllegalArgumentException(procedure);
    }
  }

  private String shutDown() {
    String primary = writer();
    members().shutDown(primary);
    return primary;
  }

  private void switchedOver(String to) {
    members().switchOverByHand(writer(), beside(writer(), to) ? to : "none", to);
    bed.world().endpoints().pointByHand(to);
  }

  /** A copy takes too long. */
  private void givenUp(String lost) {
    bed.world().directories().lose(lost);
    bed.world().directories().letCopiesBeSlow();
    assertThatThrownBy(() -> run("Resilver", "'by':'alice'")).hasMessageContaining("TIMED_OUT");
    bed.world().directories().letCopiesBeQuick();
    assertThat(members().authorityOf(lost)).isEqualTo("none");
  }

  private void handed(String to, String named) {
    members().failOverByHand(writer(), named, to);
    bed.world().endpoints().pointByHand(to);
  }

  private boolean beside(String one, String other) {
    Cluster cluster = bed.world().cluster();
    return cluster
        .member(new InstanceId(one))
        .orElseThrow()
        .host()
        .equals(cluster.member(new InstanceId(other)).orElseThrow().host());
  }

  /** A host that is away may have a newer record. */
  private String sure() {
    return ",'overrides':'other-writer','reason':'it is off'";
  }

  private void moved(String type, String to) {
    run(type, "'to':'" + to + "'");
    assertThat(writer()).isEqualTo(to);
  }

  private void run(String type, String json) {
    String request = "{'cluster':'strait'," + json + "}";
    ended(type, Typed.run(request));
    ended(type, Typed.run(RunBed.approved(request, digest(type))));
  }

  private String digest(String type) {
    return bed.client().newUntypedWorkflowStub(type).query("plan", Plan.class).digest();
  }

  private void ended(String type, RawRequest request) {
    WorkflowStub run = bed.client().newUntypedWorkflowStub(type, TestBed.options(type));
    run.start(request);
    try {
      StreamingPlays.result(bed, type);
    } catch (WorkflowFailedException e) {
      throw new AssertionError(
          typed + ": " + type + " " + run.query("progress", Progress.class).headline(), e);
    }
  }
}
