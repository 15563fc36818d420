package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;

/**
 * The command that powers off a host that does not answer, of a hypervisor, a cloud or a management
 * controller, and another that reports whether it is off, with {@code {host}}, {@code {address}}
 * and {@code {instance}} of the host and the primary that was there.
 *
 * @param host the host that it powers off
 * @param from where both are run
 * @param command powers it off; may be repeated
 * @param check exits with 0 if it is off, with 1 if it is on; any other status means that it is not
 *     known
 * @param within how long it may take until the check reports the host as off
 */
public record FenceCommand(
    HostName host, From from, String command, String check, Duration within) {

  /** Where it is run. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = From.WorkerOf.class, name = "worker"),
    @JsonSubTypes.Type(value = From.OnHost.class, name = "host")
  })
  public sealed interface From {

    /** On the machine of that site's worker. */
    record WorkerOf(SiteName site) implements From {
      @Override
      public String inWords() {
        return "the worker of " + site;
      }
    }

    /** On that host, by the worker of the candidate's site. */
    record OnHost(HostName name) implements From {
      @Override
      public String inWords() {
        return "host " + name;
      }
    }

    /** Its name for people. */
    String inWords();
  }

  /** The command's name for people. */
  public String inWords() {
    return "the fence command of " + host + ", run by " + from.inWords();
  }
}
