package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;

/**
 * What powers a host off that does not answer: a hypervisor's, a cloud's or a management
 * controller's command, and another that reports whether it is off, with {@code {host}}, {@code
 * {address}} and {@code {instance}} of the host and the primary that was there.
 *
 * @param host the host that it powers off
 * @param from where both are run
 * @param command powers it off; may be repeated
 * @param check ends with status 0 if it is off, with 1 if it is on; with any other one it does not
 *     know
 * @param within how long it may take until the check says so
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

    /** As it is called for people. */
    String inWords();
  }

  /** As it is called for people. */
  public String inWords() {
    return "the fence command of " + host + ", run by " + from.inWords();
  }
}
