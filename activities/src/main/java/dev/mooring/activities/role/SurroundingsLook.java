package dev.mooring.activities.role;

import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.NeedWords;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.host.Token;
import dev.mooring.activities.host.UpstreamLogin;
import dev.mooring.port.RoleActivities.Configuration;
import dev.mooring.port.RoleActivities.HostSoftware;
import dev.mooring.port.RoleActivities.ObserveSurroundings;
import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.port.RoleActivities.StartSettings;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.port.RoleActivities.Trial;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * One script on an instance's host that reads its surroundings. The password of the tried
 * connection reaches the script on its standard input and psql in its environment: it is in no file
 * and in no list of processes.
 */
final class SurroundingsLook {
  /** A connection without an answer is tried for this long beyond the other readings. */
  private static final Duration TRIED_FOR = Duration.ofSeconds(8);

  private final HostShell shell;
  private final HostDeadlines deadlines;
  private final Secrets secrets;

  SurroundingsLook(HostShell shell, HostDeadlines deadlines, Secrets secrets) {
    this.shell = shell;
    this.deadlines = deadlines;
    this.secrets = secrets;
  }

  Surroundings of(ObserveSurroundings request) {
    Instance instance = OfInstance.only(request.on());
    Optional<Upstream> upstream = request.upstream().stream().findFirst();
    Script script =
        NeedWords.in(
            OfInstance.parts(
                Script.of(
                    "observe surroundings", SurroundingsLook.class, List.of("surroundings.sh"))));
    List<String> arguments =
        new ArrayList<>(
            OfInstance.words(
                instance,
                upstream
                    .map(one -> UpstreamLogin.connection(List.of(one), "").toString())
                    .orElse(""),
                upstream.flatMap(one -> UpstreamLogin.password(one, secrets)).orElse(""),
                String.join("\n", request.files())));
    NeedWords.of(request.needs()).forEach(arguments::add);
    Token.inCluster(script, request.call(), request.on().host());
    OfInstance.call(script, instance, "observe_surroundings", arguments);
    return shell.only(
        request.on(), script, deadlines.observe().plus(TRIED_FOR), SurroundingsLook::surroundings);
  }

  private static Surroundings surroundings(Instance instance, Said said) {
    return new Surroundings(
        instance.id(),
        new Ownership(
            said.text("login").strip(),
            said.text("owner").strip(),
            said.text("mode").strip(),
            said.lines("mounts"),
            said.lines("unwritable")),
        new HostSoftware(
            ServerVersion.ofProgram(said.text("program")),
            said.words("lacking"),
            said.text("libc").strip()),
        new Configuration(
            said.lines("unreadable"),
            said.optional("next").map(SurroundingsLook::next).stream().toList(),
            said.optional("directory").orElse("").strip()),
        Stream.of("links", "missing").flatMap(section -> said.lines(section).stream()).toList(),
        said.lines("managers"),
        said.optional("trial").map(SurroundingsLook::trial).stream().toList());
  }

  private static StartSettings next(String said) {
    Map<String, String> set = RoleReading.lines(said);
    ToIntFunction<String> number = name -> Integer.parseInt(set.getOrDefault(name, ""));
    return new StartSettings(
        set.getOrDefault("archive_mode", ""),
        set.getOrDefault("hot_standby", ""),
        set.getOrDefault("wal_level", ""),
        number.applyAsInt("max_replication_slots"),
        StandbyLimits.of(number));
  }

  /** The answer of IDENTIFY_SYSTEM begins with the system identifier. */
  private static Trial trial(String said) {
    String text = said.strip();
    return text.matches("[0-9]{1,20}\\|[0-9]+\\|[0-9A-F]+/[0-9A-F]+.*")
        ? new Trial(text.substring(0, text.indexOf('|')), "")
        : new Trial(
            "", text.isEmpty() ? "nothing was answered" : text.replaceAll("\\s*\n\\s*", "; "));
  }
}
