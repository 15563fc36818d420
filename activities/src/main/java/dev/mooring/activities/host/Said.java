package dev.mooring.activities.host;

import dev.mooring.port.FailureCode;
import java.util.Map;
import java.util.Optional;

/**
 * What a script said about one subject, by section.
 *
 * @param subject an instance, or {@code host}
 * @param sections the texts, as they came
 */
public record Said(String subject, Map<String, String> sections) {
  private static final int LONGEST_MESSAGE = 600;

  public Said {
    sections = Map.copyOf(sections);
  }

  /** A section's text; absent is a refusal, since every script says all it was asked. */
  public String text(String section) {
    return optional(section)
        .orElseThrow(
            () ->
                new InstanceRefusal(
                    FailureCode.STATE_UNREADABLE,
                    subject + ": the host said nothing about '" + section + "'"));
  }

  /** A section's text, where a script may leave it out. */
  public Optional<String> optional(String section) {
    return Optional.ofNullable(sections.get(section));
  }

  /** Throws what the script refused, or that it ended without saying why. */
  public void requireDone() {
    optional("failure").ifPresent(Said::refuse);
    String exit = sections.getOrDefault("exit", "unknown");
    if (!exit.equals("0")) {
      throw new InstanceRefusal(
          FailureCode.HOST_REFUSED,
          subject
              + ": the script ended with exit status "
              + exit
              + ": "
              + shorten(sections.getOrDefault("stderr", "")));
    }
  }

  /** A refusal is the code's name, a space, a sentence. */
  static void refuse(String failure) {
    int space = failure.indexOf(' ');
    throw new InstanceRefusal(
        FailureCode.valueOf(failure.substring(0, space)), shorten(failure.substring(space + 1)));
  }

  static String shorten(String text) {
    String plain = text.strip().replaceAll("\\s*\n\\s*", "; ");
    return plain.length() <= LONGEST_MESSAGE ? plain : plain.substring(0, LONGEST_MESSAGE) + " …";
  }
}
