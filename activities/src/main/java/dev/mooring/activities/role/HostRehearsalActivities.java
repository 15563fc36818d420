package dev.mooring.activities.role;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.PromotionGuard;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.ScriptResult.PerInstance;
import dev.mooring.activities.host.StartGuard;
import dev.mooring.activities.host.Token;
import dev.mooring.port.FailoverActivities.PowerObserved;
import dev.mooring.port.HostWork;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Rehearsals of fences on their hosts, by scripts that touch nothing but Mooring's own files. */
public final class HostRehearsalActivities implements RehearsalActivities {
  /** Below the limit of an act, so that the script itself reports what it waited for. */
  private static final Duration OVER_WITHIN = Duration.ofSeconds(60);

  private static final int WORDS_OF_A_LINE = 3;
  private static final String NUMBER = "[0-9]{1,18}";

  private final HostShell shell;
  private final HostDeadlines deadlines;

  /** Over that shell. */
  public HostRehearsalActivities(HostShell shell, HostDeadlines deadlines) {
    this.shell = shell;
    this.deadlines = deadlines;
  }

  @Override
  public RehearsalsObserved observeRehearsed(ObserveRehearsed request) {
    HostWork on = request.on();
    Script script =
        OfInstance.parts(
            Script.of("observe rehearsed", HostRehearsalActivities.class, List.of("rehearsed.sh")));
    Token.inCluster(script, request.call(), on.host());
    for (Instance instance : on.instances()) {
      OfInstance.call(script, instance, "observe_rehearsed", List.of());
    }
    PerInstance<Optional<LastRehearsal>> read =
        shell.each(on, script, deadlines.observe(), HostRehearsalActivities::last);
    return new RehearsalsObserved(
        on.host().name(),
        read.results().stream().flatMap(Optional::stream).toList(),
        read.failures());
  }

  @Override
  public Rehearsed ensureRehearsed(Rehearse request) {
    HostWork on = request.on();
    Script script =
        OfInstance.parts(
            Script.of(
                "rehearse fences",
                HostRehearsalActivities.class,
                List.of(
                    "writer.sh",
                    "fence.sh",
                    "rehearse.sh",
                    "rehearse-patroni.sh",
                    "rehearse-around.sh")));
    Token.inCluster(script, request.call(), on.host());
    for (Instance instance : on.instances()) {
      OfInstance.call(script, instance, "rehearse", words(request, instance));
    }
    PerInstance<InstanceRehearsed> read =
        shell.each(on, script, deadlines.act(), HostRehearsalActivities::rehearsed);
    return new Rehearsed(on.host().name(), read.results(), read.failures());
  }

  private static List<String> words(Rehearse request, Instance instance) {
    return OfInstance.words(
        instance,
        instance.content().toString(),
        instance.manager().kind().name().toLowerCase(Locale.ROOT),
        asked(instance, request.on().host()),
        String.valueOf(OVER_WITHIN.toSeconds()),
        String.valueOf(request.at().toEpochMilli()),
        request.call().run(),
        request.power().stream().findFirst().map(seen -> seen.power().name()).orElse(""),
        request.power().stream().findFirst().map(PowerObserved::said).orElse(""));
  }

  /**
   * Patroni asks its hook before it promotes, and no launcher there asks the guard before it starts
   * a server.
   */
  private static String asked(Instance instance, Host host) {
    return instance.manager().isPatroni() ? PromotionGuard.on(host) : StartGuard.on(host);
  }

  private static InstanceRehearsed rehearsed(Instance instance, Said said) {
    return new InstanceRehearsed(
        instance.id(), said.text("shown").lines().map(HostRehearsalActivities::shown).toList());
  }

  private static Shown shown(String line) {
    String[] words = line.split(" ", WORDS_OF_A_LINE);
    if (words.length != WORDS_OF_A_LINE) {
      throw new IllegalArgumentException(
          "'shown' must be a proof, how it ended and words, got '" + line + "'");
    }
    return new Shown(Proof.valueOf(words[0]), Ended.valueOf(words[1]), words[2]);
  }

  /** A record that is not whole counts as none. */
  private static Optional<LastRehearsal> last(Instance instance, Said said) {
    if (said.optional("never").isPresent()) {
      return Optional.empty();
    }
    String text = said.text("rehearsed");
    Map<String, String> lines =
        text.lines()
            .map(line -> line.split("=", 2))
            .filter(line -> line.length == 2)
            .collect(Collectors.toMap(line -> line[0], line -> line[1], (first, second) -> second));
    Function<String, String> value =
        name -> Optional.ofNullable(lines.get(name)).orElseThrow(() -> unreadable(text));
    String at = value.apply("at");
    String passed = value.apply("passed");
    if (!at.matches(NUMBER) || !List.of("yes", "partly", "no").contains(passed)) {
      throw unreadable(text);
    }
    return Optional.of(
        new LastRehearsal(
            instance.id(),
            Instant.ofEpochMilli(Long.parseLong(at)),
            !passed.equals("no"),
            value.apply("run"),
            value.apply("words"),
            proofs(lines.getOrDefault("shown", "")),
            proofs(lines.getOrDefault("not_rehearsed", ""))));
  }

  /** A proof that this release does not know is ignored. */
  private static List<Proof> proofs(String words) {
    return Arrays.stream(Proof.values())
        .filter(proof -> List.of(words.split(" ", -1)).contains(proof.name()))
        .toList();
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "the record of the last rehearsal must say at, run, passed (yes, partly or no) and words,"
            + " got '"
            + Said.shorten(text)
            + "'");
  }
}
