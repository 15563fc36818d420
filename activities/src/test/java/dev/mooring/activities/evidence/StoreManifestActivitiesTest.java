package dev.mooring.activities.evidence;

import static dev.mooring.evidence.SampleManifests.HARBOUR;
import static dev.mooring.evidence.SampleManifests.nameOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ConsumeRecord.Status;
import dev.mooring.evidence.ContentFloor;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestChoice;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.evidence.Sha256;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ManifestActivities.Answer;
import dev.mooring.port.ManifestActivities.EnsureManifest;
import dev.mooring.port.ManifestActivities.LastRead;
import dev.mooring.port.ManifestActivities.ManifestPublished;
import dev.mooring.port.ManifestActivities.ManifestRead;
import dev.mooring.port.ManifestActivities.ManifestWritten;
import dev.mooring.port.ManifestActivities.ReadFoundBad;
import dev.mooring.port.ManifestActivities.ReadLast;
import dev.mooring.port.ManifestActivities.ReadManifest;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import dev.mooring.wire.ManifestFormat;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class StoreManifestActivitiesTest {
  private static final Call CALL = new Call(HARBOUR, "run", "PUBLISH", 3, Epoch.NONE);

  @TempDir Path directory = Path.of("set by JUnit");
  private SampleStore store = new SampleStore(Path.of("set before each"));

  @BeforeEach
  void prepare() throws Exception {
    store = SampleStore.in(directory);
  }

  @Test
  void a_point_goes_from_pending_to_ready_and_latest_names_it() {
    Manifest pending = SampleManifests.pending(1, 2);
    ManifestWritten written = store.manifests().ensurePending(ensure(pending));
    assertThat(written.path()).isEqualTo(file(nameOf(1) + ".pending.json").toString());
    assertThat(answer(ManifestChoice.LATEST))
        .isEqualTo(
            new Answer.None(
                FailureCode.NO_MANIFEST, "there is no LATEST: no restore point is READY yet"));

    ManifestPublished ready = store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    assertThat(ready.path()).isEqualTo(file(nameOf(1) + ".json").toString());
    assertThat(answer(ManifestChoice.LATEST))
        .isEqualTo(
            new Answer.Found(
                SampleManifests.ready(1, 2), ready.sha256(), "LATEST is at or above every floor"));
    assertThat(file(nameOf(1) + ".pending.json")).doesNotExist();
    assertThat(file("LATEST.json")).hasSameBinaryContentAs(file(nameOf(1) + ".json"));
  }

  @Test
  void repeated_it_answers_the_same_and_leaves_the_same() throws Exception {
    ManifestPublished once = store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    assertThat(store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)))).isEqualTo(once);
    Files.delete(file("LATEST.json"));
    assertThat(store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)))).isEqualTo(once);
    assertThat(file("LATEST.json")).exists();
  }

  /** Whoever may write to the store puts it there: between others, or in the place of LATEST. */
  @Test
  void a_manifest_that_is_too_long_is_passed_over_and_a_latest_is_unreadable() throws Exception {
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    byte[] sealed = Files.readAllBytes(file("LATEST.json"));
    byte[] tooLong = Arrays.copyOf(sealed, Document.BYTES_AT_MOST + (1 << 20));
    Arrays.fill(tooLong, sealed.length, tooLong.length, (byte) ' ');
    Files.write(file(nameOf(2) + ".json"), tooLong);
    ManifestRead read = read(ManifestChoice.SAFE_FORWARD, List.of());
    assertThat(read.answer())
        .isInstanceOfSatisfying(
            Answer.Found.class,
            found -> assertThat(found.manifest()).isEqualTo(SampleManifests.ready(1, 2)));
    assertThat(read.passedOver())
        .containsExactly(nameOf(2) + ": refused, the document has more than 16 MiB");
    Files.write(file("LATEST.json"), tooLong);
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> read(ManifestChoice.LATEST, List.of()),
        "manifest LATEST: the document has more than 16 MiB");
  }

  @Test
  void a_published_manifest_is_never_overwritten() throws Exception {
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    byte[] before = Files.readAllBytes(file(nameOf(1) + ".json"));
    assertFails(
        FailureCode.EVIDENCE_CONFLICT,
        () -> store.manifests().ensureReady(ensure(SampleManifests.ready(1, 3))),
        "has digest " + Sha256.of(before));
    assertFails(
        FailureCode.EVIDENCE_CONFLICT,
        () -> store.manifests().ensurePending(ensure(SampleManifests.pending(1, 2))),
        "a pending manifest is to be written");
    assertThat(Files.readAllBytes(file(nameOf(1) + ".json"))).isEqualTo(before);
  }

  @Test
  void latest_never_goes_back() {
    store.manifests().ensureReady(ensure(SampleManifests.ready(2, 2)));
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    assertThat(((Answer.Found) answer(ManifestChoice.LATEST)).manifest().name())
        .isEqualTo(nameOf(2));
    assertThat(((Answer.Found) answer(named(1))).manifest().name()).isEqualTo(nameOf(1));
  }

  @Test
  void a_lost_latest_is_fixed_by_a_copy_of_the_newest_manifest() throws Exception {
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    store.manifests().ensureReady(ensure(SampleManifests.ready(2, 2)));
    Files.delete(file("LATEST.json"));
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> last(4),
        "LATEST is missing while " + nameOf(2) + " is published");
    Files.copy(file(nameOf(2) + ".json"), file("LATEST.json"));
    assertThat(((Answer.Found) last(4).answer()).manifest().name()).isEqualTo(nameOf(2));
  }

  @Test
  void a_latest_that_is_not_ready_is_neither_believed_nor_replaced() throws Exception {
    store.manifests().ensurePending(ensure(SampleManifests.pending(1, 2)));
    Files.copy(file(nameOf(1) + ".pending.json"), file("LATEST.json"));
    assertFails(FailureCode.EVIDENCE_UNREADABLE, () -> last(4), "not READY");
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> store.manifests().ensureReady(ensure(SampleManifests.ready(2, 2))),
        "not READY");
    assertThat(file(nameOf(2) + ".json")).doesNotExist();
  }

  /** As its worker thaws after a newer run went by between its look at LATEST and its write. */
  @Test
  void a_writer_that_was_overtaken_gives_latest_back() throws Exception {
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    store.manifests().ensureReady(ensure(SampleManifests.ready(3, 2)));
    Files.copy(file(nameOf(1) + ".json"), file("LATEST.json"), StandardCopyOption.REPLACE_EXISTING);
    ManifestPublished late = store.manifests().ensureReady(ensure(SampleManifests.ready(2, 2)));
    assertThat(late.latest()).isEqualTo(nameOf(3));
    assertThat(file("LATEST.json")).hasSameBinaryContentAs(file(nameOf(3) + ".json"));
  }

  @Test
  void a_floor_above_latest_is_told_with_the_code_of_a_target_that_is_too_low() {
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    ContentFloor floor =
        new ContentFloor(
            new ContentId(0), new InstanceId("west-0"), SampleManifests.lsn(2, 0), "SQL");
    assertThat(read(ManifestChoice.LATEST, List.of(floor)).answer())
        .isEqualTo(
            new Answer.None(
                FailureCode.BEYOND_TARGET, "no READY manifest lies at or above every floor"));
  }

  @Test
  void an_altered_latest_stops_readers_and_writers() throws Exception {
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    byte[] bytes = Files.readAllBytes(file("LATEST.json"));
    bytes[bytes.length / 2] ^= 1;
    Files.write(file("LATEST.json"), bytes);
    assertThatThrownBy(() -> answer(ManifestChoice.LATEST)).isInstanceOf(ApplicationFailure.class);
    assertThatThrownBy(() -> store.manifests().ensureReady(ensure(SampleManifests.ready(2, 2))))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("manifest LATEST: ")
        .hasMessageContaining("LATEST.json)");
    assertThat(file(nameOf(2) + ".json")).doesNotExist();
    Files.write(
        file("LATEST.json"),
        ManifestFormat.render(SampleManifests.ready(1, 2), SampleKeys.stranger()));
    assertFails(
        FailureCode.SEAL_BROKEN, () -> answer(ManifestChoice.LATEST), "manifest LATEST: signed by");
  }

  @Test
  void the_pending_manifests_since_latest_are_given_back_the_oldest_first() throws Exception {
    store.manifests().ensurePending(ensure(SampleManifests.pending(1, 2)));
    assertThat(last(4).answer()).isInstanceOf(Answer.None.class);
    assertThat(last(4).pending()).containsExactly(SampleManifests.pending(1, 2));
    store.manifests().ensureReady(ensure(SampleManifests.ready(2, 2)));
    for (int n = 3; n <= 6; n++) {
      store.manifests().ensurePending(ensure(SampleManifests.pending(n, 2)));
    }
    assertThat(last(4).pending())
        .extracting(Manifest::name)
        .containsExactly(nameOf(3), nameOf(4), nameOf(5), nameOf(6));
    assertThat(last(2).pending()).extracting(Manifest::name).containsExactly(nameOf(5), nameOf(6));
    alter(nameOf(6) + ".pending.json");
    Files.write(
        file(nameOf(5) + ".json"),
        ManifestFormat.render(SampleManifests.ready(5, 2), SampleKeys.signing()));
    LastRead now = last(4);
    assertThat(now.pending()).extracting(Manifest::name).containsExactly(nameOf(3), nameOf(4));
    assertThat(now.passedOver())
        .singleElement()
        .asString()
        .startsWith(nameOf(6) + ": its pending manifest is refused: ");
  }

  /** Each publish reads such a file again; a consume may end after the last one had read them. */
  @Test
  void the_next_publish_is_told_what_consumes_found_bad_since_the_last_point_but_one() {
    write(SampleReceipts.publish(1));
    write(SampleReceipts.plan(SampleReceipts.consume(2, Status.MISSING_WAL)));
    write(SampleReceipts.consume(3, Status.TIMEOUT));
    write(SampleReceipts.consume(4, Status.SUCCESS));
    write(SampleReceipts.publish(5));
    assertThat(last(4).suspects())
        .containsExactly(
            new ContentWal(new ContentId(1), new WalFileName("000000020000000000000005")));
    write(SampleReceipts.plan(SampleReceipts.publish(6)));
    assertThat(last(4).suspects()).isNotEmpty();
    write(SampleReceipts.publish(7));
    assertThat(last(4).suspects()).isEmpty();
  }

  /** After a thousand receipts, or ten seconds, none is read: each carries what is known. */
  @Test
  void what_was_found_bad_is_known_from_any_later_receipt_alone() throws Exception {
    write(SampleReceipts.consume(2, Status.MISSING_WAL));
    write(SampleReceipts.publish(3));
    write(SampleReceipts.skipped(4));
    write(SampleReceipts.skipped(5));
    for (int n = 1; n <= 3; n++) {
      alter("../receipts/0000000" + n + ".json");
    }
    assertThat(last(4).suspects())
        .containsExactly(
            new ContentWal(new ContentId(1), new WalFileName("000000020000000000000005")));
    write(SampleReceipts.publish(6));
    assertThat(last(4).suspects()).isEmpty();
  }

  @Test
  void receipts_that_can_not_be_trusted_are_named_to_a_consume_that_asks() throws Exception {
    write(SampleReceipts.consume(2, Status.MISSING_WAL));
    write(SampleReceipts.publish(3));
    ReadFoundBad request = new ReadFoundBad(CALL, store.policy(), HARBOUR);
    assertThat(store.manifests().readFoundBad(request).passedOver()).isEmpty();
    alter("../receipts/00000001.json");
    assertThat(store.manifests().readFoundBad(request).passedOver())
        .singleElement()
        .asString()
        .startsWith("receipt ");
  }

  private void write(Receipt receipt) {
    new StoreReceiptActivities(
            SampleStore.STORES, SampleStore.HOSTS, name -> Optional.empty(), Clock.systemUTC())
        .ensureReceipt(new EnsureReceipt(CALL, store.policy(), receipt, List.of()));
  }

  private LastRead last(int pendingAtMost) {
    return store
        .manifests()
        .readLast(
            new ReadLast(
                CALL,
                store.policy(),
                HARBOUR,
                pendingAtMost,
                List.of(SampleReceipts.WEST),
                List.of()));
  }

  private void alter(String name) throws Exception {
    byte[] bytes = Files.readAllBytes(file(name));
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(name), bytes);
  }

  @Test
  void a_manifest_moved_under_another_name_or_cluster_is_refused() throws Exception {
    store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2)));
    Files.move(file(nameOf(1) + ".json"), file(nameOf(2) + ".json"));
    assertFails(
        FailureCode.SEAL_BROKEN,
        () -> answer(named(2)),
        "it has that name and is about " + nameOf(1));
    Path other = Files.createDirectories(store.root().resolve("other/manifests"));
    Files.copy(file("LATEST.json"), other.resolve("LATEST.json"));
    ReadManifest read =
        new ReadManifest(
            CALL, store.policy(), new ClusterName("other"), ManifestChoice.LATEST, List.of());
    assertFails(
        FailureCode.SEAL_BROKEN,
        () -> store.manifests().readManifest(read),
        "it is stored among the manifests of other and is about harbour");
  }

  @Test
  void a_key_that_others_could_replace_is_refused_with_what_fixes_it() throws Exception {
    for (Path open : List.of(directory.resolve("signing.pub"), directory)) {
      var before = Files.getPosixFilePermissions(open);
      Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertFails(
          FailureCode.EVIDENCE_UNREADABLE,
          () -> store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2))),
          open
              + " has mode 0777, others may put another key there; must not be writable by others:"
              + " `chmod o-w "
              + open
              + "`");
      Files.setPosixFilePermissions(open, before);
    }
    assertThat(store.root()).isEmptyDirectory();
  }

  @Test
  @EnabledIfSystemProperty(
      named = "user.name",
      matches = "root",
      disabledReason = "gives a file away")
  void a_signing_key_of_another_account_writes_nothing() throws Exception {
    Files.setAttribute(store.signingKey(), "unix:uid", 54_321);
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2))),
        store.signingKey() + " belongs to 54321, must belong to root");
    assertThat(store.root()).isEmptyDirectory();
  }

  @Test
  void a_signing_key_others_may_read_or_nobody_trusts_writes_nothing() throws Exception {
    Files.setPosixFilePermissions(store.signingKey(), PosixFilePermissions.fromString("rw-r-----"));
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2))),
        "has mode rw-r-----, must be rw------- or less");
    store.sign(SampleKeys.OTHER_PRIVATE);
    assertFails(
        FailureCode.EVIDENCE_UNREADABLE,
        () -> store.manifests().ensureReady(ensure(SampleManifests.ready(1, 2))),
        "is the private half of none of the trusted keys");
    assertThat(store.root()).isEmptyDirectory();
  }

  @Test
  void a_reader_in_a_loop_never_sees_a_latest_that_is_broken_or_not_ready() throws Exception {
    store.manifests().ensureReady(ensure(SampleManifests.ready(0, 2)));
    AtomicBoolean published = new AtomicBoolean();
    Callable<Integer> reader =
        () -> {
          int seen = 0;
          while (!published.get()) {
            Manifest latest = SampleStore.latest(store);
            assertThat(latest.isReady()).isTrue();
            int now = numberOf(latest);
            assertThat(now).isGreaterThanOrEqualTo(seen);
            seen = now;
          }
          return seen;
        };
    Callable<Integer> publisher =
        () -> {
          for (int n = 1; n <= 40; n++) {
            store.manifests().ensurePending(ensure(SampleManifests.pending(n, 2)));
            store.manifests().ensureReady(ensure(SampleManifests.ready(n, 2)));
          }
          published.set(true);
          return 40;
        };
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (Future<Integer> future : threads.invokeAll(List.of(reader, reader, publisher))) {
        assertThat(future.get()).isBetween(0, 40);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(numberOf(SampleStore.latest(store))).isEqualTo(40);
  }

  private static int numberOf(Manifest manifest) {
    String name = manifest.name().value();
    return Integer.parseInt(name.substring(name.lastIndexOf('s') + 1));
  }

  private EnsureManifest ensure(Manifest manifest) {
    return new EnsureManifest(CALL, store.policy(), manifest);
  }

  private static ManifestChoice named(int n) {
    return new ManifestChoice(nameOf(n).value());
  }

  private Answer answer(ManifestChoice choice) {
    return read(choice, List.of()).answer();
  }

  private ManifestRead read(ManifestChoice choice, List<ContentFloor> floors) {
    return store
        .manifests()
        .readManifest(new ReadManifest(CALL, store.policy(), HARBOUR, choice, floors));
  }

  private Path file(String name) {
    return store.root().resolve("harbour/manifests").resolve(name).normalize();
  }

  static void assertFails(FailureCode code, ThrowingCallable act, String fact) {
    assertThatThrownBy(act)
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(code.name());
              assertThat(failure.getOriginalMessage()).contains(fact);
              assertThat(failure.getOriginalMessage()).endsWith("\nHINT: " + code.hint());
            });
  }
}
