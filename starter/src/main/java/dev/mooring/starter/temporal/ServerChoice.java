package dev.mooring.starter.temporal;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Which Temporal to talk to: what the options say, else the profile that {@code temporal} itself
 * reads (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE and the rest).
 *
 * @param address given by option, or nothing
 * @param namespace given by option, or nothing
 * @param environment the process's environment
 * @param patience how long connecting may take
 */
public record ServerChoice(
    Optional<String> address,
    Optional<String> namespace,
    Map<String, String> environment,
    Duration patience) {
  public ServerChoice {
    environment = Map.copyOf(environment);
  }

  /** The same server, waited for no longer than that. */
  public ServerChoice within(Duration atMost) {
    return new ServerChoice(address, namespace, environment, atMost);
  }
}
