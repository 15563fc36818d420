package dev.mooring.activities.host;

import dev.mooring.postgres.HostNeeds;
import java.util.stream.Stream;

/**
 * The words that name, for a script's function {@code needs}, what an instance needs of its host.
 */
public final class NeedWords {
  private NeedWords() {}

  /** Adds the part that checks it. */
  public static Script in(Script script) {
    return script.with(NeedWords.class, "needs.sh");
  }

  /** Kind and name of each thing, one after the other. */
  public static Stream<String> of(HostNeeds needs) {
    return Stream.of(
            needs.libraries().stream().flatMap(library -> Stream.of("library", library)),
            needs.locales().stream().flatMap(locale -> Stream.of("locale", locale)),
            needs.tablespaces().stream()
                .flatMap(one -> Stream.of("tablespace", one.oid() + " " + one.location())))
        .flatMap(each -> each);
  }
}
