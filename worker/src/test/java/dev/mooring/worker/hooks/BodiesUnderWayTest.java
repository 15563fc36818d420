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
    List<CompletableFuture<Read>> bodies =
        Stream.generate(CompletableFuture<Read>::new).limit(65).map(underWay::add).toList();
    assertThat(bodies.get(0)).isCompletedWithValueMatching(read -> read.status() == 503);
    assertThat(bodies.subList(1, 65)).noneMatch(CompletableFuture::isDone);
  }
}
