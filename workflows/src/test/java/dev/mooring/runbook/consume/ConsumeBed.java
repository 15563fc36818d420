package dev.mooring.runbook.consume;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import org.junit.jupiter.api.AfterEach;

/** Runs of DrConsume over a fake cluster of four contents, new for each test. */
abstract class ConsumeBed {
  static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");
  static final RawRequest CONSUME = Typed.json("{'cluster':'harbour','site':'west'}");

  final TestBed bed = new TestBed(Harbour.cluster(4));

  @AfterEach
  void close() {
    bed.close();
  }

  String publish() {
    return bed.publish(PUBLISH).restorePoint();
  }

  Ended refusedOrFailed(RawRequest request) {
    return TestBed.ended(() -> bed.consume(request));
  }

  static RawRequest consume(String more) {
    return Typed.json("{'cluster':'harbour','site':'west'," + more + "}");
  }
}
