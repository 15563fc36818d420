package dev.mooring.dev.contract;

import dev.mooring.activities.access.HostAccessActivities;
import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.PromotionGuard;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.jdbc.JdbcAccountActivities;
import dev.mooring.activities.jdbc.JdbcConnectionActivities;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.activities.jdbc.JdbcReplicationActivities;
import dev.mooring.activities.role.HostFailoverActivities;
import dev.mooring.activities.role.HostPrimaryActivities;
import dev.mooring.activities.role.HostRehearsalActivities;
import dev.mooring.activities.role.HostRoleActivities;
import dev.mooring.activities.witness.HostWitnessActivities;
import dev.mooring.contract.Limit;
import dev.mooring.contract.RoleSteps;
import dev.mooring.contract.StreamingWorld;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.LabPower;
import dev.mooring.port.AccessActivities;
import dev.mooring.port.AccountActivities;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.HostWork;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.WitnessActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A lab whose standbys stream as the contracts of the ports see it, through the adapters. Its
 * primary has its configuration where Debian has it.
 */
final class StreamingRealWorld implements StreamingWorld, AutoCloseable {
  private final Lab lab;
  private final Cluster cluster;
  private final JdbcReplicationActivities replication;
  private final StreamingRealHands hands;
  private final JdbcConnectionActivities attempts;
  private final JdbcAccountActivities accounts;

  /** Long enough for a busy machine to let somebody in. */
  private final Hosts hosts = new Hosts(Limit.seconds(20));

  private final HostWitnessActivities witnesses = new HostWitnessActivities(hosts);

  StreamingRealWorld(String name) {
    lab =
        Lab.up(
            LabPlan.streaming(2).named(name).withWalFileMegabytes(1).configuredOutside("east-0"));
    cluster = new ClusterFiles(lab.configDirectory()).read(new ClusterName(lab.name()));
    serializable(
        List.of(
            cluster.policies().database().user(),
            cluster.streaming().orElseThrow().replication().login().user()));
    lab.snapshot();
    replication =
        new JdbcReplicationActivities(
            this::environment, Path.of("/nonexistent"), () -> Duration.ZERO);
    attempts = new JdbcConnectionActivities(this::environment, Path.of("/nonexistent"));
    accounts =
        new JdbcAccountActivities(this::environment, Path.of("/nonexistent"), () -> Duration.ZERO);
    hands = new StreamingRealHands(lab);
  }

  /** In such a transaction a standby answers no query. */
  private void serializable(List<String> roles) {
    try (Connection connection = lab.connect(lab.instance("east-0"));
        Statement statement = connection.createStatement()) {
      for (String role : roles) {
        statement.execute(
            "ALTER ROLE " + role + " SET default_transaction_isolation = serializable");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<String> environment(String variable) {
    return Optional.ofNullable(lab.environment().get(variable));
  }

  Lab lab() {
    return lab;
  }

  @Override
  public Cluster cluster() {
    return cluster;
  }

  @Override
  public RoleActivities roles(long attempt) {
    hands.touch();
    return new HostRoleActivities(
        hosts, HostDeadlines.USUAL, numbered(attempt), new Secrets(this::environment));
  }

  private static Attempt numbered(long attempt) {
    return new Attempt() {
      @Override
      public long number() {
        return attempt;
      }

      @Override
      public void report(Object details) {}
    };
  }

  @Override
  public PrimaryActivities primaries(long attempt) {
    hands.touch();
    return new HostPrimaryActivities(hosts, HostDeadlines.USUAL, numbered(attempt));
  }

  @Override
  public FailoverActivities failovers(long attempt) {
    hands.touch();
    return new HostFailoverActivities(hosts, HostDeadlines.USUAL, numbered(attempt));
  }

  @Override
  public AccessActivities access(long attempt) {
    hands.touch();
    return new HostAccessActivities(
        hosts, HostDeadlines.USUAL, numbered(attempt), new Secrets(this::environment));
  }

  @Override
  public AccountActivities accounts() {
    hands.makeSuperuser("east-0");
    return accounts;
  }

  @Override
  public RehearsalActivities rehearsals() {
    hands.touch();
    return new HostRehearsalActivities(hosts, HostDeadlines.USUAL);
  }

  @Override
  public void commitsWaitForNobody(String primary, String role) {
    hands.commitsWaitForNobody(primary, role, cluster.policies().database().database());
  }

  @Override
  public void admitsNoStandbys(String instance) {
    hands.admitNoStandbys(instance);
  }

  @Override
  public HostWork ignoringFences(String instance) {
    return new ScratchPrograms(lab, instance).ignoringFences(cluster);
  }

  @Override
  public void asksBeforePromotion(String instance) {
    Host host = new RoleSteps(this).host(instance);
    lab.run(
        lab.instance(instance).host(),
        "sh",
        "-c",
        "mkdir -p \"${1%/*}\" && printf %s \"$2\" >\"$1\" && chmod 755 \"$1\"",
        "hook",
        PromotionGuard.on(host),
        PromotionGuard.TEXT);
  }

  @Override
  public void tearRehearsal(String instance) {
    Path record =
        lab.instance(instance)
            .host()
            .mooring()
            .resolve(lab.name())
            .resolve(instance + ".rehearsed");
    lab.run(lab.instance(instance).host(), "truncate", "-s", "20", record.toString());
  }

  @Override
  public WitnessActivities witnesses() {
    return witnesses;
  }

  @Override
  public ConnectionActivities attempts() {
    return attempts;
  }

  @Override
  public ReplicationActivities replication() {
    return replication;
  }

  DatabaseActivities databases() {
    return new JdbcDatabaseActivities(this::environment, Path.of("/nonexistent"));
  }

  @Override
  public EndpointActivities endpoints() {
    throw new IllegalStateException("no adapter of EndpointActivities is bound here");
  }

  /** Of its host nothing is off but its server: the host itself goes on answering. */
  @Override
  public FenceCommand powerSwitch(String instance, PowerSwitch behaves, From from) {
    hands.touch();
    LabPower power = LabPower.of(lab.instance(instance));
    return new FenceCommand(
        new HostName(lab.instance(instance).host().name()),
        from,
        behaves == PowerSwitch.WORKS ? power.off() : ":",
        switch (behaves) {
          case TELLS_NOTHING -> "echo no route to {address}; exit 3";
          case SAYS_OFF -> "echo power is off";
          case WORKS, DOES_NOTHING -> power.check();
        },
        Duration.ofSeconds(5));
  }

  /** A lab that nobody touched is not made anew: that takes seconds. */
  @Override
  public void renew() {
    if (hands.haveTouched()) {
      hands.letGo();
      lab.restore();
      hands.untouched();
    }
  }

  @Override
  public StreamingRealHands hands() {
    return hands;
  }

  @Override
  public void close() {
    replication.close();
    attempts.close();
    accounts.close();
    witnesses.close();
    hosts.close();
    lab.close();
  }
}
