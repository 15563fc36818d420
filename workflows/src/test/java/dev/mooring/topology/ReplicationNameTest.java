package dev.mooring.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.Strait;
import dev.mooring.topology.PatroniPolicy.Member;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a standby is called among slots and as application_name. */
class ReplicationNameTest {
  @ParameterizedTest
  @CsvSource({"west-0,west_0", "DB01,db01", "pg_2,pg_2"})
  void holds_what_the_name_of_a_slot_may_hold(String id, String name) {
    assertThat(Instance.replicationName(id)).isEqualTo(name);
  }

  /** What slot_name_from_member_name of Patroni 3.0.2 answers. */
  @ParameterizedTest
  @CsvSource({
    "pg.,pg_west_0",
    "PG~,pgu0126west_0",
    "'pg 1 ',pgu00321u0032west_0",
    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg,"
        + "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"
  })
  void where_patroni_runs_it_is_as_patroni_makes_it(String prefix, String slot) {
    Member member = new Member(new InstanceId("west-0"), prefix + "west-0", "10.0.0.1", 8008);
    assertThat(member.slot()).isEqualTo(slot);
  }

  @Test
  void two_that_would_have_one_name_are_refused() {
    assertThatThrownBy(() -> Strait.cluster("id: east-1,", "id: west_0,"))
        .hasMessageContaining("the slot of instance 'west_0' would be called west_0, as that of");
  }

  @Test
  void an_id_that_no_name_can_be_made_of_is_refused() {
    assertThatThrownBy(() -> Strait.cluster("id: east-1,", "id: \"east 1'\","))
        .hasMessageContaining("id");
  }
}
