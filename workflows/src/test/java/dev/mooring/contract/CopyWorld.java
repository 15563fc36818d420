package dev.mooring.contract;

import dev.mooring.port.CopyActivities;
import dev.mooring.topology.Cluster;

/**
 * A cluster that streams behind the port that makes data directories anew: {@code east-0} is the
 * primary, {@code west-0} and {@code east-1} stream from it, each on a host of its own.
 */
public interface CopyWorld {

  /** The cluster as its file describes it. */
  Cluster cluster();

  /** The port as the attempt of an activity with that number calls it. */
  CopyActivities copies(long attempt);

  /** Servers and hosts are as they were in the beginning. */
  void renew();

  /** What people and faults do. */
  StreamingHands hands();

  /** Somebody removes what is in the instance's data directory, its server killed before. */
  void lose(String instance);

  /** A directory that a rewind once left lies beside the instance's own. */
  void leaveRewind(String instance);

  /**
   * Another system's data is put where the instance has its own: of a primary that was shut down,
   * with hot_standby_feedback on.
   */
  void putAnothers(String instance);

  /** The value of a setting that its server has. */
  String setting(String instance, String name);

  /** The primary's log of what it wrote is asked for a checkpoint. */
  void checkpoint(String instance);

  /** It is started as it is, with a connection to that instance; it streams when this returns. */
  void follows(String instance, String upstream);

  /** How many transactions that {@link StreamingHands#write} committed can be read there. */
  long written(String instance);

  /** What runs of a copy on the instance's host is killed. */
  void killCopy(String instance);
}
