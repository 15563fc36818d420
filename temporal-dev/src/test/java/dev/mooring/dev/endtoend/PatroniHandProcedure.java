package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPatroni;
import java.util.List;

/** A person who fails over while Patroni's store is silent, as a plan says, line by line. */
final class PatroniHandProcedure {
  /** What it asks: the name, whether one knows what one does, and who leads if anybody does. */
  private static final String REMOVE =
      "printf '%s\\n' \"$1\" 'Yes I am aware' \"$2\" | patronictl -c \"$3\" remove \"$1\"";

  private final Lab lab;
  private final LabInstance old;
  private final LabInstance to;
  private final MoveByHand typed;

  PatroniHandProcedure(Lab lab, LabInstance old, LabInstance to) {
    this.lab = lab;
    this.old = old;
    this.to = to;
    this.typed = new MoveByHand(lab);
  }

  /** Types them all, and does what is said in words. */
  void type(List<String> lines) {
    lines.stream().skip(1).forEach(this::type);
  }

  private void type(String line) {
    if (line.contains(", stop Patroni of ")) {
      stop(named(line, ", stop Patroni of "));
    } else if (line.contains("`patronictl remove ")) {
      forget();
    } else if (line.contains(", start Patroni of ")) {
      patroni().start(named(line, ", start Patroni of "));
      assertThat(patroni().awaitLeader()).isEqualTo(to);
    } else if (line.contains(". start Patroni of ")) {
      lab.instances().stream()
          .filter(one -> !one.equals(old) && !one.equals(to))
          .forEach(patroni()::start);
    } else if (line.contains("then start Patroni there")) {
      typed.type(List.of("", line));
      patroni().start(old);
    } else if (!isWords(line)) {
      typed.type(List.of("", line));
    }
  }

  private static boolean isWords(String line) {
    return line.startsWith("2. ")
        || line.contains("an HAProxy that ")
        || line.contains("once Mooring");
  }

  private LabPatroni patroni() {
    return lab.patroni().orElseThrow();
  }

  private LabInstance named(String line, String after) {
    return lab.instance(line.split(after, 2)[1].split("[ :]", 2)[0]);
  }

  private void stop(LabInstance instance) {
    if (patroni().isRunning(instance)) {
      patroni().stop(instance);
    }
  }

  /** The store holds what it held before. */
  private void forget() {
    patroni().startStore();
    String configuration = to.host().directory().resolve("patroni.yml").toString();
    lab.run(to.host(), "sh", "-c", REMOVE, "remove", lab.name(), old.id(), configuration);
  }
}
