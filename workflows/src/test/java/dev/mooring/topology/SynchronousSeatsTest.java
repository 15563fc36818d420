package dev.mooring.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import java.util.Arrays;
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
    Instance writes =
        cluster.members().stream()
            .filter(member -> member.id().value().equals(primary))
            .findFirst()
            .orElseThrow();

    assertThat(SynchronousSeats.of(cluster, writes, member -> member.id().value().equals(before)))
        .extracting(member -> member.id().value())
        .containsExactlyElementsOf(Arrays.asList(seats.split(",")));
  }
}
