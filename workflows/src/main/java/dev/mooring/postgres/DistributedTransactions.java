package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The distributed transactions of a Greenplum among the Transaction records that pg_waldump
 * printed: on the coordinator the ones that it committed, on a segment the ones that it prepared.
 *
 * <p>Two forms are read. {@code DISTRIBUTED_COMMIT ... gid = G, gxid = N} and {@code PREPARE at =
 * T; gid = G} were captured from a Greenplum 7.0.0-alpha.0. {@code DISTRIBUTED_COMMIT ... gxid = N}
 * and {@code PREPARE gid G: T} are from later builds, by their source.
 *
 * @param committed the DISTRIBUTED_COMMIT records, in WAL order
 * @param prepared the PREPARE records, in WAL order
 */
public record DistributedTransactions(List<Global> committed, List<Global> prepared) {
  public static final DistributedTransactions NONE =
      new DistributedTransactions(List.of(), List.of());

  private static final String TRANSACTION = "Transaction";
  private static final Pattern COMMITTED =
      Pattern.compile(
          "DISTRIBUTED_COMMIT distributed commit .*?( gid = ([^\\s,;]+),)? gxid = ([0-9]+)");
  private static final Pattern PREPARED =
      Pattern.compile("PREPARE at = [^;]+; gid = ([^\\s,;]+)(;.*)?");
  private static final Pattern PREPARED_IN_RELEASES =
      Pattern.compile("PREPARE gid ([^\\s,;:]+): .+");
  private static final Pattern NUMBERED = Pattern.compile("(?:.*-)?([0-9]+)");

  /** The other Transaction records: none of them shows a prepare or a decision. */
  private static final List<String> OTHERS =
      List.of(
          "COMMIT",
          "ABORT",
          "COMMIT_PREPARED",
          "ABORT_PREPARED",
          "ASSIGNMENT",
          "INVALIDATION",
          "DISTRIBUTED_FORGET");

  public DistributedTransactions {
    committed = List.copyOf(committed);
    prepared = List.copyOf(prepared);
  }

  /**
   * A record of one distributed transaction.
   *
   * @param gid its global identifier, or its number alone if only that was printed
   * @param start the record's first byte
   */
  public record Global(String gid, Lsn start) {

    /**
     * The gid, or what is behind its last hyphen, without leading zeros: the coordinator's gxid. It
     * is the same on all instances however a build prints the transaction, and unique from one
     * start of the cluster to the next.
     */
    public String number() {
      String digits = gid.substring(gid.lastIndexOf('-') + 1);
      return digits.replaceFirst("^0+(?=.)", "");
    }
  }

  /**
   * Reads pg_waldump's standard output. A Transaction record that is not understood is an error,
   * which names the line: it may be one that matters.
   */
  public static DistributedTransactions parse(String output) {
    List<Global> committed = new ArrayList<>();
    List<Global> prepared = new ArrayList<>();
    for (String line : output.lines().toList()) {
      if (line.isBlank() || line.startsWith(WalDump.NOTE)) {
        continue;
      }
      Matcher record = WalDump.RECORD.matcher(line);
      if (!record.matches()) {
        throw unreadable(line);
      }
      if (record.group(1).equals(TRANSACTION)) {
        take(line, record, committed, prepared);
      }
    }
    return new DistributedTransactions(committed, prepared);
  }

  private static void take(
      String line, Matcher record, List<Global> committed, List<Global> prepared) {
    String description = record.group(4);
    Lsn start = Lsn.parse(record.group(3));
    Matcher commit = COMMITTED.matcher(description);
    if (commit.matches()) {
      committed.add(committed(line, commit, start));
      return;
    }
    for (Pattern form : List.of(PREPARED, PREPARED_IN_RELEASES)) {
      Matcher prepare = form.matcher(description);
      if (prepare.matches()) {
        prepared.add(numbered(line, prepare.group(1), start));
        return;
      }
    }
    if (!OTHERS.contains(description.split(" ", 2)[0])) {
      throw unreadable(line);
    }
  }

  /** If both are printed, the number is that of the gid. */
  private static Global committed(String line, Matcher commit, Lsn start) {
    Global number = new Global(commit.group(3), start);
    if (commit.group(2) == null) {
      return number;
    }
    Global whole = numbered(line, commit.group(2), start);
    if (!whole.number().equals(number.number())) {
      throw unreadable(line);
    }
    return whole;
  }

  private static Global numbered(String line, String gid, Lsn start) {
    if (!NUMBERED.matcher(gid).matches()) {
      throw unreadable(line);
    }
    return new Global(gid, start);
  }

  private static IllegalArgumentException unreadable(String line) {
    return new IllegalArgumentException(
        "pg_waldump printed a line that is not understood: '" + line + "'");
  }
}
