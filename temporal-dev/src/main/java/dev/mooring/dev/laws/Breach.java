package dev.mooring.dev.laws;

/**
 * A law that does not hold.
 *
 * @param law its number
 * @param what the fact, naming the instance, file or document
 */
public record Breach(int law, String what) {
  @Override
  public String toString() {
    return "law " + law + ": " + what;
  }
}
