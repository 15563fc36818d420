package dev.mooring.activities.evidence;

import static dev.mooring.activities.evidence.StoreManifestActivitiesTest.assertFails;
import static dev.mooring.evidence.SampleManifests.HARBOUR;
import static dev.mooring.evidence.SampleReceipts.WEST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.LocalHost;
import dev.mooring.authority.Epoch;
import dev.mooring.contract.Limit;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.ReceiptChain;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.Call;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.ReadLast;
import dev.mooring.port.ReceiptActivities.Answer;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.ReceiptActivities.EnsureSiteState;
import dev.mooring.port.ReceiptActivities.ReadSiteState;
import dev.mooring.port.ReceiptActivities.Written;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreReceiptActivitiesTest {
  private static final Call CALL = new Call(HARBOUR, "run", "ADVANCE", 9, Epoch.NONE);

  @TempDir Path directory = Path.of("set by JUnit");
  private SampleStore store = new SampleStore(Path.of("set before each"));

  @BeforeEach
  void prepare() throws Exception {
    store = SampleStore.in(directory);
  }

  @Test
  void receipts_are_numbered_and_chained() {
    for (int n = 1; n <= 3; n++) {
      Written written = write(SampleReceipts.publish(n), n);
      assertThat(written.path()).isEqualTo(receipt(n).toString());
      assertThat(written.sha256()).isEqualTo(digestOf(receipt(n)));
    }
    assertThat(verify()).isEqualTo(new ReceiptChain.Verdict.Whole(3, digestOf(receipt(3))));
  }

  @Test
  void repeated_for_the_same_run_the_one_written_is_found_among_others() {
    Written once = write(SampleReceipts.publish(1), 1);
    write(SampleReceipts.consume(1, Status.SUCCESS), 1);
    write(SampleReceipts.publish(2), 2);
    assertThat(write(SampleReceipts.publish(1), 3)).isEqualTo(once);
    assertThat(receipt(4)).doesNotExist();
  }

  @Test
  void a_run_that_was_reset_and_ended_otherwise_leaves_a_second_receipt() {
    write(SampleReceipts.consume(1, Status.TIMEOUT), 1);
    write(SampleReceipts.consume(1, Status.SUCCESS), 1);
    assertThat(verify()).isInstanceOf(ReceiptChain.Verdict.Whole.class);
    assertThat(receipt(2)).exists();
  }

  @Test
  void the_search_for_an_earlier_attempt_ends_at_receipts_older_than_the_run() throws Exception {
    for (int n = 1; n <= 30; n++) {
      write(SampleReceipts.publish(n), n);
    }
    Files.writeString(receipt(20), "no receipt at all");
    write(SampleReceipts.publish(31), 31);
    assertThat(receipt(31)).exists();
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> write(SampleReceipts.publish(5), 32),
        "the document is no JSON");
  }

  @Test
  void a_broken_last_receipt_stops_the_next() throws Exception {
    write(SampleReceipts.publish(1), 1);
    byte[] bytes = Files.readAllBytes(receipt(1));
    String altered = new String(bytes, StandardCharsets.UTF_8);
    Files.writeString(receipt(1), altered.replace("night watch", "nightwatch "));
    assertFails(
        FailureCode.SEAL_BROKEN,
        () -> write(SampleReceipts.publish(2), 2),
        "does not fit the content");
  }

  @Test
  void the_hint_is_a_hint_and_nothing_more() throws Exception {
    write(SampleReceipts.publish(1), 1);
    write(SampleReceipts.publish(2), 2);
    Path hint = receipt(1).resolveSibling("LAST");
    for (String said : List.of("1\n", "77\n", "-3", "", "nonsense")) {
      Files.writeString(hint, said);
      assertThat(write(SampleReceipts.publish(2), 3).path()).isEqualTo(receipt(2).toString());
    }
    Files.delete(hint);
    assertThat(write(SampleReceipts.publish(3), 3).path()).isEqualTo(receipt(3).toString());
    assertThat(hint).hasContent("3");
  }

  @Test
  void writers_at_two_sites_make_one_chain() throws Exception {
    int each = 12;
    List<Callable<List<Written>>> writers = new ArrayList<>();
    for (String runbook : List.of("east", "west")) {
      writers.add(
          () -> {
            List<Written> written = new ArrayList<>();
            for (int n = 1; n <= each; n++) {
              Receipt receipt =
                  runbook.equals("east")
                      ? SampleReceipts.publish(n)
                      : SampleReceipts.consume(n, Status.SUCCESS);
              written.add(write(receipt, n));
            }
            return written;
          });
    }
    Set<Written> all = new HashSet<>();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<List<Written>> future : threads.invokeAll(writers)) {
        all.addAll(future.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(all).hasSize(2 * each);
    assertThat(verify())
        .isEqualTo(new ReceiptChain.Verdict.Whole(2L * each, digestOf(receipt(2 * each))));
  }

  @Test
  void hosts_record_the_newest_receipt_also_after_they_missed_some() {
    write(SampleReceipts.publish(1), 1, here());
    assertThat(head()).startsWith("1 " + digestOf(receipt(1)) + " 20");
    write(SampleReceipts.publish(2), 2);
    assertThat(write(SampleReceipts.publish(3), 3, here()).lacking()).isEmpty();
    assertThat(head()).startsWith("3 " + digestOf(receipt(3)) + " ");
    assertThat(write(SampleReceipts.publish(2), 4, here()).lacking()).isEmpty();
    assertThat(head()).startsWith("3 ");
  }

  @Test
  void receipts_removed_at_the_end_are_missed_by_each_later_run() throws Exception {
    for (int n = 1; n <= 3; n++) {
      write(SampleReceipts.publish(n), n, here());
    }
    String third = digestOf(receipt(3));
    Files.delete(receipt(3));
    Files.delete(receipt(2));
    String saw = "evidence was cut at its end: receipt 3: host here recorded it at ";

    assertThat(write(SampleReceipts.publish(4), 4, here()).lacking())
        .singleElement()
        .asString()
        .startsWith(saw)
        .endsWith("with digest " + third + "; in the store it is missing");
    assertThat(write(SampleReceipts.publish(5), 5, here()).lacking())
        .singleElement()
        .asString()
        .startsWith(saw)
        .endsWith("; in the store it has " + digestOf(receipt(3)));
    assertThat(write(SampleReceipts.publish(6), 6, here()).inWords()).contains(saw);
    assertThat(head()).startsWith("3 " + third);
  }

  @Test
  void receipts_removed_at_the_end_are_missed_by_each_look_and_each_publish() throws Exception {
    for (int n = 1; n <= 2; n++) {
      write(SampleReceipts.publish(n), n, here());
    }
    assertThat(cut(silent(), here())).isEmpty();
    assertThat(passedOver(silent(), here())).isEmpty();
    Files.delete(receipt(2));
    String saw = "receipt 2: host here recorded it at ";

    Instant began = Instant.now();
    assertThat(cut(silent(), here())).singleElement().asString().startsWith(saw);
    assertThat(Duration.between(began, Instant.now())).isLessThan(Limit.seconds(20));
    assertThat(passedOver(silent(), here()))
        .singleElement()
        .asString()
        .startsWith("evidence was cut at its end: " + saw)
        .endsWith("in the store it is missing");
    assertThat(cut()).isEmpty();
    Files.createDirectory(receipt(2));
    assertThat(cut(here())).as("can't be read").isEmpty();
  }

  private List<String> cut(Host... heads) {
    return new StoreEvidenceActivities(
            SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty())
        .observeEvidence(
            new ObserveEvidence(CALL, store.policy(), List.of(), 0, 0, List.of(), List.of(heads)))
        .cut();
  }

  private List<String> passedOver(Host... heads) {
    return store
        .manifests()
        .readLast(new ReadLast(CALL, store.policy(), HARBOUR, 2, List.of(), List.of(heads)))
        .passedOver();
  }

  private Host silent() {
    return new Host(
        new HostName("silent"),
        HostAccess.local("127.0.0.1", List.of("/bin/sh", "-c", "sleep 60")),
        directory.resolve("host").toString());
  }

  @Test
  void a_silent_host_fails_no_run_and_a_plan_changes_no_host() throws Exception {
    Instant began = Instant.now();
    assertThat(write(SampleReceipts.publish(1), 1, silent(), here()).lacking()).isEmpty();
    assertThat(Duration.between(began, Instant.now())).isLessThan(Limit.seconds(20));
    assertThat(head()).startsWith("1 ");

    Files.delete(headFile());
    Receipt publish = SampleReceipts.publish(3);
    write(
        new Receipt(
            publish.run(),
            new Receipt.Asked("{}", "anna", "why", "", true),
            publish.ending(),
            publish.steps(),
            publish.seen()),
        3,
        here());
    assertThat(headFile()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "1 abcd", "no head\n"})
  void a_record_that_can_not_be_read_is_reported_and_stays_until_a_person_removes_it(String damaged)
      throws Exception {
    write(SampleReceipts.publish(1), 1, here());
    Files.writeString(headFile(), damaged);
    String saw = "the record of the newest receipt on host here, evidence.head, can't be read";

    assertThat(write(SampleReceipts.publish(2), 2, here()).lacking()).containsExactly(saw);
    assertThat(cut(here())).containsExactly(saw);
    assertThat(passedOver(here())).containsExactly(saw);
    assertThat(head()).isEqualTo(damaged);

    Files.delete(headFile());
    assertThat(write(SampleReceipts.publish(3), 3, here()).lacking()).isEmpty();
    assertThat(head()).startsWith("3 ");
  }

  @Test
  void a_site_that_was_never_moored_has_no_state() {
    assertThat(readState()).isEqualTo(new Answer.Never());
  }

  @Test
  void a_state_is_read_as_it_was_written_and_the_point_stands_beside_it_in_plain_text() {
    Written written = write(SampleReceipts.state(1));
    assertThat(written.path()).isEqualTo(site("state.json").toString());
    assertThat(readState()).isEqualTo(new Answer.Known(SampleReceipts.state(1)));
    assertThat(site("current_restore_point.txt")).hasContent(SampleManifests.nameOf(1).value());
    assertThat(write(SampleReceipts.state(1))).isEqualTo(written);
    write(SampleReceipts.state(2));
    assertThat(readState()).isEqualTo(new Answer.Known(SampleReceipts.state(2)));
    assertThat(site("current_restore_point.txt")).hasContent(SampleManifests.nameOf(2).value());
  }

  @Test
  void a_run_that_was_held_up_does_not_put_a_site_back() {
    write(SampleReceipts.state(2));
    assertFails(
        FailureCode.EPOCH_REFUSED,
        () -> write(SampleReceipts.state(1)),
        "site west was proved at " + SampleManifests.nameOf(2));
    assertThat(readState()).isEqualTo(new Answer.Known(SampleReceipts.state(2)));
  }

  @Test
  void a_state_that_is_broken_missing_or_another_sites_is_a_failure_and_never_none()
      throws Exception {
    write(SampleReceipts.state(1));
    byte[] sealed = Files.readAllBytes(site("state.json"));
    Path north = Files.createDirectories(store.root().resolve("harbour/sites/north"));
    Files.copy(site("state.json"), north.resolve("state.json"));
    assertFails(
        FailureCode.SEAL_BROKEN,
        () -> readState(new SiteName("north")),
        "it is stored as the state of harbour at north and is about harbour at west");

    Files.write(site("state.json"), Arrays.copyOf(sealed, 100));
    assertFails(FailureCode.EVIDENCE_UNREADABLE, this::readState, "the document is no JSON");
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> write(SampleReceipts.state(2)),
        "the document is no JSON");

    Files.delete(site("state.json"));
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        this::readState,
        "state.json is missing, " + site("current_restore_point.txt") + " is there");
    Files.createDirectory(site("state.json"));
    assertFails(FailureCode.EVIDENCE_UNREADABLE, this::readState, "can't read");
  }

  private Host here() {
    return LocalHost.in(directory.resolve("host")).host();
  }

  private Path headFile() {
    return directory.resolve("host/harbour/evidence.head");
  }

  private String head() {
    try {
      return Files.readString(headFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Written write(Receipt receipt, int n, Host... heads) {
    Instant now = SampleManifests.at(n).plusSeconds(10);
    return new StoreReceiptActivities(
            SampleStore.STORES,
            SampleStore.HOSTS,
            name -> Optional.empty(),
            Clock.fixed(now, ZoneOffset.UTC))
        .ensureReceipt(new EnsureReceipt(CALL, store.policy(), receipt, List.of(heads)));
  }

  private Written write(SiteState state) {
    return activities().ensureSiteState(new EnsureSiteState(CALL, store.policy(), state));
  }

  private Answer readState() {
    return readState(WEST);
  }

  private Answer readState(SiteName site) {
    return activities()
        .readSiteState(new ReadSiteState(CALL, store.policy(), HARBOUR, site))
        .answer();
  }

  private static StoreReceiptActivities activities() {
    return new StoreReceiptActivities(
        SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty(), Clock.systemUTC());
  }

  private ReceiptChain.Verdict verify() {
    try (EvidenceReader reader = EvidenceReader.open(SampleStore.STORES, store.policy(), HARBOUR)) {
      return ReceiptChain.verify(HARBOUR, reader.receipts());
    }
  }

  private Path receipt(int sequence) {
    return store.root().resolve(String.format("harbour/receipts/%08d.json", sequence));
  }

  private Path site(String file) {
    return store.root().resolve("harbour/sites/west").resolve(file);
  }

  private static String digestOf(Path file) {
    try {
      return Sha256.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
