package dev.mooring.worker.hooks;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.mooring.topology.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The file of a worker's hooks: the address for calls, and the runs that each hook starts.
 *
 * @param listen {@code ADDRESS:PORT}
 * @param keystore path of the PKCS #12 file with its certificate and key; empty for plain HTTP
 * @param keystorePassword where its password is found, or empty
 * @param webUi where Temporal's Web UI is, for links in answers; or empty
 * @param hooks the hooks that may be called
 */
public record HookFile(
    @JsonSetter(nulls = Nulls.AS_EMPTY) String listen,
    @JsonSetter(nulls = Nulls.AS_EMPTY) String keystore,
    @JsonSetter(nulls = Nulls.AS_EMPTY) String keystorePassword,
    @JsonSetter(nulls = Nulls.AS_EMPTY) String webUi,
    @JsonSetter(nulls = Nulls.AS_EMPTY) List<Hook> hooks) {

  /** The arguments of a run that only a person may give, never a call. */
  private static final Set<String> A_PERSONS =
      Set.of(
          "cluster",
          "from",
          "mode",
          "digest",
          "overrides",
          "lost",
          "when",
          "systemIdentifierEnds",
          "by",
          "reason");

  /** An address that only this machine reaches, and its port. */
  private static final String HERE = "(localhost|127\\.0\\.0\\.1|\\[?::1]?):[0-9]+";

  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public HookFile {
    hooks = List.copyOf(hooks);
  }

  /**
   * A hook, called as {@code POST /hooks/NAME}.
   *
   * @param format {@code alertmanager}: its webhook, each of its alerts separately; {@code json}:
   *     one object, in which {@code incident} and {@code startsAt} point to its value
   * @param bearer where the token of its calls is found, or empty
   * @param hmac where the secret of its calls' signatures is found, or empty
   * @param perMinute how many runs it starts in a minute; null for the usual 60
   * @param incident where a generic call names its incident
   * @param startsAt the beginning of the incident in a generic call, in ISO 8601
   * @param rules the first that matches counts
   */
  public record Hook(
      @JsonSetter(nulls = Nulls.AS_EMPTY) String name,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String format,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String bearer,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String hmac,
      @Nullable Integer perMinute,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String incident,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String startsAt,
      @JsonSetter(nulls = Nulls.AS_EMPTY) List<Rule> rules) {
    private static final String ALERTMANAGER = "alertmanager";
    private static final String JSON = "json";
    private static final int USUAL_PER_MINUTE = 60;
    private static final int MOST_PER_MINUTE = 6000;

    public Hook {
      rules = List.copyOf(rules);
    }

    /** How many runs it starts in a minute. */
    public int runsPerMinute() {
      return perMinute == null ? USUAL_PER_MINUTE : perMinute;
    }

    /** Whether each of its calls brings alerts of Alertmanager's. */
    public boolean isAlertmanagers() {
      return format.equals(ALERTMANAGER);
    }

    private void check(List<String> problems) {
      String who = "hook '" + name + "'";
      require(
          problems,
          name.matches("[a-z][a-z0-9-]{0,39}"),
          who + ": name must be 1 to 40 of a-z 0-9 - and begin with a letter");
      require(
          problems,
          isAlertmanagers() || format.equals(JSON),
          who + ": format must be alertmanager or json, got '" + format + "'");
      require(
          problems,
          bearer.isEmpty() != hmac.isEmpty(),
          who + " must have one of bearer and hmac: env:NAME or file:/PATH");
      require(
          problems,
          runsPerMinute() >= 1 && runsPerMinute() <= MOST_PER_MINUTE,
          who + ": perMinute must be 1 to " + MOST_PER_MINUTE + ", got " + runsPerMinute());
      if (format.equals(JSON)) {
        require(
            problems,
            isPointer(incident) && isPointer(startsAt),
            who + ": incident and startsAt must be JSON pointers, such as /incident/id");
      } else {
        require(
            problems,
            incident.isEmpty() && startsAt.isEmpty(),
            who + ": incident and startsAt are of format json; Alertmanager has its own");
      }
      require(problems, !rules.isEmpty(), who + " has no rules");
      rules.forEach(rule -> rule.check(who, problems));
    }
  }

  /**
   * A rule by which a call starts a run.
   *
   * @param match JSON pointers into the alert, and the text that must be at each
   * @param cluster the cluster's name, or a JSON pointer to it
   * @param runbook its runbook, or a JSON pointer to it
   * @param runbooks those that the pointer may name; empty if {@code runbook} is no pointer
   * @param arguments of its request; each the text, or a JSON pointer to it. A runbook that is
   *     named by a pointer takes those that it has
   */
  public record Rule(
      @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, String> match,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String cluster,
      @JsonSetter(nulls = Nulls.AS_EMPTY) String runbook,
      @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> runbooks,
      @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, String> arguments) {
    public Rule {
      match = Map.copyOf(match);
      runbooks = List.copyOf(runbooks);
      arguments = Map.copyOf(arguments);
    }

    /** The runbooks that it may start. */
    List<String> allowed() {
      return isPointer(runbook) ? runbooks : List.of(runbook);
    }

    /** The arguments of one of them: those that a hook may give, and no other. */
    Map<String, String> argumentsOf(HookedRunbook one) {
      Map<String, String> its = new TreeMap<>(arguments);
      its.keySet().retainAll(one.arguments());
      return its;
    }

    private void check(String who, List<String> problems) {
      require(
          problems,
          isPointer(runbook) != runbooks.isEmpty(),
          who + ": a runbook that is a JSON pointer needs runbooks, a list, and no other does");
      allowed()
          .forEach(
              one ->
                  require(
                      problems,
                      HookedRunbook.named(one).isPresent(),
                      String.format(
                          "%s: runbook must be one of %s, got '%s'",
                          who, HookedRunbook.NAMES, one)));
      require(
          problems,
          !cluster.isEmpty(),
          who + ": a rule must have a cluster, its name or a JSON pointer to it");
      match
          .keySet()
          .forEach(
              at ->
                  require(
                      problems,
                      isPointer(at),
                      String.format(
                          "%s: '%s' in match must be a JSON pointer, such as /labels/alertname",
                          who, at)));
      Set<String> forbidden = new TreeSet<>(arguments.keySet());
      forbidden.retainAll(A_PERSONS);
      require(
          problems,
          forbidden.isEmpty(),
          String.format("%s: %s come from a person, never by a hook", who, forbidden));
      checkArguments(
          who,
          allowed().stream().flatMap(one -> HookedRunbook.named(one).stream()).toList(),
          problems);
    }

    private void checkArguments(String who, List<HookedRunbook> started, List<String> problems) {
      List<String> known =
          started.stream().flatMap(one -> one.arguments().stream()).distinct().toList();
      Set<String> unknown = new TreeSet<>(arguments.keySet());
      unknown.removeAll(A_PERSONS);
      unknown.removeAll(known);
      require(
          problems,
          started.isEmpty() || unknown.isEmpty(),
          String.format(
              "%s: %s has the arguments %s, got %s",
              who, String.join(" or ", allowed()), known, unknown));
      require(
          problems,
          !started.contains(HookedRunbook.CONSUME) || arguments.containsKey("site"),
          who + ": consume must have the argument site");
    }
  }

  /** The file cannot be used; one problem a line. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String problems) {
      super(problems);
    }
  }

  /** Parses the file; every problem of a file that can be parsed is reported. */
  public static HookFile read(Path file) throws Unusable {
    @Nullable HookFile read;
    try {
      read = YAML.readValue(Files.readString(file), HookFile.class);
    } catch (JsonMappingException wrong) {
      String at =
          wrong.getPath().stream()
              .map(
                  one ->
                      one.getFieldName() == null ? "[" + one.getIndex() + "]" : one.getFieldName())
              .collect(Collectors.joining("."));
      throw new Unusable(
          file + ": " + (at.isEmpty() ? "" : at + ": ") + wrong.getOriginalMessage());
    } catch (JsonProcessingException wrong) {
      throw new Unusable(file + " is not YAML: " + wrong.getOriginalMessage());
    } catch (NoSuchFileException none) {
      throw new Unusable("there is no file " + file);
    } catch (IOException unreadable) {
      throw new Unusable(file + " can't be read: " + unreadable);
    }
    if (read == null) {
      throw new Unusable(file + " is empty");
    }
    List<String> problems = read.problems();
    if (!problems.isEmpty()) {
      throw new Unusable(file + ":\n  " + String.join("\n  ", problems));
    }
    return read;
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    require(
        problems,
        listen.matches(".+:[0-9]{1,5}"),
        "listen must be ADDRESS:PORT, got '" + listen + "'");
    require(
        problems,
        keystore.isEmpty() == keystorePassword.isEmpty(),
        "keystore, a PKCS #12 file, and keystorePassword, env:NAME or file:/PATH, go together");
    hooks.stream()
        .filter(hook -> !hook.bearer().isEmpty())
        .findFirst()
        .ifPresent(
            hook ->
                require(
                    problems,
                    !keystore.isEmpty() || listen.matches(HERE),
                    String.format(
                        "listen is %s without a keystore: the token of hook '%s' would be sent in"
                            + " plain. HINT: give keystore and keystorePassword, listen on"
                            + " 127.0.0.1, or use hmac.",
                        listen, hook.name())));
    require(
        problems,
        webUi.isEmpty() || webUi.matches("https?://.+"),
        "webUi must be a URL, got '" + webUi + "'");
    require(problems, !hooks.isEmpty(), "there are no hooks");
    require(
        problems,
        hooks.stream().map(Hook::name).distinct().count() == hooks.size(),
        "two hooks have one name");
    hooks.forEach(hook -> hook.check(problems));
    return problems;
  }

  /** The secret that a hook's calls show. */
  static SecretReference secretOf(Hook hook) {
    return new SecretReference(hook.bearer().isEmpty() ? hook.hmac() : hook.bearer());
  }

  static boolean isPointer(String text) {
    try {
      return text.startsWith("/") && JsonPointer.compile(text) != null;
    } catch (IllegalArgumentException none) {
      return false;
    }
  }

  private static void require(List<String> problems, boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
  }
}
