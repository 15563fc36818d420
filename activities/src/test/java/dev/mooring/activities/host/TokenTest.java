package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.SiteName;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The authority of a host, as real shells compare and record it. */
class TokenTest {
  private static final Instance EAST = instance("east-0", 0);
  private static final Instance BESIDE = instance("east-1", 0);
  private static final List<Instance> BOTH = List.of(EAST, instance("east-9", 1));

  private static Instance instance(String id, int content) {
    return new Instance(
        new InstanceId(id),
        new SiteName("east"),
        new ContentId(content),
        new HostName("here"),
        6000,
        "/data",
        new InstanceManager(InstanceManager.Kind.PG_CTL, "/usr/lib/postgresql/15/bin"));
  }

  @TempDir Path directory;
  private LocalHost local = LocalHost.in(Path.of("/nonexistent"));

  @BeforeEach
  void open() {
    local = LocalHost.in(directory);
  }

  @AfterEach
  void close() {
    local.close();
  }

  /** Every later run would have one more, and a number of 19 digits can't be read again. */
  @Test
  void an_epoch_far_ahead_of_the_clock_is_sent_to_no_host() {
    long ahead = System.currentTimeMillis() + Duration.ofDays(367).toMillis();
    for (long epoch : List.of(ahead, 999_999_999_999_999_999L, Long.MAX_VALUE)) {
      Call call = LocalHost.call("run-1", 1, epoch);
      assertThatThrownBy(() -> new Token(call, 1, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("over a year ahead");
    }
  }

  @Test
  void records_the_highest_token_of_each_content() throws IOException {
    claim("run-1", 3, 10, 100);
    assertThat(Files.readString(authority(1)))
        .isEqualTo(
            """
            cluster=harbour
            content=1
            epoch=10
            run=run-1
            ordinal=3
            attempt=100
            acted=east-9 10 3 100
            """);
  }

  /** Members share a host and its authority, and each is acted on in an order of its own. */
  @Test
  void no_act_on_a_member_makes_one_on_another_of_its_host_late() throws IOException {
    claim(token("run-1", 3, 10, 100), List.of(EAST));
    claim(token("run-1", 2, 10, 99), List.of(BESIDE));
    claim(Token.ofUndo(LocalHost.call("run-1", 3, 10), LocalHost.attempt(101)), List.of(BESIDE));
    claim(token("run-1", 4, 10, 102), List.of(EAST));
    assertThat(Files.readString(authority(0)))
        .contains("acted=east-0 10 4 102\n", "acted=east-1 10 1999997 101\n");
    for (Instance either : List.of(EAST, BESIDE)) {
      assertRefused(token("run-1", 2, 10, 99), either);
      assertRefused(token("run-0", 5, 9, 900), either);
      assertRefused(token("run-2", 5, 10, 900), either);
    }
    claim(token("run-2", 0, 11, 1), List.of(EAST, BESIDE));
    assertRefused(token("run-1", 5, 10, 900), EAST);
    assertThat(Files.readString(authority(0)))
        .contains("epoch=11\n", "acted=east-0 11 0 1\nacted=east-1 11 0 1\n")
        .doesNotContain("1999997");
  }

  /**
   * A worker of the build before acts on, in the same run or another, and keeps lines as they are.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "acted=east-0 10 3 100\nacted=east-1 10 2 100\n",
        "acted=east-0 9 3 100\nacted=east-1 9 1999993 500\n"
      })
  void compares_each_member_with_the_header_that_the_build_before_wrote_last(String acted)
      throws IOException {
    before(1_999_993, 500, acted);
    for (Instance either : List.of(EAST, BESIDE)) {
      assertRefused(token("run-1", 7, 10, 400), either);
    }
    claim(Token.ofUndo(LocalHost.call("run-1", 6, 10), LocalHost.attempt(1)), List.of(EAST));
    claim(token("run-1", 7, 10, 400), List.of(BESIDE));
    assertThat(Files.readString(authority(0)))
        .contains("acted=east-0 10 1999994 1\nacted=east-1 10 7 400\n")
        .doesNotContain(" 500", " 100\n");
  }

  @Test
  void leaves_the_last_act_of_a_run_to_the_build_before() throws IOException {
    claim(token("run-1", 4, 10, 102), List.of(EAST));
    claim(token("run-1", 2, 10, 99), List.of(BESIDE));
    assertThat(Files.readString(authority(0))).contains("ordinal=4\nattempt=102\n");
    claim(token("run-1", 4, 10, 103), List.of(BESIDE));
    assertThat(Files.readString(authority(0))).contains("ordinal=4\nattempt=103\n");
    claim(token("run-2", 1, 11, 1), List.of(BESIDE));
    assertThat(Files.readString(authority(0))).contains("ordinal=1\nattempt=1\n");
  }

  @Test
  void lets_higher_tokens_and_the_same_one_act() {
    claim("run-1", 3, 10, 100);
    claim("run-1", 3, 10, 100);
    claim("run-1", 3, 10, 101);
    claim("run-1", 4, 10, 50);
    claim("run-2", 0, 11, 1);
  }

  @Test
  void refuses_each_lower_part_and_names_both() {
    claim("run-2", 3, 10, 100);
    assertRefused("run-1", 9, 9, 900);
    assertRefused("run-2", 2, 10, 900);
    assertRefused("run-2", 3, 10, 99);
    assertThatThrownBy(() -> claim("run-1", 9, 9, 900))
        .hasMessageContaining("epoch 9 ordinal 9 attempt 900 of run run-1 is refused")
        .hasMessageContaining("epoch 10 ordinal 3 attempt 100 of run run-2 acted here");
  }

  @Test
  void refuses_another_run_with_the_same_epoch() {
    claim("run-1", 3, 10, 100);
    assertRefused("run-2", 4, 10, 101);
  }

  @Test
  void lets_undos_run_backwards_after_every_step() {
    claim("run-1", 4, 10, 100);
    claim(Token.ofUndo(LocalHost.call("run-1", 4, 10), LocalHost.attempt(1)));
    claim(Token.ofUndo(LocalHost.call("run-1", 3, 10), LocalHost.attempt(1)));
    assertThatThrownBy(() -> claim("run-1", 5, 10, 900)).isInstanceOf(ApplicationFailure.class);
  }

  @Test
  void does_nothing_for_any_content_when_one_is_refused() throws IOException {
    claim("run-2", 3, 10, 100);
    Files.delete(authority(0));
    assertRefused("run-1", 3, 9, 100);
    assertThat(authority(0)).doesNotExist();
  }

  @Test
  void keeps_lines_it_does_not_know() throws IOException {
    claim("run-1", 3, 10, 100);
    Files.writeString(authority(0), Files.readString(authority(0)) + "changed-by-epoch=7\n");
    claim("run-1", 4, 10, 100);
    assertThat(Files.readString(authority(0))).contains("ordinal=4").contains("changed-by-epoch=7");
  }

  @Test
  void keeps_who_may_write() throws IOException {
    claim("run-1", 3, 10, 100);
    String writer = "writer=east-0\nwriter_epoch=9\nwriter_run=run-0\n";
    Files.writeString(authority(0), Files.readString(authority(0)) + writer);
    claim("run-1", 4, 10, 100);
    assertThat(Files.readString(authority(0))).contains("ordinal=4").contains(writer);
  }

  /** As an act does that has shown its token, and says that nobody may write there any more. */
  @Test
  void records_a_content_twice_in_one_script() throws IOException {
    Token token = Token.of(LocalHost.call("run-1", 3, 10), LocalHost.attempt(100));
    List<String> nobody = new ArrayList<>(token.arguments(EAST));
    nobody.add("none");
    local.run(
        token
            .claim(LocalHost.script(), new HostWork(local.host(), BOTH))
            .call("record", nobody)
            .call("recorded", List.of()));
    assertThat(Files.readString(authority(0)))
        .contains("attempt=100\n", "writer=none\nwriter_epoch=10\nwriter_run=run-1\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cluster=harbour\ncontent=0\nepoch=1\nrun=r\nordinal=1\nattempt=1\nwriter_epoch=x\n",
        "garbage",
        "cluster=harbour\ncontent=0\nepoch=1\nrun=r\nordinal=1\nattempt=1\nwriter=ea",
        "cluster=harbour\ncontent=0\nepoch=1\nrun=r\nordinal=1\nattempt=1\nwriter=east-0\n",
        """
        cluster=harbour
        content=0
        epoch=1
        run=r
        ordinal=1
        attempt=1
        writer=east-0
        writer_run=by-hand
        """,
        """
        cluster=harbour
        content=0
        epoch=1
        run=r
        ordinal=1
        attempt=1
        writer=east-0
        writer_epoch=0
        writer_run=by-hand
        writer_boot=\
        """,
        "cluster=harbour\ncontent=0\nepoch=ten\nrun=r\nordinal=1\nattempt=1\n",
        "cluster=harbour\ncontent=0\nepoch=10\nrun=r\nordinal=1\n",
        "cluster=elsewhere\ncontent=0\nepoch=10\nrun=r\nordinal=1\nattempt=1\n",
        "cluster=harbour\ncontent=0\nepoch=99999999999999999999\nrun=r\nordinal=1\nattempt=1\n",
        """
        cluster=harbour
        content=0
        epoch=100
        run=run-1
        ordinal=1
        attempt=1
        acted=east-0 100 1
        """
      })
  void stops_at_an_authority_file_that_is_not_whole(String text) throws IOException {
    Files.createDirectories(authority(0).getParent());
    Files.writeString(authority(0), text);
    assertCode(() -> claim("run-1", 3, 100, 1), FailureCode.STATE_UNREADABLE);
    assertThat(Files.readString(authority(0))).isEqualTo(text);
  }

  @Test
  void gives_no_token_to_a_call_without_an_epoch() {
    Call call = LocalHost.call("run-1", 1, 0);
    assertThatThrownBy(() -> Token.of(call, LocalHost.attempt(1)))
        .hasMessageContaining("was given no epoch");
  }

  @Test
  void lets_one_act_at_a_time_on_a_host() throws IOException {
    Path acts = directory.resolve("acts");
    List<CompletableFuture<ScriptResult>> running =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          Script script = LocalHost.script("say.sh");
                          Token token =
                              Token.of(LocalHost.call("run-1", 3, 10), LocalHost.attempt(100));
                          token.claim(script, new HostWork(local.host(), BOTH));
                          return local.run(
                              script.each(
                                  "west-0",
                                  "claim_and_look",
                                  List.of(acts.toString(), "act-" + i)));
                        }))
            .toList();
    running.forEach(CompletableFuture::join);
    List<String> lines = Files.readAllLines(acts);
    assertThat(lines).hasSize(8);
    for (int i = 0; i < lines.size(); i += 2) {
      assertThat(lines.get(i + 1)).isEqualTo(lines.get(i).replace(" in", " out"));
    }
  }

  /** As the build before leaves the file of run-1 in epoch 10. */
  private void before(int ordinal, int attempt, String acted) throws IOException {
    Files.createDirectories(authority(0).getParent());
    Files.writeString(
        authority(0),
        String.format(
            "cluster=harbour\ncontent=0\nepoch=10\nrun=run-1\nordinal=%d\nattempt=%d\n%s",
            ordinal, attempt, acted));
  }

  private Path authority(int content) {
    return directory.resolve("harbour").resolve(content + ".authority");
  }

  private void claim(String run, int ordinal, long epoch, long attempt) {
    claim(token(run, ordinal, epoch, attempt));
  }

  private void claim(Token token) {
    claim(token, BOTH);
  }

  private void claim(Token token, List<Instance> instances) {
    local.run(token.claim(LocalHost.script(), new HostWork(local.host(), instances)));
  }

  private static Token token(String run, int ordinal, long epoch, long attempt) {
    return Token.of(LocalHost.call(run, ordinal, epoch), LocalHost.attempt(attempt));
  }

  private void assertRefused(Token token, Instance instance) {
    assertCode(() -> claim(token, List.of(instance)), FailureCode.EPOCH_REFUSED);
  }

  private void assertRefused(String run, int ordinal, long epoch, long attempt) {
    assertCode(() -> claim(run, ordinal, epoch, attempt), FailureCode.EPOCH_REFUSED);
  }

  private static void assertCode(Runnable call, FailureCode code) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ApplicationFailure.class, f -> assertThat(f.getType()).isEqualTo(code.name()));
  }
}
