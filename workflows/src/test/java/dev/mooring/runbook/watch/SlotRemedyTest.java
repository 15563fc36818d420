package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import org.junit.jupiter.api.Test;

/** What is advised about a slot that lost WAL, by steady signs. */
class SlotRemedyTest {
  private Cluster cluster = Strait.cluster();
  private SteadySigns signs = new SteadySigns(cluster);

  private String lost(String slot) {
    return lost("east-0", slot);
  }

  private String lost(String holder, String slot) {
    return new SlotRemedy(members()).lost(new InstanceId(holder), slot);
  }

  private MemberSigns members() {
    return new MemberSigns(
        cluster, cluster.sites().stream().map(Site::name).map(signs::watched).toList());
  }

  /** Also of one that applies WAL late: it will need that WAL. */
  @Test
  void a_standby_that_does_not_stream_is_left_while_the_archive_brings_the_wal() {
    for (String state : new String[] {"none", Sign.REPLAYS_FIRST}) {
      signs.set(Kind.RECEIVER, "west-0", state);
      assertThat(lost("west_0"))
          .startsWith("west-0 may get that WAL from the archive by its restore_command: leave it")
          .endsWith("; else `mooring resilver strait --instances west-0`");
    }
  }

  @Test
  void only_the_slot_goes_of_one_that_streams_or_is_the_primary() {
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.RECEIVER, "west-0", Sign.STREAMS);
    assertThat(lost("west_0"))
        .isEqualTo(
            "drop the slot: SELECT pg_catalog.pg_drop_replication_slot('west_0'); then `mooring"
                + " replicate setup strait`");
    assertThat(lost("east_0"))
        .isEqualTo("drop the slot: SELECT pg_catalog.pg_drop_replication_slot('east_0')");
  }

  /** The setup would make no slot where the standby is not to stream from. */
  @Test
  void no_setup_follows_where_the_standby_streams_from_another_member() {
    cluster = Strait.cascade();
    signs = new SteadySigns(cluster);
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.RECEIVER, "east-1", Sign.STREAMS);
    assertThat(lost("east-0", "east_1"))
        .isEqualTo("drop the slot: SELECT pg_catalog.pg_drop_replication_slot('east_1')");
    assertThat(lost("west-0", "east_1")).endsWith("; then `mooring replicate setup strait`");
  }

  /** As status has it: a run moved the standby, or the cluster file names another upstream now. */
  @Test
  void the_slot_at_a_member_that_the_standby_is_not_to_stream_from_goes_alone() {
    cluster = Strait.cascade();
    signs = new SteadySigns(cluster);
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.RECEIVER, "east-1", "none");
    assertThat(lost("east-0", "east_1"))
        .isEqualTo("drop the slot: SELECT pg_catalog.pg_drop_replication_slot('east_1')");
    assertThat(lost("west-0", "east_1")).startsWith("east-1 may get that WAL from the archive");
  }

  /** Its tag replicatefrom is in no cluster file. */
  @Test
  void patroni_may_lead_a_standby_to_any_member() {
    cluster = Strait.byPatroni();
    signs = new SteadySigns(cluster);
    signs.set(Kind.ROLE, "east-0", Sign.ACCEPTS_WRITES);
    signs.set(Kind.RECEIVER, "east-1", "none");
    assertThat(lost("west-0", "east_1")).startsWith("east-1 may get that WAL from the archive");
  }

  @Test
  void of_a_standby_that_patroni_leads_the_slots_of_the_primary_say_nothing() {
    cluster = Strait.byPatroni();
    signs = new SteadySigns(cluster);
    signs.set(Kind.SLOT_NAMED, "west-0", "west_0");
    signs.set(Kind.SLOTS, "east-0", "east_1 used");
    Instance primary = cluster.members().get(0);
    Instance west = cluster.members().get(2);
    ReceiverCause cause = ReceiverCause.of(members(), primary, west, "none");
    assertThat(cause.words()).isEmpty();
    assertThat(cause.remedy()).startsWith("its server log says why; `mooring plan resilver");
    assertThat(ReceiverCause.ofSlot(members(), primary, west)).isEmpty();
  }

  @Test
  void the_slot_of_no_member_goes_only_if_nothing_is_to_read_it() {
    assertThat(lost("gone"))
        .isEqualTo(
            "what reads it gets that WAL from an archive, or must be made anew; if nothing is to"
                + " read it, drop the slot: SELECT pg_catalog.pg_drop_replication_slot('gone')");
  }
}
