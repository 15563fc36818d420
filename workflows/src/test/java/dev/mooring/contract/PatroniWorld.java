package dev.mooring.contract;

import dev.mooring.port.PatroniActivities;
import dev.mooring.topology.PatroniPolicy;

/**
 * A cluster whose members Patroni runs, in memory or of real servers: {@code east-0}, {@code
 * west-0} and {@code east-1}, any of which may lead.
 */
public interface PatroniWorld {

  /** How it is asked, as the cluster file has it. */
  PatroniPolicy policy();

  PatroniActivities patroni();

  /** Another login, with a password that is not the API's. */
  PatroniPolicy withWrongPassword();

  /** An instance's Patroni ends, and its server with it. */
  void stop(String instance);

  /** It is started again; it answers when this returns. */
  void start(String instance);

  /** A person pauses Patroni, or resumes it. */
  void pauses(boolean paused);

  /** What Patroni votes in answers nobody from now on, or again. */
  void storeAway(boolean away);
}
