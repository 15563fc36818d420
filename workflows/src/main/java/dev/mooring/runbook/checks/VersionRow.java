package dev.mooring.runbook.checks;

import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.InstanceObserved;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.consume.VersionsCheck;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Whether servers run one minor version. One that was not read is the same as none. */
public final class VersionRow {
  static final String ID = "server-version";

  private VersionRow() {}

  /** Whether the instance has the version that it must have. */
  static CheckRow of(
      InstanceId instance, Optional<ServerVersion> seen, Optional<ServerVersion> wanted) {
    return CheckRow.must(
        isOne(seen, wanted),
        ID,
        instance,
        inWords(seen),
        inWords(wanted),
        "run the same minor version on both, the standby updated first");
  }

  /** Whether the instance has the version of all others. */
  public static CheckRow among(
      InstanceId instance,
      Optional<ServerVersion> seen,
      SortedMap<InstanceId, Optional<ServerVersion>> others) {
    List<String> differing =
        others.entrySet().stream()
            .filter(other -> !isOne(seen, other.getValue()))
            .map(other -> other.getKey() + " " + inWords(other.getValue()))
            .toList();
    return CheckRow.must(
        seen.isPresent() && differing.isEmpty(),
        ID,
        instance,
        inWords(seen) + (differing.isEmpty() ? "" : "; " + String.join(", ", differing)),
        "the version of all others that answered",
        "bring them to one version afterwards, and read in its release notes what is to be"
            + " reindexed");
  }

  /** Whether a copy can replay the WAL of its primary; another minor version is a warning. */
  public static CheckRow ofCopy(InstanceObserved copy, ServerObserved primary) {
    ServerVersion wrote = primary.identity().version();
    String limit = "that of " + primary.instance() + ", " + wrote;
    Verdict<?> verdict =
        VersionsCheck.judge(copy.instance(), copy.software(), primary.instance(), wrote);
    Optional<String> minor =
        VersionsCheck.otherMinor(copy.instance(), copy.software(), primary.instance(), wrote);
    return minor.isPresent() && verdict instanceof Verdict.Proceed
        ? CheckRow.warning(
            ID, copy.instance(), minor.get(), limit, "bring both to one minor version")
        : CheckRow.judged(ID, copy.instance(), verdict, copy.software().server().toString(), limit);
  }

  /** Whether both were read, and are the same. */
  public static boolean isOne(Optional<ServerVersion> one, Optional<ServerVersion> other) {
    return one.isPresent() && one.equals(other);
  }

  /** The version, or that it is not known. */
  public static String inWords(Optional<ServerVersion> version) {
    return version.map(ServerVersion::toString).orElse("not known");
  }
}
