package dev.mooring.activities.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.host.Late;
import dev.mooring.contract.Limit;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.ManifestSource;
import io.temporal.failure.ApplicationFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of evidence stores, read through commands. */
class CommandSourceTest extends EvidenceFilesContract {
  private static final String LATEST = "harbour/manifests/LATEST.json";
  private static final String CAT = "cat {manifest_path}";
  private static final Late LATE = new Late(StoresByKind.SHOWN_WITHIN);
  private static final String LS = "ls {manifest_dir}/";

  @TempDir Path directory = Path.of("set by JUnit");

  @Override
  protected EvidenceFiles open() throws Exception {
    Files.createDirectories(manifests());
    return new WrittenBeside(source(CAT, LS), new DirectoryFiles(root()));
  }

  private Path root() {
    return directory.resolve("store");
  }

  private Path manifests() {
    return root().resolve("harbour/manifests");
  }

  private CommandSource source(String fetch, String list) {
    return source(fetch, list, Limit.seconds(30));
  }

  private CommandSource source(String fetch, String list, Duration atMost) {
    return new CommandSource(
        new ManifestSource.Commands(manifests().toString(), fetch, list), atMost, LATE);
  }

  @Override
  protected void removeRoot() throws Exception {
    Files.move(root(), directory.resolve("away"));
  }

  @Override
  protected String withoutRoot() {
    return "the command to ";
  }

  @Override
  protected void leaveWhatAKilledWriterLeaves(String name) throws Exception {
    Files.writeString(root().resolve(name).resolve(".LATEST.json.4711.tmp"), "half a docu");
  }

  /** By commands a store that is new looks as one that is away does. */
  @Test
  @Override
  void what_is_not_there_is_nothing_and_no_failure() throws Exception {
    String nothing = "no manifest could be listed nor LATEST.json fetched";
    refused(() -> source(CAT, LS).list("harbour/manifests"), nothing);
    refused(() -> source(CAT, LS).read(LATEST), nothing);
    Files.writeString(manifests().resolve("a.pending.json"), "{}");
    assertThat(source(CAT, LS).list("harbour/manifests")).containsExactly("a.pending.json");
    assertThat(source(CAT, LS).read(LATEST)).isEmpty();
  }

  @Test
  @Override
  void what_was_removed_is_gone() throws Exception {
    Files.createDirectories(manifests());
    Files.writeString(manifests().resolve("a.json"), "{}");
    Files.writeString(manifests().resolve("LATEST.json"), "{}");
    assertThat(source(CAT, LS).read(LATEST)).isPresent();
    Files.delete(manifests().resolve("LATEST.json"));
    assertThat(source(CAT, LS).read(LATEST)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {":", "echo a.json", "ssh-is-not-here | cat"})
  void a_list_without_the_latest_that_can_be_fetched_is_unreadable(String list) throws Exception {
    Files.createDirectories(manifests());
    Files.writeString(manifests().resolve("LATEST.json"), "{}");
    refused(
        () -> source(CAT, list).list("harbour/manifests"),
        "the command to list manifests shows no " + manifests() + "/LATEST.json");
  }

  @Test
  void each_name_is_filled_in_and_other_braces_are_the_commands_own() {
    CommandSource source =
        source(
            "echo {manifest_path} {manifest_dir} {manifest_file} | awk '{print $1, $2, $3}'"
                + " | sed 's/$/ {other} {}/'",
            LS);
    String dir = manifests().toString();
    assertThat(source.read(LATEST).map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .hasValue(dir + "/LATEST.json " + dir + " LATEST.json {other} {}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ls {manifest_dir}",
        "ls -l {manifest_dir}",
        "find {manifest_dir} -type f",
        "ls -l {manifest_dir}/ | awk '{print $9}'"
      })
  void names_are_read_off_whatever_has_them_last_on_its_lines(String list) throws Exception {
    Files.createDirectories(manifests());
    Files.writeString(manifests().resolve("a.json"), "{}");
    Files.writeString(manifests().resolve("LATEST.json"), "{}");
    assertThat(source(CAT, list).list("harbour/manifests")).contains("a.json", "LATEST.json");
  }

  @Test
  void a_fetch_that_fails_is_a_failure_with_its_status_and_what_it_said() throws Exception {
    Files.createDirectories(manifests());
    Files.writeString(manifests().resolve("LATEST.json"), "{}");
    refused(
        () -> source("echo half; echo no route to host >&2; exit 3", LS).read(LATEST),
        "the command to fetch LATEST.json ended with status 3: no route to host");
  }

  @Test
  void a_list_that_fails_is_a_failure_and_never_an_empty_list() {
    refused(
        () -> source(CAT, "echo a.json; exit 255").list("harbour/manifests"),
        "the command to list manifests ended with status 255");
    refused(
        () -> source(CAT, "echo a.json; exit 255").read(LATEST),
        "the command to list manifests ended with status 255");
  }

  @Test
  void the_latest_of_another_tool_may_lie_elsewhere_and_is_never_absent() throws Exception {
    Files.createDirectories(manifests());
    Path latest = directory.resolve("state/newest.json");
    ManifestSource.WhpgDrSync foreign =
        new ManifestSource.WhpgDrSync(
            manifests().toString(),
            latest.toString(),
            "cat {manifest_path} && echo {manifest_dir} {manifest_file}",
            LS);
    CommandSource source = new CommandSource(foreign, Limit.seconds(30), LATE);

    refused(() -> source.read(LATEST), "the command to fetch LATEST.json ended with status 1");
    Files.writeString(manifests().resolve("b.json"), "{}");
    assertThat(source.read("harbour/manifests/a.json")).isEmpty();

    Files.createDirectories(latest.getParent());
    Files.writeString(latest, "{}\n");
    assertThat(source.read(LATEST).map(bytes -> new String(bytes, StandardCharsets.UTF_8)))
        .hasValue("{}\n" + latest.getParent() + " newest.json\n");
    assertThat(source.where(LATEST)).isEqualTo(latest + " by command");
  }

  @Test
  void a_list_that_is_too_long_is_unreadable() {
    refused(
        () -> source(CAT, "yes a.json | head -c 20000000").list("harbour/manifests"),
        "the command to list manifests printed more than 16 MiB");
  }

  @Test
  void a_command_that_does_not_end_is_killed_and_is_a_failure() {
    refused(
        () -> source("sleep 300", LS, Duration.ofSeconds(1)).read(LATEST),
        "the command to fetch LATEST.json did not end within 1 s");
  }

  private static void refused(ThrowingCallable act, String fact) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(FailureCode.EVIDENCE_UNREADABLE.name());
              assertThat(failure.getOriginalMessage()).startsWith(fact);
            });
  }
}
