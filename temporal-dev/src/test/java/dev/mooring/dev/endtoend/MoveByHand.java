package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A person who types what a plan tells them to, line by line. */
final class MoveByHand {
  private static final Pattern TYPED = Pattern.compile("on (\\S+?),? (?:as [^`]*)?`([^`]*)`");
  private static final Pattern LINE =
      Pattern.compile(
          "on (\\S+) set in the line (\\S+) of (\\S+) host=(\\S+) port=(\\d+), then `([^`]*)`");
  private static final Pattern ASKED = Pattern.compile("\\d+\\. `([^`]*)` must print t, .*");
  private static final Pattern ENDED =
      Pattern.compile("Latest checkpoint location: +([0-9A-F]+/[0-9A-F]+)");

  private static final Pattern CONSOLE = Pattern.compile("password: \"file:([^\"]+)\"");

  /** What is not on every machine, in words of what is. */
  private static final String SOCAT =
      "perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer =>"
          + " $ARGV[0] =~ s/UNIX-CONNECT://r) or die $!; print $s <STDIN>; $s->shutdown(1);"
          + " print <$s>' ";

  /** What the person's own shell sets for other servers. */
  private static final String ELSEWHERE =
      "export PGHOSTADDR=192.0.2.1 PGSERVICE=elsewhere PGOPTIONS='-c geqo=nothing'; ";

  private final Lab lab;
  private String end = "";

  MoveByHand(Lab lab) {
    this.lab = lab;
  }

  /** What a plan that is printed tells such a person. */
  static List<String> linesOf(String plan) {
    return plan.lines()
        .dropWhile(line -> !line.startsWith("by hand, "))
        .skip(1)
        .takeWhile(line -> line.startsWith("  "))
        .map(String::strip)
        .toList();
  }

  /** Types them all; what a line says must be seen is seen. */
  void type(List<String> lines) {
    lines.stream().skip(1).forEach(this::type);
  }

  private void type(String line) {
    Matcher asked = ASKED.matcher(line);
    Matcher pooler = LINE.matcher(line);
    if (asked.matches()) {
      String sql = asked.group(1).replace("'END'", "'" + end + "'");
      assertThat(asked(sql)).as(sql).isEqualTo("t");
    } else if (pooler.find()) {
      at(
          lab.host(pooler.group(1)),
          String.format(
              "sed -i '/^%s *=/{s/host=[^ ]*/host=%s/;s/port=[^ ]*/port=%s/}' %s && %s",
              pooler.group(2), pooler.group(4), pooler.group(5), pooler.group(3), pooler.group(6)));
    } else if (line.contains("`mooring whois ")) {
      Answer seen = new Mooring(lab.environment(), "127.0.0.1:1").type("whois " + lab.name());
      assertThat(seen.out()).as(seen.err()).contains("has no writable instance");
    } else if (!line.startsWith("1. end ") && !line.contains(". leave ")) {
      typeEach(line);
    }
  }

  private void typeEach(String line) {
    Matcher typed = TYPED.matcher(line);
    boolean any = false;
    while (typed.find()) {
      any = true;
      String said = at(lab.host(typed.group(1)), typed.group(2));
      if (line.contains("END below")) {
        assertThat(said).containsPattern("cluster state: +shut down\n");
        Matcher ended = ENDED.matcher(said);
        assertThat(ended.find()).as(said).isTrue();
        end = ended.group(1);
      }
    }
    assertThat(any).as(line).isTrue();
  }

  private String at(LabHost host, String command) {
    return lab.run(
        host, "sh", "-c", ELSEWHERE + console(command) + command.replace("socat - ", SOCAT));
  }

  /** The password of PgBouncer's console, from where the cluster file says that it is. */
  private String console(String command) {
    if (!command.contains("-d pgbouncer")) {
      return "";
    }
    try {
      Matcher console = CONSOLE.matcher(Files.readString(lab.clusterFile()));
      assertThat(console.find()).isTrue();
      return String.format(
          "export PGPASSWORD='%s'; ", Files.readString(Path.of(console.group(1))).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** At the person's own terminal, whose user has a file of passwords. */
  private String asked(String command) {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", ELSEWHERE + command).redirectErrorStream(true);
    shell.environment().putAll(lab.environment());
    try {
      Process psql = shell.start();
      return new String(psql.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
