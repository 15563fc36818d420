package dev.mooring.runbook.publish;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Program;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.publish.PrimariesCheck.Primary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether a point of these primaries can be proved: their major version is supported, and the
 * programs that decode their WAL have the same major version. A {@code pg_waldump} of another major
 * version finds no record, and the run would wait in vain.
 *
 * <p>The contents of a fleet are systems of their own and may have different versions. Here each is
 * compared with its own programs, and by DrConsume with its own copies. A cluster of kind postgres
 * has one primary.
 */
public final class VersionsCheck {
  private VersionsCheck() {}

  /** Whether the version of the server is supported. */
  static Verdict<Primary> supported(Primary primary) {
    ServerVersion version = primary.server().identity().version();
    boolean greenplum = primary.instance().manager().isGreenplum();
    return (greenplum ? version.isSupportedAsGreenplum() : version.isSupported())
        ? Verdict.proceed(primary)
        : Verdict.never(
            FailureCode.VERSION_UNSUPPORTED,
            String.format(
                "%s runs version %s, supported are %d to %d",
                primary.instance().id(),
                version,
                greenplum ? ServerVersion.OLDEST_GREENPLUM : ServerVersion.OLDEST_SUPPORTED,
                ServerVersion.NEWEST_SUPPORTED));
  }

  /** Both checks for one primary, outside a run. */
  public static Verdict<?> judge(Primary primary, HostObserved host) {
    return supported(primary).then(known -> judge(List.of(known), List.of(host)));
  }

  /** Whether each primary's programs have its own major version. */
  static Verdict<List<Primary>> judge(List<Primary> primaries, List<HostObserved> hosts) {
    List<String> differing = new ArrayList<>();
    for (Primary primary : primaries) {
      hosts.stream()
          .flatMap(host -> host.observed().stream())
          .filter(seen -> seen.instance().equals(primary.instance().id()))
          .forEach(seen -> differing.addAll(differing(primary, seen)));
    }
    return differing.isEmpty()
        ? Verdict.proceed(primaries)
        : Verdict.never(FailureCode.VERSION_DIFFERS, String.join("; ", differing));
  }

  private static List<String> differing(Primary primary, InstanceObserved seen) {
    ServerVersion server = primary.server().identity().version();
    Software software = seen.software();
    return Stream.concat(
            Stream.of(new Program("postgres", software.server())), software.tools().stream())
        .filter(program -> program.version().major() != server.major())
        .map(
            program ->
                String.format(
                    "%s runs version %s, %s in %s is version %s",
                    primary.instance().id(),
                    server,
                    program.name(),
                    primary.instance().manager().binDirectory(),
                    program.version()))
        .toList();
  }
}
