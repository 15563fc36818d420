package dev.mooring.dev.ledger;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a site holds, compared with what was written.
 *
 * @param sum what all accounts of all contents hold together
 * @param fixedSum what they must hold together
 * @param contents the ledger of each content
 */
public record LoadVerdict(long sum, long fixedSum, List<OfContent> contents) {

  public LoadVerdict {
    contents = List.copyOf(contents);
  }

  /**
   * One content's ledger.
   *
   * @param content which
   * @param rows how many rows the site holds
   * @param last the highest number among them; without gaps it equals their count
   * @param acknowledged the highest number that must be there
   * @param written the highest number that any client can have written
   * @param late how many rows at its end were written when the point was made already
   * @param prepared transfers that stand prepared
   */
  public record OfContent(
      int content,
      long rows,
      long last,
      long acknowledged,
      long written,
      long late,
      List<String> prepared) {

    public OfContent {
      prepared = List.copyOf(prepared);
    }

    private Stream<String> faults() {
      return Stream.of(
              fault(
                  rows != last,
                  "ledger has gaps: %d rows, the last is number %d".formatted(rows, last)),
              fault(
                  last < acknowledged,
                  "acknowledged rows are missing: it ends at %d, acknowledged were %d"
                      .formatted(last, acknowledged)),
              fault(
                  last > written,
                  "holds rows nobody wrote: it ends at %d, written were %d"
                      .formatted(last, written)),
              fault(
                  late > 0,
                  "holds rows from behind its point: the last %d of %d".formatted(late, rows)))
          .flatMap(List::stream)
          .map(fault -> "content " + content + " " + fault);
    }
  }

  /** What is wrong, in sentences; nothing if nothing is. */
  public List<String> faults() {
    return Stream.concat(
            fault(
                sum != fixedSum,
                "the accounts hold %d together, must hold %d: transfers are torn"
                    .formatted(sum, fixedSum))
                .stream(),
            contents.stream().flatMap(OfContent::faults))
        .toList();
  }

  /** Fails with all that is wrong. */
  public void assertExact() {
    if (!passed()) {
      throw new LawBroken("not exact: " + String.join("; ", faults()));
    }
  }

  /** Whether nothing is wrong. */
  public boolean passed() {
    return faults().isEmpty();
  }

  private static List<String> fault(boolean found, String sentence) {
    return found ? List.of(sentence) : List.of();
  }
}
