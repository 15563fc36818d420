package dev.mooring.activities.role;

import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Token;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/** Calls a script's act on the right to write; {@code acts_on} of writer.sh reads the words. */
final class ActOnWriter {
  private ActOnWriter() {}

  /**
   * Calls the act for one instance.
   *
   * @param words further arguments of the act
   */
  static void call(
      Script script, Token token, Instance instance, String function, List<String> words) {
    List<String> arguments = new ArrayList<>(OfInstance.words(instance));
    arguments.addAll(token.arguments(instance));
    arguments.addAll(words);
    OfInstance.call(script, instance, function, arguments);
  }
}
