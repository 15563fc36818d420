package dev.mooring.runbook.status;

import dev.mooring.authority.Epoch;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.Instance;
import java.util.List;

/**
 * One instance, as its host and its server report it.
 *
 * @param host the instance on its host
 * @param server its answer over SQL, if it runs
 * @param epoch the highest epoch on its host; {@link Epoch#NONE} if the host was not read
 * @param hostAnswers whether its host answered, whatever it reported about this instance
 */
public record InstanceFacts(
    Instance instance,
    Observed<InstanceObserved> host,
    Observed<ServerObserved> server,
    Epoch epoch,
    boolean hostAnswers) {

  /** An instance that its host reported, or whose host reported nothing at all. */
  public InstanceFacts(
      Instance instance,
      Observed<InstanceObserved> host,
      Observed<ServerObserved> server,
      Epoch epoch) {
    this(instance, host, server, epoch, host.seen().isPresent());
  }

  /** Combines the answers of its host and its server. */
  public static InstanceFacts of(
      Instance instance, Observed<HostObserved> host, Observed<ServersObserved> server) {
    return new InstanceFacts(
        instance,
        host.match(seen -> onHost(instance, seen), Observed.Unseen::ofPart),
        server.match(seen -> overSql(instance, seen), Observed.Unseen::ofPart),
        host.match(HostObserved::highestEpoch, unseen -> Epoch.NONE),
        host.seen().isPresent());
  }

  /** Whether its server reports that it accepts writes. */
  boolean isWritable() {
    return server.seen().filter(answers -> !answers.position().inRecovery()).isPresent();
  }

  /**
   * Whether its host answers but the instance can't be read there, for any reason: its last proof
   * is not repeated then.
   */
  boolean isUnreadable() {
    return host instanceof Observed.Unseen<?> unseen
        && (hostAnswers || unseen.code() == FailureCode.STATE_UNREADABLE)
        && !isSetUpAsAnother();
  }

  /** Whether its data directory has another dbid or content than the cluster file. */
  boolean isSetUpAsAnother() {
    return host instanceof Observed.Unseen<?> unseen && unseen.code() == FailureCode.DBID_DIFFERS;
  }

  /** Whether its host was read, no server runs on its data directory, and none answers. */
  boolean isDown() {
    return server.seen().isEmpty()
        && host.seen().filter(seen -> seen.process() != ServerProcess.RUNNING).isPresent();
  }

  /** Whether it is a Greenplum's mirror or standby coordinator: in recovery, no connections. */
  boolean isMirroring() {
    return instance.manager().isGreenplum()
        && server.seen().isEmpty()
        && host.seen()
            .filter(seen -> seen.process() == ServerProcess.RUNNING)
            .filter(seen -> seen.control().state() == InstanceState.IN_ARCHIVE_RECOVERY)
            .isPresent();
  }

  /** Whether neither its host nor its server reports anything about it. */
  boolean isUnseen() {
    return host.seen().isEmpty()
        && server.seen().isEmpty()
        && !isUnreadable()
        && !isSetUpAsAnother();
  }

  private static Observed<InstanceObserved> onHost(Instance instance, HostObserved host) {
    return host.observed().stream()
        .filter(o -> o.instance().equals(instance.id()))
        .findFirst()
        .<Observed<InstanceObserved>>map(Observed.Seen::new)
        .orElseGet(() -> failed(instance, host.failures()));
  }

  private static Observed<ServerObserved> overSql(Instance instance, ServersObserved servers) {
    return servers.observed().stream()
        .filter(o -> o.instance().equals(instance.id()))
        .findFirst()
        .<Observed<ServerObserved>>map(Observed.Seen::new)
        .orElseGet(() -> failed(instance, servers.failures()));
  }

  static <T> Observed<T> failed(Instance instance, List<InstanceFailure> failures) {
    return failures.stream()
        .filter(f -> f.instance().equals(instance.id()))
        .findFirst()
        .map(f -> new Observed.Unseen<T>(f.code(), f.message()))
        .orElseGet(
            () ->
                new Observed.Unseen<>(
                    FailureCode.STATE_UNREADABLE, instance.id() + " is missing in the answer"));
  }
}
