package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a primary stays down after its host started again, by steady signs. */
class RebootedWriterTest {
  private static final SiteName WEST = new SiteName("west");

  private final Cluster cluster = Strait.cluster();
  private final SteadySigns signs = new SteadySigns(cluster);

  /** East-0 is down in another boot, and no other member has a primary. */
  RebootedWriterTest() {
    for (Instance member : cluster.members()) {
      String id = member.id().value();
      signs.set(Kind.ROLE, id, Sign.STANDS_BY);
      signs.set(Kind.RECEIVER, id, "none");
      signs.set(Kind.HOST, id, Sign.ANSWERS);
      signs.set(Kind.PROCESS, id, Sign.STANDS_BY);
      signs.set(Kind.AUTHORITY, id, "east-0");
    }
    signs.unset(Kind.RECEIVER, "east-0");
    signs.set(Kind.ROLE, "east-0", "DATABASE_UNREACHABLE");
    signs.set(Kind.PROCESS, "east-0", Sign.NONE);
    signs.set(Kind.NEW_BOOT, "east-0", "b2");
  }

  private Optional<String> found(SiteState west) {
    return RebootedWriter.of(cluster, List.of(signs.watched(new SiteName("east")), west))
        .map(one -> one.instance().id() + " " + one.boot());
  }

  private Optional<String> found() {
    return found(signs.watched(WEST));
  }

  @Test
  void a_writer_that_is_down_in_a_new_boot_while_all_hosts_answer_is_one() {
    assertThat(found()).contains("east-0 b2");
  }

  @Test
  void in_the_boot_in_which_it_was_named_there_is_none() {
    signs.unset(Kind.NEW_BOOT, "east-0");
    assertThat(found()).isEmpty();
  }

  @Test
  void a_silent_host_of_any_member_is_against_it() {
    signs.set(Kind.HOST, "west-0", "HOST_UNREACHABLE");
    assertThat(found()).isEmpty();
    signs.unset(Kind.HOST, "west-0");
    assertThat(found()).isEmpty();
  }

  @Test
  void a_site_that_nobody_watches_is_against_it() {
    assertThat(found(SiteState.lost(WEST, "its worker is gone"))).isEmpty();
    assertThat(found(SiteState.notYet(WEST))).isEmpty();
    assertThat(found(signs.watched(WEST).withoutRoles(cluster.membersAt(WEST)))).isEmpty();
  }

  /** Its worker may have ended with the host, and says nothing of a boot before it looked again. */
  @Test
  void a_boot_is_not_known_once_a_worker_was_lost() {
    SiteName east = new SiteName("east");
    assertThat(signs.watched(east).withoutRoles(cluster.membersAt(east)).signs())
        .extracting(Sign::kind)
        .contains(Kind.HOST)
        .doesNotContain(Kind.NEW_BOOT, Kind.ROLE);
  }

  @Test
  void another_that_accepts_writes_or_streams_from_a_primary_is_against_it() {
    signs.set(Kind.ROLE, "west-0", Sign.ACCEPTS_WRITES);
    assertThat(found()).isEmpty();
    signs.set(Kind.ROLE, "west-0", Sign.STANDS_BY);
    signs.set(Kind.RECEIVER, "west-0", Sign.STREAMS);
    assertThat(found()).isEmpty();
  }

  @Test
  void a_server_that_runs_or_that_its_host_does_not_name_is_against_it() {
    signs.set(Kind.PROCESS, "east-0", Sign.RUNS);
    assertThat(found()).isEmpty();
    signs.unset(Kind.PROCESS, "east-0");
    assertThat(found()).isEmpty();
    signs.set(Kind.PROCESS, "east-0", Sign.NONE);
    signs.set(Kind.AUTHORITY, "east-0", "none");
    assertThat(found()).isEmpty();
  }

  @Test
  void two_of_them_are_none() {
    signs.set(Kind.NEW_BOOT, "west-0", "b3");
    assertThat(found()).isEmpty();
  }
}
