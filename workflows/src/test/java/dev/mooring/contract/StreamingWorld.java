package dev.mooring.contract;

import dev.mooring.port.AccessActivities;
import dev.mooring.port.AccountActivities;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.HostWork;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.WitnessActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;

/**
 * A cluster that streams behind the ports, in memory or of real servers: {@code east-0} is the
 * primary, {@code west-0} and {@code east-1} stream from it, each on a host of its own.
 */
public interface StreamingWorld {

  /** The cluster as its file describes it. */
  Cluster cluster();

  /** The port as the attempt of an activity with that number calls it. */
  RoleActivities roles(long attempt);

  /** The same. */
  PrimaryActivities primaries(long attempt);

  /** The same. */
  FailoverActivities failovers(long attempt);

  /** The same. */
  AccessActivities access(long attempt);

  /** The port as one calls it whose role is a superuser. */
  AccountActivities accounts();

  RehearsalActivities rehearsals();

  WitnessActivities witnesses();

  ConnectionActivities attempts();

  ReplicationActivities replication();

  EndpointActivities endpoints();

  /** Servers, hosts and endpoints are as they were in the beginning. */
  void renew();

  /** What people and faults do. */
  StreamingHands hands();

  /** Somebody sets synchronous_commit of that role in the database of the cluster, as off. */
  void commitsWaitForNobody(String primary, String role);

  /** The lines for standbys are gone from its pg_hba.conf, and its server has read it since. */
  void admitsNoStandbys(String instance);

  /** That instance, where its server program starts a scratch instance in spite of its fence. */
  HostWork ignoringFences(String instance);

  /** What Patroni asks before a promotion comes to the host of that instance. */
  void asksBeforePromotion(String instance);

  /** The record of its last rehearsal is not whole. */
  void tearRehearsal(String instance);

  /**
   * The switch of a host's power as a cluster file names it, which has five seconds and behaves so
   * from now on.
   *
   * @param instance which is there
   * @param from where its commands are run
   */
  FenceCommand powerSwitch(String instance, PowerSwitch behaves, From from);

  /** How a power switch behaves. */
  enum PowerSwitch {
    /** It cuts the power, and tells whether that is on. */
    WORKS,
    /** It ends well and does nothing, and tells that the power is on. */
    DOES_NOTHING,
    /** It ends well and does nothing, and tells nothing. */
    TELLS_NOTHING,
    /** It ends well and does nothing, and tells that the power is off. */
    SAYS_OFF
  }
}
