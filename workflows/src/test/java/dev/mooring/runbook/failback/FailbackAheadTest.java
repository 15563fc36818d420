package dev.mooring.runbook.failback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.checks.RoleChangeResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What no healing fixes refuses a Failback before anything is healed. */
class FailbackAheadTest {
  private static final ServerVersion OLDER = new ServerVersion(15, 19);

  private final FailbackBed strait = new FailbackBed();

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private enum OnTheHost {
    LIBRARY("west-0 host-needs: library postgis-3 is not there") {
      @Override
      void breakOn(FailbackBed strait) {
        strait.world().members().lacks("west-0", "library postgis-3 is not there");
      }
    },
    MINOR_VERSION("west-0 server-version: 15.19, must be 15.20 (rule minor-versions)") {
      @Override
      void breakOn(FailbackBed strait) {
        strait.world().directories().programs("west-0", OLDER);
      }
    },
    ARCHIVE_MODE("west-0 archive-mode: off, must be on or always") {
      @Override
      void breakOn(FailbackBed strait) {
        strait.world().members().setOn("west-0", "archive_mode", "off");
      }
    };

    private final String words;

    OnTheHost(String words) {
      this.words = words;
    }

    abstract void breakOn(FailbackBed strait);
  }

  @ParameterizedTest
  @EnumSource
  void what_the_targets_host_lacks_refuses_it_before_anything_is_healed(OnTheHost lacking) {
    strait.lostWest();
    lacking.breakOn(strait);
    RoleChangeResult plan = strait.run(FailbackBed.TO_WEST);
    assertThat(plan.outcome()).isEqualTo("would-refuse");
    assertThat(plan.headline())
        .contains("of the other checks these block it now: " + lacking.words);
    refusedWith(lacking.words, FailbackBed.executing(plan.digest()));
  }

  @Test
  void what_was_taken_from_the_targets_host_since_the_plan_refuses_it_under_the_locks() {
    strait.lostWest();
    String digest = strait.run(FailbackBed.TO_WEST).digest();
    strait
        .bed
        .faults()
        .before(
            call -> call.step().equals(FailbackStep.LOCK_FOR_RESILVER.name()),
            () -> OnTheHost.LIBRARY.breakOn(strait));
    refusedWith(OnTheHost.LIBRARY.words, FailbackBed.executing(digest));
  }

  private void refusedWith(String words, String request) {
    Ended ended = TestBed.ended(() -> strait.run(request));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(ended.record().headline()).contains(words);
    assertThat(strait.bed.faults().calls())
        .extracting(Called::method)
        .doesNotContain("ensureCopying", "ensureSlots");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  /** As a failover to the last standby leaves it; making west-0 anew would change nothing of it. */
  @Test
  void commits_that_wait_for_nobody_refuse_it_before_anything_is_healed() {
    try (FailbackBed two = new FailbackBed(Strait.synchronous())) {
      two.lostWest();
      two.world().members().commitsWaitFor("east-0", "");
      RoleChangeResult plan = two.run(FailbackBed.TO_WEST);
      assertThat(plan.outcome()).isEqualTo("would-refuse");
      assertThat(plan.headline())
          .contains("block it now: east-0 synchronous-standby-names: no standby, must be ");
      assertThat(plan.checks())
          .filteredOn(row -> row.is("synchronous-standby-names", "east-0"))
          .singleElement()
          .satisfies(
              row ->
                  assertThat(row.remedy())
                      .startsWith("first `mooring resilver strait --instances west-0`; then ")
                      .endsWith("`mooring replicate setup`"));
      Ended ended = TestBed.ended(() -> two.run(FailbackBed.executing(plan.digest())));
      assertThat(ended.type()).isEqualTo("Refused");
      assertThat(two.bed.faults().calls())
          .extracting(Called::method)
          .doesNotContain("ensureCopying", "ensureSlots");
      String let = ",'overrides':'synchronous-drift','reason':'set afterwards'}";
      assertThat(two.run(FailbackBed.TO_WEST.replace("}", let)).outcome()).isEqualTo("planned");
    }
  }

  @Test
  void another_minor_version_that_is_let_pass_by_its_name_is_healed_and_said() throws Exception {
    strait.lostWest();
    OnTheHost.MINOR_VERSION.breakOn(strait);
    String more = ",'overrides':'minor-versions','reason':'updated next week'";
    String asked = FailbackBed.TO_WEST.replace("}", more + "}");
    String digest = strait.run(asked).digest();
    strait.start(asked.replace("}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}"));
    strait.until("waits for an approval");
    strait.approve();
    RoleChangeResult result = strait.result();
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded()).anyMatch(line -> line.contains("programs of version 15.19"));
  }
}
