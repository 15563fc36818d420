package dev.mooring.dev.laws;

/**
 * A broken law.
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
