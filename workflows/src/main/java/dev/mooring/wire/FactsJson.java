package dev.mooring.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Receipt.Fact;
import java.util.List;

/** Facts as receipts, reports and commands write them. */
public final class FactsJson {
  /** Of a check that holds; other facts have no such field. */
  static final String GOOD = "good";

  private FactsJson() {}

  /** Adds them to an array, each with its name and its value. */
  public static void into(ArrayNode array, List<Fact> facts) {
    for (Fact fact : facts) {
      ObjectNode one = array.addObject().put("name", fact.name()).put("value", fact.value());
      if (fact.good()) {
        one.put(GOOD, true);
      }
    }
  }

  static List<Fact> read(JsonFields fields, String name) {
    return fields.objects(name).stream()
        .map(fact -> new Fact(fact.text("name"), fact.text("value"), fact.flagOrAbsent(GOOD)))
        .toList();
  }
}
