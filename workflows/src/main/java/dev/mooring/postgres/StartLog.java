package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What the log of one start of an instance says about its recovery.
 *
 * @param stop where recovery said it stopped; the last such line if there are several
 * @param shutDownAtTarget true when, after that line, the server said that it shuts down for the
 *     target and then that it is shut down
 * @param fatals every FATAL and PANIC line, except the ones that turn away clients of a server that
 *     starts, recovers or shuts down, or send an extension's background worker home
 * @param fatalAfterStop true when one of them came after the first stop line: PostgreSQL announces
 *     the stop before it finds that the point lies before consistency
 * @param lastLines the end of the log, for people
 * @param pausedAtTarget true when, after the stop line and with no FATAL between, recovery said
 *     that it pauses: from there on the server lives, and a FATAL is a client's
 */
public record StartLog(
    StopLine stop,
    boolean shutDownAtTarget,
    List<String> fatals,
    boolean fatalAfterStop,
    List<String> lastLines,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean pausedAtTarget) {
  private static final String GOES_ON_ELSEWHERE =
      "redirecting log output to logging collector process";

  public StartLog {
    fatals = List.copyOf(fatals);
    lastLines = List.copyOf(lastLines);
  }

  /** The log of a start that did not pause at its target. */
  public StartLog(
      StopLine stop,
      boolean shutDownAtTarget,
      List<String> fatals,
      boolean fatalAfterStop,
      List<String> lastLines) {
    this(stop, shutDownAtTarget, fatals, fatalAfterStop, lastLines, false);
  }

  /**
   * Reads the log of one start, in the stderr form with any log_line_prefix and verbosity, or in
   * the CSV form of PostgreSQL or of Greenplum; {@code lc_messages} must be C. A last line without
   * its end is not interpreted: the server may be writing it. The log of more than one start is
   * refused.
   */
  public static StartLog parse(String text) {
    return new StartLogReader().read(text);
  }

  /** True when recovery stopped, the server shut down for it, and nothing went wrong after that. */
  public boolean stoppedAtTarget() {
    return shutDownAtTarget && !fatalAfterStop;
  }

  /**
   * True if it shows nothing of the recovery of a server that is down: it is empty, as after a
   * power cut that lost what was not yet on disk, or the server logged that it goes on elsewhere.
   * Where that server stopped is unknown then, and need not be short of its target.
   */
  public boolean saysNothing() {
    return stop instanceof StopLine.None
        && fatals.isEmpty()
        && (blank() || lastLines.stream().anyMatch(line -> line.contains(GOES_ON_ELSEWHERE)));
  }

  /** Blocks of a file that never reached the disk are zeros, which count as blanks here. */
  private boolean blank() {
    return lastLines.stream().allMatch(line -> line.chars().allMatch(c -> c <= ' '));
  }

  /** True if a FATAL ended it before recovery stopped anywhere. */
  public boolean endedBeforeStop() {
    return stop instanceof StopLine.None && !fatals.isEmpty();
  }

  /** Why a server that is down short of its target ended: its last FATAL, else its last message. */
  public String causeOfDeath() {
    if (!fatals.isEmpty()) {
      return fatals.get(fatals.size() - 1);
    }
    return blank()
        ? "its log says nothing"
        : "its log ends with '" + lastLines.get(lastLines.size() - 1) + "'";
  }
}
