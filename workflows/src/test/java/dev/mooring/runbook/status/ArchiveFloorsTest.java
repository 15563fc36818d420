package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ObservedInstances;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Backup;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.ContentId;
import org.junit.jupiter.api.Test;

class ArchiveFloorsTest {
  private static final ContentId ZERO = new ContentId(0);
  private static final ContentId ONE = new ContentId(1);

  @Test
  void the_floor_is_the_file_in_which_replay_begins_anew() {
    assertThat(ArchiveFloors.of(Moored.facts()))
        .containsExactly(
            new ArchiveFloor(ZERO, "000000010000000000000002", "west-0", ""),
            new ArchiveFloor(ONE, "000000010000000000000002", "west-1", ""));
  }

  @Test
  void a_fresh_base_backup_needs_the_file_of_its_start() {
    StatusFacts facts = Moored.with("west-1", one -> showing(one, backup("0/9000028")));

    assertThat(ArchiveFloors.of(facts).get(1))
        .isEqualTo(new ArchiveFloor(ONE, "000000020000000000000009", "west-1", ""));
  }

  @Test
  void it_is_unknown_while_a_copy_is_not_seen() {
    StatusFacts facts = Moored.with("west-1", one -> Moored.dark(one.instance()));

    assertThat(ArchiveFloors.of(facts).get(0).isKnown()).isTrue();
    ArchiveFloor floor = ArchiveFloors.of(facts).get(1);
    assertThat(floor.isKnown()).isFalse();
    assertThat(floor.oldest()).isEmpty();
    assertThat(floor.unknown()).isEqualTo("west-1: host w0 does not answer");
  }

  @Test
  void a_copy_that_was_opened_is_no_copy() {
    StatusFacts facts =
        Moored.with(
            "west-1",
            one ->
                Moored.touched(
                    one.instance(), ObservedInstances.primary(one.instance()).control()));

    assertThat(ArchiveFloors.of(facts).get(1).unknown())
        .isEqualTo("west-1 is in production and no copy any more");
  }

  private static InstanceFacts showing(InstanceFacts one, Backup backup) {
    InstanceObserved seen = ObservedInstances.standby(one.instance());
    return new InstanceFacts(
        one.instance(),
        new Observed.Seen<>(
            new InstanceObserved(
                seen.instance(),
                seen.process(),
                new InstanceObserved.ControlFile(seen.control(), seen.controlDigest()),
                new InstanceObserved.Recovery(backup, true, false, seen.recovery().settings()),
                seen.software(),
                seen.pgWalFreeBytes(),
                seen.missing())),
        one.server(),
        one.epoch());
  }

  private static Backup backup(String start) {
    return new Backup.Fresh(Lsn.parse(start), new TimelineId(2), Lsn.parse("0/9000138"));
  }
}
