package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Instant;
import java.util.List;

/**
 * The evidence of one content in a manifest: its target and what supports it.
 *
 * @param target the position of the content at the point
 * @param owner the instance that created the point
 * @param clock that instance's clock around the creation
 * @param switchLsn where the WAL switch after the point ended, or the target's position without a
 *     switch
 * @param limits the settings a standby of it may not have lower
 * @param needs what a copy of it needs on its host; nothing if an older manifest has none
 * @param transactionsLsn on a Greenplum the other end of the WAL that is decoded for distributed
 *     transactions: the coordinator's insert position before the point was requested, a segment's
 *     after it was answered; none for other clusters, and in older manifests
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

  /** The same with synchronous_standby_names of its owner. */
  public ContentEvidence withStandbyNames(String names) {
    return new ContentEvidence(
        target, owner.withStandbyNames(names), clock, switchLsn, limits, needs, transactionsLsn);
  }

  /** The same with another instance as the owner. */
  public ContentEvidence ownedBy(InstanceId instance) {
    return new ContentEvidence(
        target, owner.named(instance), clock, switchLsn, limits, needs, transactionsLsn);
  }

  /** The same with the end of another file as its target. */
  public ContentEvidence endingWith(WalFileName file) {
    return new ContentEvidence(
        target.endingWith(file), owner, clock, switchLsn, limits, needs, List.of());
  }

  /** The same with the end of the WAL switch after the point. */
  public ContentEvidence withSwitch(Lsn ended) {
    return new ContentEvidence(target, owner, clock, ended, limits, needs, transactionsLsn);
  }

  /** The same of a Greenplum, with the other end of the WAL decoded for its transactions. */
  public ContentEvidence withTransactionsLsn(Lsn end) {
    return new ContentEvidence(target, owner, clock, switchLsn, limits, needs, List.of(end));
  }

  /**
   * The instance that created the point.
   *
   * @param instance its name in the cluster file
   * @param host its host
   * @param port its port
   * @param version its version then; only programs of that major version read its WAL
   * @param startedAt the start time of its postmaster
   * @param dbid on a Greenplum, its number in gp_segment_configuration; else 0
   * @param standbyNames its synchronous_standby_names when the publish began; empty if none were
   *     set, and in older manifests
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

    /** An owner without synchronous standbys. */
    public Owner(
        InstanceId instance,
        HostName host,
        int port,
        ServerVersion version,
        Instant startedAt,
        int dbid) {
      this(instance, host, port, version, startedAt, dbid, "");
    }

    private Owner named(InstanceId other) {
      return new Owner(other, host, port, version, startedAt, dbid, standbyNames);
    }

    /** The same with synchronous_standby_names. */
    public Owner withStandbyNames(String names) {
      return new Owner(instance, host, port, version, startedAt, dbid, names);
    }
  }
}
