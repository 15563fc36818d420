package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One message of a server log.
 *
 * @param severity LOG, FATAL and so on; or the kind of a line that belongs to a message, as DETAIL
 * @param text the primary message
 * @param line the message as a person reads it
 */
record LogMessage(String severity, String text, String line) {
  private static final String KINDS =
      "DEBUG|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC"
          + "|DETAIL|HINT|QUERY|CONTEXT|LOCATION|BACKTRACE|STATEMENT";

  /** Severity, an error code if log_error_verbosity is verbose, the message. */
  private static final Pattern STDERR =
      Pattern.compile("(?<![A-Z])(" + KINDS + "):  (?:[0-9A-Z]{5}: )?(.*)");

  /** PostgreSQL writes milliseconds, Greenplum microseconds. */
  private static final Pattern CSV_START =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}(?:\\d{3})? [^ ,]+,");

  /** A process by number is PostgreSQL's; Greenplum writes p and the number. */
  private static final int CSV_PROCESS = 3;

  private static final Pattern GREENPLUM_PROCESS = Pattern.compile("p\\d+");

  /** The columns of a CSV record. */
  private enum CsvForm {
    /** write_csvlog in elog.c; later versions add fields at the end. */
    POSTGRES(11, 13, 23),
    /** write_syslogger_in_csv in Greenplum's elog.c: 30 fields, the last often left out. */
    GREENPLUM(16, 18, 29);

    private final int severity;
    private final int message;
    private final int fewestFields;

    CsvForm(int severity, int message, int fewestFields) {
      this.severity = severity;
      this.message = message;
      this.fewestFields = fewestFields;
    }

    static CsvForm of(List<String> fields) {
      return fields.size() > CSV_PROCESS
              && GREENPLUM_PROCESS.matcher(fields.get(CSV_PROCESS)).matches()
          ? GREENPLUM
          : POSTGRES;
    }
  }

  /** The messages of a log whose last line is complete. */
  static List<LogMessage> all(List<String> lines) {
    List<LogMessage> messages = new ArrayList<>();
    int next = 0;
    while (next < lines.size()) {
      String line = lines.get(next++);
      if (CSV_START.matcher(line).lookingAt()) {
        StringBuilder record = new StringBuilder(line);
        while (!quotesAreEven(record) && next < lines.size()) {
          record.append('\n').append(lines.get(next++));
        }
        ofCsv(record.toString()).ifPresent(messages::add);
      } else {
        ofStderr(line).ifPresent(messages::add);
      }
    }
    return messages;
  }

  /** Lines of restore_command and the like carry no severity; lines after a tab belong above. */
  private static Optional<LogMessage> ofStderr(String line) {
    Matcher matcher = STDERR.matcher(line);
    if (line.startsWith("\t") || !matcher.find()) {
      return Optional.empty();
    }
    return Optional.of(new LogMessage(matcher.group(1), matcher.group(2), line));
  }

  private static boolean quotesAreEven(CharSequence record) {
    return record.chars().filter(c -> c == '"').count() % 2 == 0;
  }

  /** A record whose end has not been written yet is no message. */
  private static Optional<LogMessage> ofCsv(String record) {
    if (!quotesAreEven(record)) {
      return Optional.empty();
    }
    List<String> fields = csvFields(record);
    CsvForm form = CsvForm.of(fields);
    if (fields.size() < form.fewestFields) {
      throw new IllegalArgumentException(
          "server log: a CSV record must have "
              + form.fewestFields
              + " fields or more, got "
              + fields.size()
              + ": '"
              + record
              + "'");
    }
    String severity = fields.get(form.severity);
    String text = fields.get(form.message);
    return Optional.of(
        new LogMessage(severity, text, fields.get(0) + " " + severity + ":  " + text));
  }

  private static List<String> csvFields(String record) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < record.length(); i++) {
      char c = record.charAt(i);
      if (c == '"' && quoted && i + 1 < record.length() && record.charAt(i + 1) == '"') {
        field.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
