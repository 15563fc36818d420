package dev.mooring.dev.secrets;

import dev.mooring.wire.HistoryFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.InflaterInputStream;

/**
 * Secrets in every form in which they could have been written down: as they are, as JSON and URLs
 * write them, in hex, and in base64 wherever in a longer text they stand. A packed history is
 * looked through as it is, unpacked, and in each of its payloads.
 */
public final class Sought {
  private static final long READ_AT_MOST = 20_000_000;
  private static final Pattern PAYLOAD = Pattern.compile("\"data\": *\"([A-Za-z0-9+/=]+)\"");

  private final Map<String, Set<String>> forms = new LinkedHashMap<>();

  /** Looks for one more, which is called so in what is found. */
  public Sought with(String name, String secret) {
    Set<String> all = new LinkedHashSet<>();
    for (String form : formsOf(secret)) {
      all.add(latin(form.getBytes(StandardCharsets.UTF_8)));
    }
    all.add(latin(secret.getBytes(StandardCharsets.ISO_8859_1)));
    forms.put(name, all);
    return this;
  }

  private static List<String> formsOf(String secret) {
    String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    String spaced = url.replace("+", "%20");
    List<String> all =
        new ArrayList<>(
            List.of(
                secret,
                inJson(secret),
                inAscii(secret, "\\u%04x"),
                inAscii(secret, "\\u%04X"),
                secret.replace("'", "''"),
                secret.replace("'", "'\\''"),
                url,
                spaced,
                spaced.toLowerCase(Locale.ROOT)));
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    all.add(HexFormat.of().formatHex(bytes));
    all.add(HexFormat.of().withUpperCase().formatHex(bytes));
    for (int before = 0; before < 3; before++) {
      all.add(inBase64(bytes, before, Base64.getEncoder()));
      all.add(inBase64(bytes, before, Base64.getUrlEncoder()));
    }
    return all;
  }

  private static String inJson(String secret) {
    return secret.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  /** As a writer of JSON has it that writes nothing but ASCII. */
  private static String inAscii(String secret, String escape) {
    return inJson(secret)
        .chars()
        .mapToObj(c -> c < 128 ? Character.toString(c) : escape.formatted(c))
        .collect(Collectors.joining());
  }

  /** What stands in the base64 of any text that has that many bytes, modulo 3, before these. */
  private static String inBase64(byte[] bytes, int before, Base64.Encoder encoder) {
    byte[] text = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, text, before, bytes.length);
    String encoded = encoder.withoutPadding().encodeToString(text);
    int certainFrom = before == 0 ? 0 : before + 1;
    return encoded.substring(certainFrom, text.length * 8 / 6);
  }

  /** What was found in these bytes, one line each. */
  public List<String> in(String place, byte[] bytes) {
    String text = latin(bytes);
    List<String> found = new ArrayList<>();
    forms.forEach(
        (name, all) ->
            all.stream()
                .filter(text::contains)
                .findFirst()
                .ifPresent(form -> found.add(place + " holds the " + name + " as " + form)));
    return found;
  }

  /** What was found in a text. */
  public List<String> in(String place, String text) {
    return in(place, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What was found in the files below a directory, but for those below others.
   *
   * @param files counts what was read, by its path
   */
  public List<String> below(Path directory, Collection<Path> butFor, Set<Path> files)
      throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file :
          all.filter(Files::isRegularFile)
              .filter(file -> butFor.stream().noneMatch(file::startsWith))
              .toList()) {
        found.addAll(inFile(file));
        files.add(file);
      }
    }
    return found;
  }

  /** Too large to look through counts as found: nobody knows what it holds. */
  private List<String> inFile(Path file) throws IOException {
    String name = file.toString();
    try {
      if (Files.size(file) > READ_AT_MOST) {
        return List.of(name + " is too large to look through");
      }
      byte[] bytes = Files.readAllBytes(file);
      return name.endsWith(".json.gz") ? inHistory(name, bytes) : in(name, bytes);
    } catch (NoSuchFileException goneMeanwhile) {
      return List.of();
    }
  }

  private List<String> inHistory(String name, byte[] packed) {
    String json = HistoryFormat.unpack(packed);
    List<String> found = new ArrayList<>(in(name, packed));
    found.addAll(in(name + ", unpacked,", json));
    PAYLOAD
        .matcher(json)
        .results()
        .map(payload -> Base64.getDecoder().decode(payload.group(1)))
        .forEach(
            data -> {
              found.addAll(in(name + ", in a payload,", data));
              found.addAll(in(name + ", in a large payload,", inflated(data)));
            });
    return found;
  }

  /** What a large payload was before it was packed; nothing of one that is not. */
  private static byte[] inflated(byte[] data) {
    try (InflaterInputStream plain = new InflaterInputStream(new ByteArrayInputStream(data))) {
      return plain.readAllBytes();
    } catch (IOException notPacked) {
      return new byte[0];
    }
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
