package dev.mooring.worker.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.worker.http.RequestBody.Read;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which of the bodies that are being read is refused. */
class BodiesUnderWayTest {
  @Test
  void the_oldest_of_65_bodies_is_refused() {
    BodiesUnderWay underWay = new BodiesUnderWay();
    List<CompletableFuture<Read>> bodies = added(underWay, 65, "192.0.2.1");
    assertThat(bodies.get(0)).isCompletedWithValueMatching(read -> read.status() == 503);
    assertThat(bodies.subList(1, 65)).noneMatch(CompletableFuture::isDone);
  }

  @Test
  void slow_bodies_of_one_address_refuse_no_older_call_of_another() {
    BodiesUnderWay underWay = new BodiesUnderWay();
    List<CompletableFuture<Read>> valid = added(underWay, 1, "192.0.2.1");
    List<CompletableFuture<Read>> slow = added(underWay, 65, "198.51.100.1");
    assertThat(valid).noneMatch(CompletableFuture::isDone);
    assertThat(slow.subList(0, 2)).allMatch(CompletableFuture::isDone);
    assertThat(slow.subList(2, 65)).noneMatch(CompletableFuture::isDone);
  }

  private static List<CompletableFuture<Read>> added(
      BodiesUnderWay underWay, int bodies, String from) {
    return Stream.generate(CompletableFuture<Read>::new)
        .limit(bodies)
        .map(body -> underWay.add(body, from))
        .toList();
  }
}
