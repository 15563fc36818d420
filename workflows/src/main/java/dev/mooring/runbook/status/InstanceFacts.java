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
 * One instance, as its host and its server show it.
 *
 * @param instance which one
 * @param host what its host shows
 * @param server what it says over SQL, when it runs
 * @param epoch the highest epoch that acted on its host; {@link Epoch#NONE} where it is unseen
 * @param hostAnswers whether its host answered, independent of what it said about this instance
 */
public record InstanceFacts(
    Instance instance,
    Observed<InstanceObserved> host,
    Observed<ServerObserved> server,
    Epoch epoch,
    boolean hostAnswers) {

  /** An instance that its host shows, or whose host showed nothing at all. */
  public InstanceFacts(
      Instance instance,
      Observed<InstanceObserved> host,
      Observed<ServerObserved> server,
      Epoch epoch) {
    this(instance, host, server, epoch, host.seen().isPresent());
  }

  /** What a look at its host and one at its server say of an instance. */
  public static InstanceFacts of(
      Instance instance, Observed<HostObserved> host, Observed<ServersObserved> server) {
    return new InstanceFacts(
        instance,
        host.match(seen -> onHost(instance, seen), Observed.Unseen::ofPart),
        server.match(seen -> overSql(instance, seen), Observed.Unseen::ofPart),
        host.match(HostObserved::highestEpoch, unseen -> Epoch.NONE),
        host.seen().isPresent());
  }

  /** Whether its server says that it accepts writes. */
  boolean isWritable() {
    return server.seen().filter(answers -> !answers.position().inRecovery()).isPresent();
  }

  /**
   * Whether its host answers and its state there can't be read, for any reason: what was last
   * proved of it is not repeated then.
   */
  boolean isUnreadable() {
    return host instanceof Observed.Unseen<?> unseen
        && (hostAnswers || unseen.code() == FailureCode.STATE_UNREADABLE)
        && !isSetUpAsAnother();
  }

  /** Whether its data directory is set up with another dbid, or content, than the file gives it. */
  boolean isSetUpAsAnother() {
    return host instanceof Observed.Unseen<?> unseen && unseen.code() == FailureCode.DBID_DIFFERS;
  }

  /** Whether its host was seen and no server runs on it there, nor answers. */
  boolean isDown() {
    return server.seen().isEmpty()
        && host.seen().filter(seen -> seen.process() != ServerProcess.RUNNING).isPresent();
  }

  /** Whether it is a Greenplum's standby: it runs in recovery, and takes no connections. */
  boolean isMirroring() {
    return instance.manager().isGreenplum()
        && server.seen().isEmpty()
        && host.seen()
            .filter(seen -> seen.process() == ServerProcess.RUNNING)
            .filter(seen -> seen.control().state() == InstanceState.IN_ARCHIVE_RECOVERY)
            .isPresent();
  }

  /** Whether neither its host nor its server shows anything of it. */
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
