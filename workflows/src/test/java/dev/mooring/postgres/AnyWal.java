package dev.mooring.postgres;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Any position, timeline and WAL file size there can be, edges first. */
class AnyWal extends DomainContextBase {

  @Provide
  Arbitrary<Lsn> lsns() {
    return Arbitraries.longs()
        .edgeCases(edges -> edges.add(1L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32))
        .filter(value -> value != 0)
        .map(Lsn::new);
  }

  @Provide
  Arbitrary<TimelineId> timelines() {
    return Arbitraries.longs().between(1, 0xFFFFFFFFL).map(TimelineId::new);
  }

  @Provide
  Arbitrary<WalSegmentSize> sizes() {
    return Arbitraries.integers().between(20, 30).map(power -> new WalSegmentSize(1L << power));
  }
}
