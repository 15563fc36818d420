package dev.mooring.dev.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.quoting.ConfigurationValue;
import dev.mooring.quoting.ShellWord;
import dev.mooring.quoting.SqlText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a text holds, real shells and a real server take it for that text and nothing else. */
@Tag("all")
class QuotingIT {
  private static final List<String> PIECES =
      List.of(
          "'",
          "''",
          "\"",
          "\\",
          "\\'",
          "\\n",
          "$",
          "$(reboot)",
          "$$",
          "$1",
          "`id`",
          "!",
          "*",
          "~",
          "#",
          ";",
          "--",
          "/*",
          "&",
          "|",
          "<",
          ">",
          "(",
          ")",
          "=",
          " ",
          "\t",
          "%f",
          "%p",
          "%%",
          "%",
          "E'",
          "U&'",
          "\\x27",
          "\\047",
          ":a",
          "?",
          "ä",
          "漢",
          "😀",
          "\u007f",
          "\u0001",
          "a",
          "/x");

  private static Lab lab;
  private static LabInstance server;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.fleet(1).named("quoting").withWalFileMegabytes(1));
    server = lab.instance("east-0");
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  /** Every character of one byte but NUL, and what is made of such pieces; the same each time. */
  private static List<String> texts(int count, boolean moreLines) {
    Random random = new Random(7707);
    Stream<String> single = IntStream.range(1, 256).mapToObj(Character::toString);
    Stream<String> made =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    random
                        .ints(1 + random.nextInt(6), 0, PIECES.size())
                        .mapToObj(PIECES::get)
                        .collect(Collectors.joining()));
    Stream<String> lines = Stream.of("a\nb", "\n", "\r\n", "' \n'");
    return Stream.of(single, made, lines)
        .flatMap(all -> all)
        .filter(text -> moreLines || !text.matches("(?s).*[\n\r].*"))
        .toList();
  }

  @Test
  void every_shell_of_this_machine_reads_a_word_as_it_was() throws Exception {
    List<String> words = texts(1_500, true);
    int shells = 0;
    for (Path shell : List.of(Path.of("/bin/sh"), Path.of("/bin/dash"), Path.of("/bin/bash"))) {
      if (Files.isExecutable(shell)) {
        shells++;
        assertThat(printed(shell, words, ShellWord::quote)).as(shell.toString()).isEqualTo(words);
        List<String> plain =
            words.stream().filter(word -> !word.matches("(?s).*[\"$`\\\\].*")).toList();
        assertThat(printed(shell, plain, ShellWord::inDoubleQuotes)).isEqualTo(plain);
      }
    }
    assertThat(shells).isPositive();
  }

  private static List<String> printed(Path shell, List<String> words, UnaryOperator<String> quoted)
      throws IOException, InterruptedException {
    String script =
        "printf '%s\\0' " + words.stream().map(quoted).collect(Collectors.joining(" ")) + "\n";
    Path file = Files.writeString(Files.createTempFile("quoting", ".sh"), script);
    try {
      ProcessBuilder builder = new ProcessBuilder(shell.toString(), file.toString());
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isZero();
      return List.of(said.substring(0, said.length() - 1).split("\0", -1));
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void a_server_reads_a_literal_as_it_was_whatever_backslashes_mean_to_it() throws Exception {
    List<String> texts = texts(300, true);
    try (Connection connection = lab.connect(server);
        Statement statement = connection.createStatement()) {
      for (String conforming : List.of("on", "off")) {
        statement.execute("SET standard_conforming_strings = " + conforming);
        statement.setEscapeProcessing(false);
        for (String text : texts) {
          try (ResultSet rows = statement.executeQuery("SELECT " + SqlText.literal(text))) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo(text);
          }
        }
      }
    }
  }

  /** A name is 63 bytes at most; longer ones the server shortens. */
  @Test
  void a_server_reads_an_identifier_as_it_was() throws Exception {
    List<String> names = new ArrayList<>(texts(300, true));
    names.addAll(List.of("user", "SELECT", "Mooring"));
    names.removeIf(name -> name.getBytes(StandardCharsets.UTF_8).length > 63);
    try (Connection connection = lab.connect(server);
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      for (String name : names) {
        try (ResultSet rows = statement.executeQuery("SELECT 1 AS " + SqlText.identifier(name))) {
          assertThat(rows.getMetaData().getColumnLabel(1)).isEqualTo(name);
        }
      }
    }
  }

  @Test
  void a_server_reads_a_value_of_its_configuration_as_it_was() throws Exception {
    List<String> values = texts(300, false);
    Path file = server.dataDirectory().resolve("postgresql.auto.conf");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      lines.append(ConfigurationValue.line("mooring.value" + i, values.get(i)));
    }
    lines.append(ConfigurationValue.line("mooring.last", "read"));
    Files.writeString(file, lines, StandardOpenOption.APPEND);
    String fetched = ConfigurationValue.inCommand(values.get(0)) + " 100%% '%f' \\ \"%p\"";
    Files.writeString(
        file, ConfigurationValue.line("restore_command", fetched), StandardOpenOption.APPEND);
    try (Connection connection = lab.connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_reload_conf()");
      new Fleet(lab).awaitAnswer(server, "SELECT current_setting('mooring.last', true)", "read");
    }
    try (Connection connection = lab.connect(server);
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < values.size(); i++) {
        try (ResultSet rows = statement.executeQuery("SHOW mooring.value" + i)) {
          rows.next();
          assertThat(rows.getString(1)).isEqualTo(values.get(i));
        }
      }
    }
    String printed =
        lab.run(
            server.host(),
            lab.postgresPrograms().resolve("postgres").toString(),
            "-C",
            "restore_command",
            "-D",
            server.dataDirectory().toString());
    assertThat(printed).isEqualTo(fetched + "\n");
  }
}
