package dev.mooring.dev.laws;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.ledger.LawBroken;
import dev.mooring.dev.prober.Prober;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The laws over one test: a client tries to write to every instance from the beginning on, and at
 * the end servers, archives and evidence are read again. A test declares beforehand what it breaks
 * by hand, with the reason.
 *
 * <p>Law 3 is kept by types, and has a check too, as evidence could name the wrong system.
 */
public final class Laws implements AutoCloseable {
  private static final int ONE_WRITER = 1;
  private static final List<Law> LATER =
      List.of(
          new ProofOnEveryInstance(),
          new PositionsOfOneSystem(),
          new ChainBeforeStart(),
          new NeverBeyondTarget(),
          new CleanArchive(),
          new DoneOnce(),
          new TakenBack(),
          new AskedUnderOneFile(),
          new ApprovedFirst(),
          new UnreadableStops(),
          new RefusedOnHost(),
          new OverriddenByName(),
          new LostWalKept());

  private static final List<Integer> NUMBERS =
      Stream.concat(Stream.of(ONE_WRITER), LATER.stream().map(Law::number)).distinct().toList();

  private final Lab lab;
  private final Prober prober;
  private final ArchiveDigests archived;
  private final Map<Integer, String> excused = new HashMap<>();

  private Laws(Lab lab) {
    this.lab = lab;
    this.archived = ArchiveDigests.of(lab);
    this.prober = lab.prober();
  }

  /** Begins to watch. */
  public static Laws over(Lab lab) {
    return new Laws(lab);
  }

  /** Leaves out a law that the test itself breaks by hand. */
  public void without(int law, String reason) {
    excused.put(law, reason);
  }

  /** Every law that does not hold now. */
  public List<Breach> breaches() {
    Observed observed = new Observed(lab, archived);
    return NUMBERS.stream()
        .filter(law -> !excused.containsKey(law))
        .flatMap(law -> against(law, observed).stream())
        .toList();
  }

  /** The facts that break one law now, whatever was left out. */
  public List<String> against(int law) {
    return against(law, new Observed(lab, archived)).stream().map(Breach::what).toList();
  }

  private List<Breach> against(int law, Observed observed) {
    Stream<String> found =
        law == ONE_WRITER
            ? OneWriter.against(prober.seen()).stream()
            : LATER.stream()
                .filter(l -> l.number() == law)
                .flatMap(l -> l.against(observed).stream());
    return found.map(what -> new Breach(law, what)).toList();
  }

  /** Fails with all that speaks against any law. */
  public void assertAll() {
    List<Breach> breaches = breaches();
    if (!breaches.isEmpty()) {
      throw new LawBroken(
          breaches.stream().map(Breach::toString).collect(Collectors.joining("\n", "\n", "")));
    }
  }

  @Override
  public void close() {
    prober.close();
  }
}
