package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.List;

/**
 * What a manifest says of one content: the target and what supports it.
 *
 * @param target where the content stands at the point
 * @param owner the instance that made the point
 * @param clock that instance's clock around the making
 * @param switchLsn where the WAL switch after the point ended, or the target's position when none
 *     was made
 * @param limits the settings a standby of it may not have lower
 * @param needs what a copy of it needs on its host; nothing if an older manifest doesn't say
 * @param transactionsLsn of a Greenplum the other end of the WAL that is decoded for distributed
 *     transactions: the coordinator's insert position before the point was asked for, a segment's
 *     after it was answered; none of another cluster, and if an older manifest doesn't say
 */
public record ContentEvidence(
    ContentTarget target,
    Owner owner,
    ClockWindow clock,
    Lsn switchLsn,
    StandbyLimits limits,
    HostNeeds needs,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Lsn> transactionsLsn) {
  public ContentEvidence {
    transactionsLsn = List.copyOf(transactionsLsn);
  }

  /** A content of a cluster that is no Greenplum. */
  public ContentEvidence(
      ContentTarget target,
      Owner owner,
      ClockWindow clock,
      Lsn switchLsn,
      StandbyLimits limits,
      HostNeeds needs) {
    this(target, owner, clock, switchLsn, limits, needs, List.of());
  }

  /** The same, whose owner's commits wait for those standbys. */
  public ContentEvidence withStandbyNames(String names) {
    return new ContentEvidence(
        target, owner.withStandbyNames(names), clock, switchLsn, limits, needs, transactionsLsn);
  }

  /** The same, whose WAL switch after the point ended there. */
  public ContentEvidence withSwitch(Lsn ended) {
    return new ContentEvidence(target, owner, clock, ended, limits, needs, transactionsLsn);
  }

  /** The same of a Greenplum, with the other end of the WAL decoded for its transactions. */
  public ContentEvidence withTransactionsLsn(Lsn end) {
    return new ContentEvidence(target, owner, clock, switchLsn, limits, needs, List.of(end));
  }

  /**
   * The instance that made the point.
   *
   * @param instance its name in the cluster file
   * @param host its host
   * @param port its port
   * @param version the version it ran when it made the point; its WAL is read by programs of that
   *     major version only
   * @param startedAt when its postmaster was started
   * @param dbid of a Greenplum, its number in gp_segment_configuration; else 0
   * @param standbyNames its synchronous_standby_names when the publish began; empty if none were
   *     set, and if an older manifest doesn't say
   */
  public record Owner(
      InstanceId instance,
      HostName host,
      int port,
      ServerVersion version,
      Instant startedAt,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int dbid,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String standbyNames) {

    /** An instance of a cluster that is no Greenplum. */
    public Owner(
        InstanceId instance, HostName host, int port, ServerVersion version, Instant startedAt) {
      this(instance, host, port, version, startedAt, 0);
    }

    /** One that names no synchronous standbys. */
    public Owner(
        InstanceId instance,
        HostName host,
        int port,
        ServerVersion version,
        Instant startedAt,
        int dbid) {
      this(instance, host, port, version, startedAt, dbid, "");
    }

    /** The same, whose commits wait for those standbys. */
    public Owner withStandbyNames(String names) {
      return new Owner(instance, host, port, version, startedAt, dbid, names);
    }
  }
}
