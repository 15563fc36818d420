package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.Secrets;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.StreamingPolicy.Login;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandbySettingsTest {
  private static final String FILE = "/var/lib/mooring/harbour/east-0.pgpass";

  private static StandbySettings settings(
      String reference, String password, List<String> hosts, String restoreCommand) {
    List<Upstream> upstream =
        hosts.stream()
            .map(
                host ->
                    new Upstream(
                        new InstanceId("west-0"),
                        host,
                        5432,
                        new Login(
                            "streams",
                            new SecretReference(reference),
                            "VERIFY-FULL",
                            "/etc/ssl/harbour's ca.pem"),
                        "east_0",
                        "east_0"))
            .toList();
    return StandbySettings.of(
        upstream, restoreCommand, FILE, new Secrets(name -> Optional.of(password)));
  }

  @Test
  void connects_by_a_password_file_of_its_own() {
    StandbySettings set = settings("env:P", "s:e\\c'ret", List.of("10.0.0.2"), "cp \"/a/%f\" %p");
    assertThat(set.passwords()).isEqualTo("10.0.0.2:5432:*:streams:s\\:e\\\\c'ret\n");
    assertThat(set.settings().lines())
        .containsExactly(
            "primary_conninfo = 'host=10.0.0.2 port=5432 user=streams passfile="
                + FILE
                + " application_name=east_0 sslmode=verify-full"
                + " sslrootcert=''/etc/ssl/harbour\\\\''s ca.pem'''",
            "primary_slot_name = 'east_0'",
            "restore_command = 'cp \"/a/%f\" %p'",
            "recovery_target_timeline = 'latest'");
    assertThat(set.toString()).doesNotContain("ret");
  }

  @Test
  void an_address_with_colons_stays_one_field_of_the_password_file() {
    assertThat(settings("env:P", "secret", List.of("fd00::2"), "").passwords())
        .isEqualTo("fd00\\:\\:2:5432:*:streams:secret\n");
  }

  @Test
  void the_servers_own_password_file_is_named_nowhere() {
    StandbySettings set = settings("pgpass", "unused", List.of("10.0.0.2"), "");
    assertThat(set.passwords()).isEmpty();
    assertThat(set.settings()).doesNotContain("passfile");
  }

  @Test
  void several_are_tried_in_their_order_and_none_is_the_archive_alone() {
    assertThat(settings("env:P", "secret", List.of("10.0.0.2", "10.0.0.3"), "").settings())
        .contains("host=10.0.0.2,10.0.0.3 port=5432,5432 ");
    assertThat(settings("env:P", "secret", List.of(), "cp %f %p").settings().lines())
        .containsExactly(
            "primary_conninfo = ''",
            "primary_slot_name = ''",
            "restore_command = 'cp %f %p'",
            "recovery_target_timeline = 'latest'");
  }

  @Test
  void a_password_of_two_lines_is_refused_and_not_repeated() {
    assertThatThrownBy(() -> settings("env:P", "two\nlines", List.of("10.0.0.2"), ""))
        .hasMessageContaining("must be one line")
        .message()
        .doesNotContain("two\nlines");
  }
}
