package dev.mooring.activities.endpoint;

import dev.mooring.activities.host.PoolerPause;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Secrets;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointFact;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.topology.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PgBouncer by its console, through psql on its host, and by the file that has its databases. A
 * process there holds a pause and ends it automatically: that needs psql on the host, so everything
 * uses it.
 */
final class PgBouncerAdapter implements EndpointAdapter {
  private static final List<String> PARTS = List.of("pooler.sh", "cut.sh");

  /** How long transactions and logins are waited for, at most. */
  private static final Duration CUT_WITHIN = Duration.ofSeconds(2);

  private static final List<String> FACTS =
      List.of(
          "pool_mode",
          "query_wait_timeout",
          "so_reuseport",
          "paused",
          "processes",
          "file",
          EndpointSeen.OTHERS);
  private static final String LOOPBACK = "127.0.0.1";

  private final Endpoint.PgBouncer endpoint;
  private final EndpointHost host;
  private final Members members;
  private final Secrets secrets;

  PgBouncerAdapter(
      Endpoint.PgBouncer endpoint, EndpointHost host, Members members, Secrets secrets) {
    this.endpoint = endpoint;
    this.host = host;
    this.members = members;
    this.secrets = secrets;
  }

  @Override
  public EndpointSeen observe() {
    Said said = run("look at", "observe_pooler", List.of(endpoint.databasesFile()), Duration.ZERO);
    String pointsAt = said.text("leads_to").strip();
    List<EndpointFact> facts = new ArrayList<>();
    facts.add(new EndpointFact("leads_to", pointsAt));
    FACTS.forEach(fact -> facts.add(new EndpointFact(fact, said.text(fact).strip())));
    return new EndpointSeen(endpoint.name(), members.listeningAt(pointsAt), facts);
  }

  @Override
  public void prepare(Server primary) {
    run("prepare", "ensure_prepared", file(primary), Duration.ZERO);
  }

  private List<String> file(Server primary) {
    List<String> arguments = new ArrayList<>(List.of(endpoint.databasesFile()));
    arguments.addAll(to(primary));
    arguments.add(host.call().run());
    return arguments;
  }

  @Override
  public void revertPrepared() {
    run(
        "unprepare",
        "revert_prepared",
        List.of(endpoint.databasesFile(), host.call().run()),
        Duration.ZERO);
  }

  @Override
  public Optional<String> pause(Duration within, Duration budget) {
    List<String> arguments =
        List.of(seconds(within), String.valueOf(budget.toSeconds()), holding());
    return Optional.of(run("pause", "ensure_paused", arguments, within).text("marker").strip());
  }

  /** The holders of clients. */
  private String holding() {
    return host.call().run() + " " + host.call().epoch();
  }

  /** GNU timeout takes fractions, and takes 0 for no limit. */
  private static String seconds(Duration duration) {
    return String.valueOf(Math.max(duration.toMillis(), 1) / 1000.0);
  }

  @Override
  public void resume() {
    run("resume", "revert_paused", List.of(), Duration.ZERO);
  }

  @Override
  public Optional<Long> cutOff(Server old, Duration heldAtMost) {
    List<String> arguments = new ArrayList<>(to(old));
    arguments.add(String.valueOf(heldAtMost.toSeconds()));
    arguments.add(holding());
    return run("cut clients off at", "ensure_cut_off", arguments, CUT_WITHIN)
        .optional("sessions")
        .map(String::strip)
        .map(Long::valueOf);
  }

  @Override
  public void revertCutOff() {
    run("admit clients at", "revert_cut_off", List.of(), Duration.ZERO);
  }

  @Override
  public List<String> route(Server primary) {
    run("route", "ensure_pooler_routed", file(primary), Duration.ZERO);
    return List.of();
  }

  @Override
  public List<String> point(Server primary) {
    run("point", "ensure_pooler_led", file(primary), Duration.ZERO);
    return List.of();
  }

  private static List<String> to(Server primary) {
    return List.of(primary.address(), String.valueOf(primary.instance().port()));
  }

  private Said run(String what, String function, List<String> arguments, Duration wait) {
    List<String> console =
        List.of(
            endpoint.socketDirectory().isEmpty() ? LOOPBACK : endpoint.socketDirectory(),
            String.valueOf(endpoint.port()),
            endpoint.user(),
            secrets.text("console password", endpoint.password()).strip(),
            endpoint.database());
    return host.run(
        what,
        PARTS,
        wait,
        script ->
            PoolerPause.in(script)
                .call("of_console", console)
                .each(endpoint.name(), function, arguments));
  }
}
