package dev.mooring.runbook.startprimary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.topology.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The primary is found by its virtual address, its configuration, its authority, in this order. */
class StoppedPrimaryTest {
  private static final Cluster WITH_ADDRESS =
      Strait.cluster(
          "endpoints:\n",
          "endpoints:\n  - {name: vip, virtualIp: {address: 192.0.2.10/24, device: eth0}}\n");

  private final StartBed strait = new StartBed(WITH_ADDRESS);

  @AfterEach
  void close() {
    strait.close();
  }

  private String headline(String json) {
    return strait.run(json).headline();
  }

  @Test
  void the_holder_of_the_virtual_address_comes_first() {
    strait.members().kill("east-0");
    strait.members().promote("west-0");
    strait.members().kill("west-0");
    assertThat(headline("{'cluster':'strait'}"))
        .contains("starting east-0", "west-0 later-primary");
    assertThat(headline("{'cluster':'strait','instance':'west-0'}")).contains("starting west-0");
  }

  /** It leads to all that its host has. */
  @Test
  void a_standby_beside_the_holder_of_the_virtual_address_is_none() {
    try (StartBed shared = new StartBed(Strait.onOneHost(WITH_ADDRESS))) {
      shared.members().kill("east-0");
      assertThat(shared.run("{'cluster':'strait'}").headline())
          .startsWith("east-0 is the primary, its host holds the virtual address");
    }
  }

  @Test
  void without_an_address_it_is_the_one_that_is_no_standby() {
    strait.world().endpoints().away("vip", true);
    strait.members().kill("east-0");
    strait.members().moved("west-0", 3);
    assertThat(headline("{'cluster':'strait'}")).contains("starting east-0");
  }

  @Test
  void where_all_are_standbys_it_is_the_one_that_authority_files_name() {
    strait.world().endpoints().away("vip", true);
    strait.members().kill("east-0");
    strait.world().trouble().hostAnswers("e0", false);
    strait.members().moved("east-0", 3);
    Ended ended = strait.ended("{'cluster':'strait'}");
    assertThat(ended.record().code()).isEqualTo("HOST_UNREACHABLE");
    assertThat(ended.record().headline())
        .startsWith("east-0 is the primary, the authority file of its host names it, and its host");
  }

  @Test
  void two_primaries_are_an_error_that_names_both() {
    strait.world().endpoints().away("vip", true);
    strait.members().promote("west-0");
    Ended ended = strait.ended("{'cluster':'strait'}");
    assertThat(ended.record().code()).isEqualTo("TWO_PRIMARIES");
    assertThat(ended.record().headline())
        .startsWith("east-0 and west-0 are primaries, both: its host shows it as no standby");
  }

  @Test
  void where_nobody_is_shown_a_person_has_to_name_it() {
    strait.world().endpoints().away("vip", true);
    strait.members().kill("east-0");
    strait.world().trouble().hostAnswers("e0", false);
    Ended ended = strait.ended("{'cluster':'strait'}");
    assertThat(ended.record().code()).isEqualTo("NO_PRIMARY");
    assertThat(ended.record().headline())
        .contains("name it: `--instance ID`")
        .contains("not read: east-0: ");
    Ended unknown = strait.ended("{'cluster':'strait','instance':'north-0'}");
    assertThat(unknown.record().code()).isEqualTo("BAD_INPUT");
  }
}
