package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The page docs/operations/key-rotation.md, done: each of its commands and edits in its order, and
 * what it says of each holds. One test, because the page is one procedure.
 */
@Tag("all")
class KeyRotationIT {
  private static final Pattern BLOCK = Pattern.compile("(?s)```(sh|yaml)\\n(.*?)```");

  private static Stage stage;
  private static Mooring mooring;
  private static Sites sites;
  private static Path keys;
  private static Deque<String> page;

  @BeforeAll
  static void raise() throws IOException {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    mooring = stage.mooring();
    sites = new Sites(stage.lab);
    keys = stage.lab.configDirectory();
    page = new ArrayDeque<>();
    Matcher block =
        BLOCK.matcher(Sites.read(Path.of("..", "docs", "operations", "key-rotation.md")));
    while (block.find()) {
      block.group(2).lines().map(String::strip).filter(l -> !l.isEmpty()).forEach(page::add);
    }
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  /** Types the page's next line, which must be that command. */
  private static Answer type(String command) {
    return mooring.type(next("mooring " + command).substring("mooring ".length()));
  }

  /** Makes the page's next line that of the cluster file for the same setting. */
  private static void edit(String setting) {
    String line = next(setting + ": ");
    stage.amendClusterFile(
        now -> now.replaceFirst(setting + ":.*", Matcher.quoteReplacement(line)));
  }

  private static String next(String beginning) {
    String line = page.remove();
    assertThat(line).startsWith(beginning);
    return line.replace("CLUSTER", stage.cluster()).replace("/etc/mooring", keys.toString());
  }

  private static String row(String site, Answer check) {
    return check
        .out()
        .lines()
        .filter(line -> line.matches(site + " +trusted-keys .*"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(check.out() + check.err()));
  }

  @Test
  void the_page_can_be_followed_and_says_what_happens() throws IOException {
    String old = stage.publish().restorePoint();
    stage.consume();
    assertThat(mooring.type("verify").out()).containsPattern("sealed by: [0-9a-f]{16} \\(");

    assertThat(type("setup").status()).isZero();
    Path secret = keys.resolve("signing-2.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    trustBoth();
    signWithTheNewOne();
    String point = sealAnew();
    takeTheOldOneOut(old, point);
    assertThat(page).isEmpty();
    modesAreLookedAt(secret);
  }

  private static void trustBoth() {
    edit("trustedKeys");
    Answer trusted = type("check");
    for (String site : new String[] {"east", "west"}) {
      assertThat(row(site, trusted)).containsPattern("trusts [0-9a-f]{16}, [0-9a-f]{16}; ");
    }
  }

  private static void signWithTheNewOne() {
    edit("signingKey");
    assertThat(row("west", type("check"))).contains("west seals with ");
  }

  private static String sealAnew() {
    assertThat(type("publish").status()).isZero();
    assertThat(type("consume").status()).isZero();
    Answer both = type("verify");
    assertThat(both.status()).as(both.out()).isZero();
    assertThat(both.out())
        .containsPattern("sealed by: [0-9a-f]{16} \\(\\d+ documents\\), [0-9a-f]{16} \\(\\d+ ");
    return sites.latest().name().value();
  }

  private static void takeTheOldOneOut(String old, String point) {
    edit("trustedKeys");
    Answer refused = mooring.type("consume --target " + old);
    Answer verify = mooring.type("verify");

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.out()).contains("(SEAL_BROKEN)").contains("signed by key ");
    assertThat(verify.status()).isEqualTo(7);
    assertThat(verify.out())
        .contains(old + ".json  signed by key ")
        .contains("name its public half in evidence.trustedKeys again")
        .doesNotContain(point + ".json  signed by key ");
    assertThat(mooring.type("publish").status()).isZero();
    assertThat(mooring.type("consume").status()).isZero();
  }

  private static void modesAreLookedAt(Path secret) throws IOException {
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    Answer readable = mooring.type("publish");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

    assertThat(readable.status()).isNotZero();
    assertThat(readable.out())
        .contains("has mode rw-r--r--, must be rw------- or less")
        .contains("`chmod 600 " + secret + "`");
  }
}
