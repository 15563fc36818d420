package dev.mooring.runbook.consume;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.InstanceId;
import java.util.Optional;

/**
 * Whether an instance can replay its primary's WAL: its data directory and its server program must
 * have that major version. Minor versions of one major version read each other's WAL and data
 * directories, which a rolling update needs, so a difference is only reported.
 */
public final class VersionsCheck {
  private VersionsCheck() {}

  /**
   * The verdict on one instance.
   *
   * @param wrote the version of the primary when it wrote the WAL
   */
  public static Verdict<Software> judge(
      InstanceId copy, Software software, InstanceId primary, ServerVersion wrote) {
    return software.dataMajor() == wrote.major() && software.server().major() == wrote.major()
        ? Verdict.proceed(software)
        : Verdict.never(
            FailureCode.VERSION_DIFFERS,
            String.format(
                "%s has a data directory of version %d and programs of version %s, the WAL of %s is"
                    + " of version %s",
                copy, software.dataMajor(), software.server(), primary, wrote));
  }

  /** Reports that the instance's programs have another minor version, if they do. */
  public static Optional<String> otherMinor(
      InstanceId copy, Software software, InstanceId primary, ServerVersion wrote) {
    return software.server().equals(wrote)
        ? Optional.empty()
        : Optional.of(
            String.format(
                "%s has programs of version %s, the WAL of %s is of version %s",
                copy, software.server(), primary, wrote));
  }
}
