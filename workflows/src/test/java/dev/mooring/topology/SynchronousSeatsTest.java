package dev.mooring.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who sits in the seats of the cluster file, whoever the primary is. */
class SynchronousSeatsTest {
  private static final String PASSWORD = "\"file:/etc/mooring/replication\"}";

  private static Cluster named(int number, String instances) {
    return Strait.cluster(
        PASSWORD,
        PASSWORD.replace(
            "}",
            String.format(
                ", synchronous: {method: any, number: %d, instances: [%s]}}", number, instances)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // must confirm | named | primary | before it | seats
        "1 | west-0,east-1        | east-0 | east-0 | west-0,east-1",
        // there, and on to a third: never fewer than must confirm while one is left
        "1 | west-0,east-1        | west-0 | east-0 | east-0,east-1",
        "1 | west-0,east-1        | east-1 | west-0 | west-0",
        "2 | west-0,east-1        | west-0 | east-0 | east-0,east-1",
        "2 | west-0,east-1        | east-1 | west-0 | west-0,east-0",
        "1 | west-0               | west-0 | east-1 | east-1",
        "1 | west-0               | east-1 | west-0 | west-0",
        // all that may be the primary are named: the others of them, as its page says
        "1 | east-0,east-1,west-0 | west-0 | east-0 | east-0,east-1",
        "1 | east-0,west-0        | east-0 | east-0 | west-0",
      })
  void a_primary_that_is_named_leaves_its_seat_to_one_that_is_not(
      int number, String named, String primary, String before, String seats) {
    Cluster cluster = named(number, named);
    assertThat(
            SynchronousSeats.of(
                cluster, member(cluster, primary), other -> other.id().value().equals(before)))
        .extracting(member -> member.id().value())
        .containsExactlyElementsOf(Arrays.asList(seats.split(",")));
  }

  @Test
  void a_name_within_another_is_not_that_member() {
    Cluster cluster = named(1, "west-0,east-0");
    Instance primary = member(cluster, "west-0");
    assertThat(SynchronousSeats.of(cluster, primary, "ANY 1 (east_10, east_0)"))
        .extracting(member -> member.id().value())
        .containsExactly("east-0");
    assertThat(SynchronousSeats.of(cluster, primary, "ANY 1 (EAST_1, east_0)"))
        .extracting(member -> member.id().value())
        .containsExactly("east-1", "east-0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // named | primary | possible
        "west-0,east-1        | east-0 | west-0,east-1",
        "east-0,east-1        | east-0 | east-1,west-0",
        "east-0               | east-0 | east-1,west-0",
        "east-0,east-1,west-0 | west-0 | east-0,east-1",
      })
  void each_that_is_not_named_may_have_the_seat_of_a_primary_that_is(
      String named, String primary, String possible) {
    Cluster cluster = named(1, named);
    assertThat(SynchronousSeats.possible(cluster, member(cluster, primary)))
        .extracting(member -> member.id().value())
        .containsExactlyElementsOf(Arrays.asList(possible.split(",")));
  }

  /** It confirms no commit. */
  @Test
  void a_standby_that_the_archive_alone_feeds_has_no_seat() {
    Cluster cluster = named(1, "east-0,east-1");
    List<Instance> fed =
        cluster.instances().stream()
            .map(
                one ->
                    new Instance(
                        one.id(),
                        one.site(),
                        one.content(),
                        one.host(),
                        one.port(),
                        one.dataDirectory(),
                        one.manager(),
                        one.dbid(),
                        one.mirror(),
                        one.id().value().equals("west-0") ? Instance.ARCHIVE : one.upstream()))
            .toList();
    Cluster archive =
        new Cluster(
            cluster.name(),
            cluster.kind(),
            cluster.digest(),
            cluster.sites(),
            cluster.hosts(),
            fed,
            cluster.policies());
    assertThat(SynchronousSeats.possible(archive, member(archive, "east-0")))
        .extracting(member -> member.id().value())
        .containsExactly("east-1");
  }

  private static Instance member(Cluster cluster, String id) {
    return cluster.members().stream()
        .filter(member -> member.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
