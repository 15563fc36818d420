package dev.mooring.port;

import java.util.List;
import java.util.Locale;

/**
 * What resets the host of a leader whose Patroni hangs, by that member's own configuration.
 *
 * @param device its path
 * @param seen the device, as the account that observed that host found it
 */
public record PatroniWatchdog(Mode mode, String device, Device seen) {

  /** When Patroni requires the watchdog. */
  public enum Mode {
    /** The member becomes the leader without a watchdog. */
    OFF,
    /** The member becomes the leader without a watchdog if it can't use it. */
    AUTOMATIC,
    /** The member becomes the leader only with a watchdog. */
    REQUIRED;

    /** By Patroni's words; an unknown word turns the watchdog off. */
    public static Mode of(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "require", "required" -> REQUIRED;
        case "auto", "automatic" -> AUTOMATIC;
        default -> OFF;
      };
    }
  }

  /** What is at the path. */
  public enum Device {
    ABSENT,
    /** The account that observed can't write to it. */
    NOT_WRITABLE,
    /** The account that observed can write to it. */
    WRITABLE
  }

  /** Whether the member becomes the leader only with a watchdog, and has one. */
  public boolean stands() {
    return mode == Mode.REQUIRED && seen == Device.WRITABLE;
  }

  /** Continues a text after "watchdog: ". */
  public String inWords() {
    return mode == Mode.OFF
        ? "off"
        : String.format("%s, %s %s", mode.name().toLowerCase(Locale.ROOT), device, there());
  }

  private String there() {
    return switch (seen) {
      case ABSENT -> "is not there";
      case NOT_WRITABLE -> "can't be written by Mooring's account";
      case WRITABLE -> "can be written";
    };
  }

  /** The same for a watchdog that may not have been read. */
  public static String inWords(List<PatroniWatchdog> seen) {
    return seen.stream().findFirst().map(PatroniWatchdog::inWords).orElse("unknown");
  }
}
