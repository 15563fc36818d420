package dev.mooring.activities.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The variables that no command gets: what logs in to Temporal, and each that a cluster file here,
 * or a secret once looked up, names as {@code env:NAME}.
 */
public final class OwnVariables {
  private static final Pattern OF_TEMPORAL =
      Pattern.compile("TEMPORAL_(API_KEY|TLS_CLIENT_KEY_DATA|GRPC_META_.*|CODEC_AUTH)");
  private static final Pattern REFERENCE =
      Pattern.compile("(?m)[:{,]\\s*[\"']?env:(\\w+)[\"']?\\s*([,}#]|$)");
  private static final Set<Path> DIRECTORIES = ConcurrentHashMap.newKeySet();
  private static final Set<String> LOOKED_UP = ConcurrentHashMap.newKeySet();

  private OwnVariables() {}

  /** The cluster files of that directory are read anew for each command. */
  public static void namedIn(Path directory) {
    DIRECTORIES.add(directory);
  }

  static void add(String variable) {
    LOOKED_UP.add(variable);
  }

  /** Takes them out of the environment of a command. */
  static void withhold(Set<String> environment) {
    Set<String> own = new HashSet<>(LOOKED_UP);
    for (Path directory : DIRECTORIES) {
      String[] files = directory.toFile().list((in, name) -> name.endsWith(".yaml"));
      for (String file : files == null ? new String[0] : files) {
        REFERENCE
            .matcher(text(directory.resolve(file)))
            .results()
            .forEach(found -> own.add(found.group(1)));
      }
    }
    environment.removeIf(name -> own.contains(name) || OF_TEMPORAL.matcher(name).matches());
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      return "";
    }
  }
}
