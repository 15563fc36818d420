package dev.mooring.dev.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.tls.Authority;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether a server is the one that was meant: content 0 has a certificate of its own address,
 * content 1 one of another name, content 2 speaks no TLS.
 */
@Tag("all")
class ServerTrustIT {
  @TempDir static Path directory = Path.of("set by JUnit");

  private static Lab lab;
  private static Fleet fleet;
  private static Authority ours;
  private static JdbcDatabaseActivities databases;

  @BeforeAll
  static void up() throws Exception {
    lab = Lab.up(LabPlan.fleet(3).named("tls").withWalFileMegabytes(1));
    fleet = new Fleet(lab);
    ours = Authority.make(directory, "ours");
    LabInstance named = lab.instance("east-0");
    serve(named, ours.vouchFor("named", "ip:" + named.host().address()));
    serve(lab.instance("east-1"), ours.vouchFor("other", "dns:db9.example.org"));
    databases =
        new JdbcDatabaseActivities(
            name -> Optional.ofNullable(lab.environment().get(name)), directory);
  }

  @AfterAll
  static void down() {
    databases.close();
    lab.close();
  }

  /** Lets a server speak TLS, and take no connection of Mooring's without it. */
  private static void serve(LabInstance instance, Authority.Identity identity) throws Exception {
    Path data = instance.dataDirectory();
    place(identity.certificate(), data.resolve("server.crt"), lab.userName());
    place(identity.key(), data.resolve("server.key"), lab.userName());
    Path rules = data.resolve("pg_hba.conf");
    Files.writeString(rules, "hostnossl all mooring all reject\n" + Files.readString(rules));
    try (var connection = lab.connect(instance);
        var statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET ssl = on");
      statement.execute("SELECT pg_reload_conf()");
    }
    fleet.awaitAnswer(instance, "SHOW ssl", "on");
  }

  private static void place(Path from, Path to, String owner) throws IOException {
    Files.copy(from, to);
    Files.setOwner(
        to, to.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner));
  }

  private static ServersObserved observed(String sslMode, String authority, String... instances) {
    DatabaseAccess access =
        new DatabaseAccess(
            "mooring", "postgres", new SecretReference("pgpass"), sslMode, authority);
    return databases.observeServers(
        new OnServers(
            fleet.call(),
            access,
            List.of(instances).stream().map(lab::instance).map(fleet::server).toList()));
  }

  private static String refused(String sslMode, String authority, String instance) {
    ServersObserved seen = observed(sslMode, authority, instance);
    assertThat(seen.observed()).isEmpty();
    InstanceFailure failure = seen.failures().get(0);
    assertThat(failure.instance().value()).isEqualTo(instance);
    assertThat(failure.code()).as(failure.message()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
    assertThat(failure.message()).doesNotContain("password");
    return failure.message();
  }

  private static String certificate() {
    return ours.certificate().toString();
  }

  @Test
  void a_server_that_its_authority_vouches_for_by_its_own_address_is_believed() throws Exception {
    assertThat(observed("verify-full", certificate(), "east-0").failures()).isEmpty();
    String encrypted =
        "SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)"
            + " WHERE a.application_name = 'mooring'";
    assertThat(fleet.ask(lab.instance("east-0"), encrypted)).isEqualTo("t");
  }

  @Test
  void a_certificate_of_another_name_is_refused_whatever_language_the_driver_speaks() {
    LabInstance other = lab.instance("east-1");
    Locale before = Locale.getDefault();
    for (Locale language : List.of(Locale.ROOT, Locale.GERMANY, Locale.JAPAN)) {
      Locale.setDefault(language);
      try {
        assertThat(refused("verify-full", certificate(), "east-1"))
            .contains("its certificate is of another name than " + other.host().address())
            .contains("give the server a certificate with that name");
      } finally {
        Locale.setDefault(before);
      }
    }
    assertThat(observed("verify-ca", certificate(), "east-1").failures()).isEmpty();
  }

  @Test
  void a_server_of_another_authority_is_refused() {
    Authority theirs = Authority.make(directory, "theirs");
    for (String mode : List.of("verify-ca", "verify-full")) {
      assertThat(refused(mode, theirs.certificate().toString(), "east-0"))
          .contains("the authority in " + theirs.certificate() + " does not vouch for it")
          .contains("database.sslRootCertificate");
    }
  }

  @Test
  void a_server_without_tls_is_refused_and_never_asked_in_the_clear() throws Exception {
    for (String mode : List.of("require", "verify-ca", "verify-full")) {
      assertThat(refused(mode, certificate(), "east-2"))
          .contains("it speaks no TLS, and database.sslMode is " + mode)
          .contains("set ssl = on there");
    }
    String asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'mooring'";
    assertThat(fleet.ask(lab.instance("east-2"), asked)).isEqualTo("0");
  }

  @Test
  void an_authority_that_can_not_be_read_is_named_before_any_server_is_asked() throws IOException {
    Path none = directory.resolve("none.pem");
    Path words = Files.writeString(directory.resolve("words.pem"), "what?\n");
    Path nothing = Files.writeString(directory.resolve("nothing.pem"), "");
    assertThat(refused("verify-full", none.toString(), "east-0"))
        .contains("the certificate authority " + none + " can't be read")
        .contains("database.sslRootCertificate");
    assertThat(refused("verify-full", words.toString(), "east-0"))
        .contains("the certificate authority " + words + " is no PEM certificate");
    assertThat(refused("verify-full", nothing.toString(), "east-0"))
        .contains("the certificate authority " + nothing + " is no PEM certificate");
    assertThat(refused("verify-full", "", "east-0"))
        .contains("the certificate authority " + directory.resolve(".postgresql/root.crt"));
  }

  @Test
  void a_server_that_wants_tls_is_not_called_unreachable_when_it_is_asked_without() {
    ServersObserved seen = observed("disable", "", "east-0");
    assertThat(seen.failures()).hasSize(1);
    assertThat(seen.failures().get(0).code()).isEqualTo(FailureCode.AUTHENTICATION_REFUSED);
  }
}
