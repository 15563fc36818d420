package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How a cluster streams, moves its primary and makes standbys again.
 *
 * @param replication how standbys are connected
 * @param switchover the limits of a planned move
 * @param resilver how an outdated instance is made a standby again
 * @param endpoints what clients connect to instead of an instance, in the file's order
 * @param failover when and how another takes the place of a primary that is gone
 * @param watch how often its members are read, and when something counts
 */
public record StreamingPolicy(
    Replication replication,
    Switchover switchover,
    Resilver resilver,
    List<Endpoint> endpoints,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = FailoverPolicy.Unsaid.class)
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        FailoverPolicy failover,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = WatchPolicy.Unsaid.class)
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        WatchPolicy watch) {
  public StreamingPolicy {
    endpoints = List.copyOf(endpoints);
  }

  /** Whether the watch starts a primary whose host started again, and whose guard waits. */
  public boolean watchStartsAfterReboot() {
    return !watch.asksAfterReboot() && !failover.startsAfterReboot();
  }

  /**
   * How standbys are connected.
   *
   * @param login how they log in to what they stream from
   * @param commit synchronous_commit of the primary
   * @param synchronous which standbys commits wait for
   * @param limits how far standbys and archiver may be behind when the primary is to be moved
   * @param onRoleChange a command that is run on the host of each instance whose role a move or a
   *     failover has changed (H9), or empty
   */
  public record Replication(
      Login login,
      Commit commit,
      Synchronous synchronous,
      Limits limits,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String onRoleChange) {

    /** The command for the hosts whose instance got that role; empty without one. */
    public String onRoleChange(Role role, ClusterName cluster) {
      return onRoleChange
          .replace("{role}", role.name().toLowerCase(Locale.ROOT))
          .replace("{cluster}", cluster.value());
    }
  }

  /** The new role of an instance. */
  public enum Role {
    PRIMARY,
    STANDBY,
    /** The old primary, which is kept stopped. */
    FENCED
  }

  /**
   * How standbys log in to what they stream from.
   *
   * @param user the role they stream as
   * @param password where its password is found; never the password itself
   * @param sslMode libpq's sslmode of their connections
   * @param sslRootCertificate path of the CA certificate on the standbys' hosts, or empty
   */
  public record Login(
      String user, SecretReference password, String sslMode, String sslRootCertificate) {}

  /** The endpoints that hold clients while the primary moves. */
  public List<Endpoint.PgBouncer> poolers() {
    return endpoints.stream()
        .filter(Endpoint.PgBouncer.class::isInstance)
        .map(Endpoint.PgBouncer.class::cast)
        .toList();
  }

  /** Values of synchronous_commit. */
  public enum Commit {
    OFF,
    LOCAL,
    REMOTE_WRITE,
    ON,
    REMOTE_APPLY
  }

  /**
   * Which standbys commits wait for.
   *
   * @param method how many of them
   * @param number how many must confirm; 0 for {@link Method#NONE}
   * @param instances the standbys; none for {@link Method#NONE}
   */
  public record Synchronous(Method method, int number, List<InstanceId> instances) {
    public Synchronous {
      instances = List.copyOf(instances);
    }

    /** How a set of standbys confirms a commit. */
    public enum Method {
      /** No standby is waited for. */
      NONE,
      /** The first ones of the list that stream. */
      FIRST,
      ANY
    }
  }

  /**
   * How far behind is too far.
   *
   * @param lagBytes what each sender may have left to be confirmed
   * @param archiveFiles how many WAL files may wait for the archiver
   */
  public record Limits(long lagBytes, int archiveFiles) {}

  /**
   * The limits of a planned move.
   *
   * @param outageBudget spent before the point of no return, the move undoes itself
   * @param stopWithin how long the old primary may take to stop
   */
  public record Switchover(Duration outageBudget, Duration stopWithin) {}

  /**
   * How an outdated instance is made a standby again.
   *
   * @param keepOld whether the old data is kept aside until the new standby streams
   * @param bytesPerSecond of a copy at most; 0 for no limit
   * @param timeout of a copy
   * @param perHost how many instances of a host at once
   * @param commands that are run on its host: one, or none
   */
  public record Resilver(
      boolean keepOld,
      long bytesPerSecond,
      Duration timeout,
      int perHost,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<OwnCommands> commands) {
    public Resilver {
      commands = List.copyOf(commands);
    }
  }

  /**
   * An administrator's own commands around it.
   *
   * @param before run before anything is touched; empty for none
   * @param after run once it streams; empty for none
   * @param within how long each may take
   */
  public record OwnCommands(String before, String after, Duration within) {}
}
