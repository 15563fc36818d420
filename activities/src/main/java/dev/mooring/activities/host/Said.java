package dev.mooring.activities.host;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The output of a script about one subject, by section.
 *
 * @param subject an instance, or {@code host}
 * @param sections the texts, as they came
 */
public record Said(String subject, Map<String, String> sections) {
  private static final int LONGEST_MESSAGE = 600;
  private static final String SHA256 = "[0-9a-f]{64}";

  public Said {
    sections = Map.copyOf(sections);
  }

  /** A section's text; a missing section is a refusal, since every script writes all of them. */
  public String text(String section) {
    return optional(section)
        .orElseThrow(
            () ->
                new InstanceRefusal(
                    FailureCode.STATE_UNREADABLE,
                    subject + ": the host said nothing about '" + section + "'"));
  }

  /** A section's text, if a script may leave it out. */
  public Optional<String> optional(String section) {
    return Optional.ofNullable(sections.get(section));
  }

  /** A section that holds a whole number. */
  public long number(String section) {
    String text = text(section).strip();
    if (!text.matches("[0-9]{1,18}")) {
      throw unreadable(section, "a whole number", text);
    }
    return Long.parseLong(text);
  }

  /** A section that must hold one of these words. */
  public String word(String section, List<String> words) {
    String text = text(section).strip();
    if (!words.contains(text)) {
      throw unreadable(section, "one of " + words, text);
    }
    return text;
  }

  /** A section that must hold the name of one of these constants. */
  public <E extends Enum<E>> E one(String section, Class<E> of) {
    return Enum.valueOf(
        of, word(section, Stream.of(of.getEnumConstants()).map(Enum::name).toList()));
  }

  /** The words of a section, in order. */
  public List<String> words(String section) {
    return Stream.of(text(section).split("\\s+", -1)).filter(word -> !word.isEmpty()).toList();
  }

  /** The lines of a section that are not blank. */
  public List<String> lines(String section) {
    return text(section).lines().filter(line -> !line.isBlank()).toList();
  }

  /** A section that holds yes or no. */
  public boolean yes(String section) {
    return word(section, List.of("yes", "no")).equals("yes");
  }

  /** A section that holds a SHA-256 in hexadecimal. */
  public String sha256(String section) {
    String text = text(section).strip();
    if (!text.matches(SHA256)) {
      throw unreadable(section, "a SHA-256 in hexadecimal", text);
    }
    return text;
  }

  /** Size and digest of the files that were there, each in a section of its own. */
  public List<ArchivedWal> archived(List<WalFileName> files) {
    return files.stream()
        .flatMap(file -> optional("archived." + file).map(text -> archived(file, text)).stream())
        .toList();
  }

  private ArchivedWal archived(WalFileName file, String sizeAndDigest) {
    String text = sizeAndDigest.strip();
    if (!text.matches("[0-9]{1,18} " + SHA256)) {
      throw unreadable("archived." + file, "a size and a SHA-256", text);
    }
    int space = text.indexOf(' ');
    return new ArchivedWal(
        file, Long.parseLong(text.substring(0, space)), text.substring(space + 1));
  }

  private IllegalArgumentException unreadable(String section, String wanted, String got) {
    return new IllegalArgumentException(
        String.format("%s: '%s' must be %s, got '%s'", subject, section, wanted, shorten(got)));
  }

  /** Throws the script's refusal, or that it ended without reporting a reason. */
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
    String[] words = failure.split(" ", 2);
    Optional<FailureCode> code = FailureCode.named(words[0]);
    if (code.isEmpty() || words.length < 2) {
      throw new IllegalArgumentException(
          "'failure' must be a failure code and a sentence, got '" + shorten(failure) + "'");
    }
    throw new InstanceRefusal(code.get(), shorten(words[1]));
  }

  /** On one line, and not too long for a message. */
  public static String shorten(String text) {
    String plain = text.strip().replaceAll("\\s*\n\\s*", "; ");
    return plain.length() <= LONGEST_MESSAGE ? plain : plain.substring(0, LONGEST_MESSAGE) + " …";
  }
}
