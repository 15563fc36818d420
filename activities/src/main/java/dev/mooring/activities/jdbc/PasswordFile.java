package dev.mooring.activities.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A password file as libpq parses it: {@code hostname:port:database:username:password}, the first
 * line that matches wins, {@code *} matches anything, a backslash makes the next character literal.
 *
 * @param entries its lines in order
 * @param malformed the numbers of lines with fewer than five fields, which match nothing
 */
record PasswordFile(List<Entry> entries, List<Integer> malformed) {
  PasswordFile {
    entries = List.copyOf(entries);
    malformed = List.copyOf(malformed);
  }

  /** The login that needs a password. */
  record Login(String host, int port, String database, String user) {
    @Override
    public String toString() {
      return host + ":" + port + ":" + database + ":" + user;
    }
  }

  /** One line. Its text form leaves the password out. */
  record Entry(Pattern host, Pattern port, Pattern database, Pattern user, String password) {
    boolean matches(Login login) {
      return host.matches(login.host())
          && port.matches(Integer.toString(login.port()))
          && database.matches(login.database())
          && user.matches(login.user());
    }

    @Override
    public String toString() {
      return host.text() + ":" + port.text() + ":" + database.text() + ":" + user.text() + ":***";
    }
  }

  /** One field: a text, or anything. An escaped star is a text. */
  record Pattern(String text, boolean anything) {
    boolean matches(String value) {
      return anything || text.equals(value);
    }
  }

  static PasswordFile parse(String content) {
    List<Entry> entries = new ArrayList<>();
    List<Integer> malformed = new ArrayList<>();
    List<String> lines = content.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> fields = split(line);
      if (fields.size() < 5) {
        malformed.add(i + 1);
      } else {
        entries.add(
            new Entry(
                pattern(fields.get(0)),
                pattern(fields.get(1)),
                pattern(fields.get(2)),
                pattern(fields.get(3)),
                unescaped(fields.get(4))));
      }
    }
    return new PasswordFile(entries, malformed);
  }

  /** The password of the first line that matches. */
  Optional<String> passwordFor(Login login) {
    return entries.stream().filter(e -> e.matches(login)).findFirst().map(Entry::password);
  }

  /** Splits at the first four colons that are not escaped; escapes are left in. */
  private static List<String> split(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        field.append(c).append(line.charAt(++i));
      } else if (c == ':' && fields.size() < 4) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  private static Pattern pattern(String field) {
    return new Pattern(unescaped(field), field.equals("*"));
  }

  private static String unescaped(String field) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      text.append(c == '\\' && i + 1 < field.length() ? field.charAt(++i) : c);
    }
    return text.toString();
  }
}
