package dev.mooring.runbook.publish;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import java.util.List;
import java.util.Optional;

/**
 * Whether the primaries' hosts confirm what their servers reported: the same database system runs
 * on the configured data directory, with room for the WAL that a point needs. A server on the right
 * port but with another data directory is another server.
 */
public final class HostsCheck {
  private static final int WAL_FILES_OF_ROOM = 4;

  private HostsCheck() {}

  /** Judges the servers and hosts that were observed. */
  public static Verdict<List<Primary>> judge(List<Primary> primaries, List<HostObserved> hosts) {
    for (Primary primary : primaries) {
      Optional<InstanceObserved> seen =
          hosts.stream()
              .flatMap(host -> host.observed().stream())
              .filter(i -> i.instance().equals(primary.instance().id()))
              .findFirst();
      if (seen.isEmpty()) {
        return Verdict.never(
            FailureCode.STATE_UNREADABLE, primary.instance().id() + " was not read on its host");
      }
      Verdict<List<Primary>> verdict = judgeOne(primary, seen.get(), primaries);
      if (verdict instanceof Verdict.Never) {
        return verdict;
      }
    }
    return Verdict.proceed(primaries);
  }

  /** The bytes that must be free in pg_wal. */
  public static long roomNeeded(WalSegmentSize size) {
    return WAL_FILES_OF_ROOM * size.bytes();
  }

  private static Verdict<List<Primary>> judgeOne(
      Primary primary, InstanceObserved seen, List<Primary> all) {
    if (seen.process() != ServerProcess.RUNNING) {
      return Verdict.never(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "%s answers on port %d, but nothing runs on its data directory %s",
              primary.instance().id(),
              primary.instance().port(),
              primary.instance().dataDirectory()));
    }
    var asked = primary.server().identity().systemIdentifier();
    if (!seen.control().systemIdentifier().equals(asked)) {
      return Verdict.never(
          FailureCode.IDENTITY_DIFFERS,
          String.format(
              "%s says over SQL that it is system %s, its data directory is of system %s",
              primary.instance().id(), asked, seen.control().systemIdentifier()));
    }
    long needed = roomNeeded(primary.server().position().walSegmentSize());
    if (seen.pgWalFreeBytes() < needed) {
      return Verdict.never(
          FailureCode.NO_ROOM,
          String.format(
              "%s has %d bytes of room for WAL, needs %d",
              primary.instance().id(), seen.pgWalFreeBytes(), needed));
    }
    return Verdict.proceed(all);
  }
}
