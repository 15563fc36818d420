package dev.mooring.dev.scale;

import dev.mooring.dev.scale.FleetSize.Side;
import dev.mooring.dev.scale.HostScript.Call;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** What one host answers to the product's scripts, in their frames. */
final class HostAnswers {
  /** A look at a host and an act there, with the way to it. */
  private static final Duration LOOK = Duration.ofMillis(60);

  private static final Duration ACT = Duration.ofMillis(120);
  private static final Duration REPLAY = Duration.ofMillis(500);

  private static final Pattern SETTING = Pattern.compile("(?m)^(\\w+) = '((?:[^']|'')*)'$");
  private static final List<String> PROVED =
      List.of(
          "recovery_target_name",
          "recovery_target_action",
          "recovery_target_timeline",
          "restore_command",
          "archive_mode");

  private final Side side;
  private final List<Content> contents;
  private final Toll toll;
  private final Map<String, Long> epochs = new ConcurrentHashMap<>();

  HostAnswers(Side side, List<Content> contents, Toll toll) {
    this.side = side;
    this.contents = contents;
    this.toll = toll;
  }

  /** Runs a script: waits as long as it would take, then says what it would say. */
  byte[] to(HostScript script) {
    Said said = new Said(script.boundary());
    said.report("begin", "");
    String directory = "";
    Duration replaying = Duration.ZERO;
    for (Call call : script.calls()) {
      switch (call.function()) {
        case "of_cluster" -> directory = call.argument(1);
        case "record" -> epochs.merge("", Long.parseLong(call.argument(1)), Math::max);
        case "record_head", "report_head" -> said.report("evidence_head", "");
        case "highest_epoch" ->
            said.report("highest_epoch", Long.toString(epochs.getOrDefault("", 0L)));
        case "watch" -> replaying = longer(replaying, left(content(call.argument(0))));
        case "lock",
            "compare",
            "recorded",
            "install_gate",
            "wait_for",
            "still_needed",
            "await",
            "share_look" -> {}
        default -> said.of(call.subject(), () -> instance(said, call, content(call.subject())));
      }
    }
    said.startsIn(directory);
    waitFor(script, replaying);
    watched(said, script);
    said.subject = "host";
    said.report("end", "");
    return said.bytes();
  }

  private void waitFor(HostScript script, Duration replaying) {
    List<String> functions = script.calls().stream().map(Call::function).toList();
    if (functions.contains("await")) {
      toll.pay("replay", REPLAY, replaying);
      toll.pay("await", LOOK);
    } else {
      String last = functions.get(functions.size() - 1);
      toll.pay(last, functions.contains("record") ? ACT : LOOK);
    }
  }

  private static Duration left(Content content) {
    return Duration.ofNanos(content.copy().downAt() - System.nanoTime());
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }

  private Content content(String instance) {
    return contents.get(Integer.parseInt(instance.substring(instance.indexOf('-') + 1)));
  }

  private void watched(Said said, HostScript script) {
    for (Call call : script.calls()) {
      if (call.function().equals("watch")) {
        said.subject = call.argument(0);
        said.report("running", "no");
        said.report("replaying", "");
        said.report("waiting", "");
        said.report("log", log(content(said.subject)));
        said.report("exit", "0");
      }
    }
  }

  private void instance(Said said, Call call, Content content) {
    switch (call.function()) {
      case "needs_itself" -> {
        observe(said, content);
        said.report("missing", "");
      }
      case "needs" -> said.report("missing", "");
      case "await_history", "decode" -> {}
      case "ensure_target" -> {
        content.target(settings(call.argument(3)));
        said.report("cleared", "");
        sayTarget(said, content);
      }
      case "ensure_replaying" -> {
        String log = Said.DIRECTORY + "/" + call.subject() + ".starts/" + call.argument(2) + ".log";
        if (!content.copy().log().endsWith(call.argument(2))) {
          content.start(call.argument(2), call.argument(4), REPLAY.toNanos());
        }
        said.report("log", log);
      }
      case "parked" -> {
        observe(said, content);
        said.report("log", log(content));
        digests(said, content, call.arguments().subList(6, call.arguments().size()));
      }
      case "chain" -> chain(said, content, call);
      case "point" -> point(said, content, call);
      default -> throw new IllegalArgumentException("no answer to " + call.function());
    }
  }

  private void observe(Said said, Content content) {
    boolean primary = side == Side.EAST;
    said.report("data_major", "15");
    said.report("program.postgres", "postgres (PostgreSQL) 15.18 (Debian 15.18-1.pgdg12+1)");
    said.report("program.pg_waldump", "pg_waldump (PostgreSQL) 15.18 (Debian 15.18-1.pgdg12+1)");
    said.report("process", primary || !content.copy().isDown() ? "RUNNING" : "STOPPED");
    String control = primary ? ControlText.ofPrimary(content) : ControlText.ofCopy(content);
    said.report("control", control);
    said.report("control_digest", Content.sha256(control));
    if (primary) {
      said.report("settings_failure", "not asked for: the server runs as a primary");
    } else {
      said.report("standby_signal", "");
      sayTarget(said, content);
    }
    said.report("pg_wal_free_kb", "104857600");
  }

  private static void sayTarget(Said said, Content content) {
    Map<String, String> settings = content.copy().settings();
    PROVED.forEach(setting -> said.report(setting, settings.getOrDefault(setting, "")));
    said.report("other_targets", "");
  }

  /** The lines that the product writes into a configuration file. */
  private static Map<String, String> settings(String lines) {
    Map<String, String> settings = new TreeMap<>();
    Matcher matcher = SETTING.matcher(lines);
    while (matcher.find()) {
      settings.put(matcher.group(1), matcher.group(2).replace("''", "'").replace("\\\\", "\\"));
    }
    return settings;
  }

  private static String log(Content content) {
    Content.Copy copy = content.copy();
    Content.Point point = content.point(copy.settings().getOrDefault("recovery_target_name", ""));
    String at = point.made().toString().replace('T', ' ').replace("Z", "+00");
    return """
    LOG:  starting PostgreSQL 15.18 (Debian 15.18-1.pgdg12+1) on x86_64-pc-linux-gnu
    LOG:  database system was shut down in recovery
    LOG:  entering standby mode
    LOG:  redo starts at %s
    LOG:  recovery stopping at restore point "%s", time %s
    LOG:  shutdown at recovery target
    LOG:  shutting down
    LOG:  database system is shut down
    """
        .formatted(Content.lsn(Content.checkpoint(copy.file())), point.name(), at)
        .lines()
        .map(line -> "2026-11-20 09:00:02.123 UTC [4711] " + line + "\n")
        .collect(Collectors.joining());
  }

  private static void chain(Said said, Content content, Call call) {
    list(said, content, call.argument(5), call.argument(6));
    long file = Content.fileAt(call.argument(7));
    said.report("checkpoint", Content.fileName(file) + " " + Content.checkpointBytes(file) + "\n");
    digests(said, content, call.arguments().subList(10, call.arguments().size()));
  }

  private static void point(Said said, Content content, Call call) {
    list(said, content, call.argument(6), call.argument(7));
    digests(said, content, call.arguments().subList(12, call.arguments().size()));
    Content.Point point = content.lastPoint();
    said.report(
        "records",
        String.format(
            "rmgr: XLOG        len (rec/tot):     %d/    %d, tx:          0, lsn: %s, prev 0/0,"
                + " desc: RESTORE_POINT %s%n",
            Content.RECORD_BYTES,
            Content.RECORD_BYTES,
            Content.lsn(point.end() - Content.RECORD_BYTES),
            point.name()));
    said.report("waldump", "");
  }

  private static void list(Said said, Content content, String first, String last) {
    long to = Math.min(Content.fileAt(last), content.archived());
    List<Long> files = LongStream.rangeClosed(Content.fileAt(first), to).boxed().toList();
    said.report(
        "files",
        files.stream()
            .map(file -> Content.fileName(file) + " " + Content.FILE_BYTES + "\n")
            .collect(Collectors.joining()));
    said.report("headers", files.stream().map(content::header).collect(Collectors.joining("\n")));
  }

  private static void digests(Said said, Content content, List<String> files) {
    for (String file : files) {
      long number = Content.fileAt(file.substring(8));
      said.report("archived." + file, Content.FILE_BYTES + " " + content.digest(number));
    }
  }

  /** What a script says, in its frames. */
  private static final class Said {
    private static final String DIRECTORY = "@directory@";

    private final String boundary;
    private final StringBuilder text = new StringBuilder();
    private String subject = "host";

    Said(String boundary) {
      this.boundary = boundary;
    }

    void report(String section, String said) {
      text.append('\n').append(boundary).append(' ').append(subject).append(' ').append(section);
      text.append('\n').append(said);
    }

    void of(String instance, Runnable saying) {
      subject = instance;
      saying.run();
      report("stderr", "");
      report("exit", "0");
      subject = "host";
    }

    void startsIn(String directory) {
      String replaced = text.toString().replace(DIRECTORY, directory);
      text.setLength(0);
      text.append(replaced);
    }

    byte[] bytes() {
      return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The answers of every host of a side, by its address. */
  static Map<String, HostAnswers> of(FleetSize size, List<Content> contents, Side side, Toll toll) {
    Map<String, HostAnswers> answers = new LinkedHashMap<>();
    for (int host = 0; host < size.hosts(); host++) {
      answers.put(FleetSize.address(side, host), new HostAnswers(side, contents, toll));
    }
    return answers;
  }
}
