package dev.mooring.activities.role;

import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Token;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/** How a script's act on who may write is called: {@code acts_on} of writer.sh reads it so. */
final class ActOnWriter {
  private ActOnWriter() {}

  /**
   * Calls it for one instance.
   *
   * @param words what the act is given beside
   */
  static void call(
      Script script, Token token, Instance instance, String function, List<String> words) {
    List<String> arguments = new ArrayList<>(OfInstance.words(instance));
    arguments.addAll(token.arguments(instance));
    arguments.addAll(words);
    OfInstance.call(script, instance, function, arguments);
  }
}
