package dev.mooring.dev.ledger;

import java.util.List;
import java.util.stream.Stream;

/**
 * A site's data compared with the writes.
 *
 * @param sum the sum of all accounts of all contents
 * @param fixedSum the sum that they must have
 * @param contents the ledger of each content
 */
public record LoadVerdict(long sum, long fixedSum, List<OfContent> contents) {

  public LoadVerdict {
    contents = List.copyOf(contents);
  }

  /**
   * One content's ledger.
   *
   * @param content its id
   * @param rows how many rows the site has
   * @param last the highest number among them; without gaps it equals their count
   * @param acknowledged the highest number that must be there
   * @param written the highest number that any client can have written
   * @param late how many rows at its end were written after the point was made
   * @param prepared transfers that are still prepared
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

  /** The faults, in sentences; empty if there are none. */
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
