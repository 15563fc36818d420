package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.CopyContract;
import dev.mooring.contract.CopyWorld;
import dev.mooring.contract.Limit;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyLimits;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.port.CopyActivities.KeepWal;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.CopyActivities.Way;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real adapter keeps what the port that makes data directories anew promises. */
@Tag("heavy")
class CopyPortContractIT {
  private static final Duration LIMIT = Limit.seconds(60);
  private static final DateTimeFormatter NAMED = DateTimeFormatter.ofPattern("uuuuMMddHHmmss");

  private static CopyRealWorld real;

  @BeforeAll
  static void up() {
    real = new CopyRealWorld("ebb", 16);
  }

  @AfterAll
  static void down() {
    real.close();
  }

  @Nested
  class Copies extends CopyContract {
    @Override
    protected CopyWorld world() {
      return real;
    }

    /** After 9 s here, as {@link dev.mooring.activities.host.HostDeadlines#stop} says. */
    @Test
    @Tag("all")
    void a_standby_whose_fast_stop_hangs_is_stopped_at_once() {
      real.hurry();
      real.freezeCheckpointer("west-0");
      super.a_running_standby_is_replaced_and_its_old_directory_is_kept();
    }

    /**
     * By a name with the time; once another one succeeded too, what that replaced alone, whatever
     * the host's clock said before.
     */
    @Test
    @Tag("all")
    @Override
    protected void a_running_standby_is_replaced_and_its_old_directory_is_kept() {
      Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      super.a_running_standby_is_replaced_and_its_old_directory_is_kept();
      String first = real.beside("west-0").get(0);
      String time = first.substring(first.lastIndexOf('-') + 1);
      assertThat(LocalDateTime.parse(time, NAMED).toInstant(ZoneOffset.UTC))
          .isBetween(began, Instant.now());
      real.keptByAClockAhead("west-0");
      first = real.beside("west-0").get(0);
      Copy another = ofAnotherRun(copy("west-0", Way.BASE_BACKUP, "east-0", quick()));
      String second = made(another).old();
      assertThat(real.beside("west-0")).containsExactlyInAnyOrder(first, second);
      assertThat(real.copies(1).ensureOldRemoved(another).removed()).containsExactly(first);
      assertThat(real.beside("west-0")).containsExactly(second);
    }

    /** Nothing of it is left either, and nothing of it runs. */
    @Test
    @Tag("all")
    @Override
    protected void
        one_that_was_a_primary_comes_up_neither_while_it_is_copied_nor_after_it_took_too_long() {
      super.one_that_was_a_primary_comes_up_neither_while_it_is_copied_nor_after_it_took_too_long();
      assertThat(real.beside("east-0")).isEmpty();
      assertThat(real.processesOf("east-0.mooring-new")).isEmpty();
    }

    /**
     * {@code --restore-target-wal}: without it pg_rewind has no WAL of the fork to begin at. Its
     * own key, which pg_rewind removes, is there afterwards.
     */
    @Test
    @Tag("all")
    void a_rewind_takes_from_the_archive_what_its_target_has_no_more() throws IOException {
      Path key = Path.of(on("east-0").instances().get(0).dataDirectory(), "own.secret");
      Files.writeString(key, "secret");
      real.configure("east-0", "ssl_key_file = 'own.secret'");
      real.hands().promote("west-0");
      real.hands().write("east-0");
      real.forgetWal("east-0", "west_0");
      real.hands().kill("east-0");
      real.hands().write("west-0");
      real.checkpoint("west-0");
      Copy rewind = copy("east-0", Way.REWIND, "west-0", quick());
      made(
          new Copy(
              rewind.call(),
              rewind.on(),
              rewind.way(),
              new Source(rewind.source().from(), "postgres", real.restoreCommand(), List.of()),
              rewind.limits(),
              rewind.own(),
              rewind.system()));
      assertThat(key).hasContent("secret");
      real.follows("east-0", "west-0");
      assertThat(real.written("east-0")).isEqualTo(real.written("west-0"));
    }

    /**
     * Crash recovery needs the server's own settings, with room for all its slots. Where it fails
     * with them nothing was changed, and once that is corrected another run rewinds.
     */
    @Test
    @Tag("all")
    void a_crashed_primary_with_a_logical_slot_is_rewound_by_its_own_settings() throws IOException {
      real.decodeLogically("east-0");
      real.hands().promote("west-0");
      real.hands().write("east-0");
      real.hands().kill("east-0");
      real.hands().write("west-0");
      real.checkpoint("west-0");
      real.configure("east-0", "max_replication_slots = 0");
      Copy fails = copy("east-0", Way.REWIND, "west-0", quick());
      Path stateless = Path.of(fails.on().instances().get(0).dataDirectory(), "pg_replslot/none");
      Files.createDirectory(stateless);
      real.copies(1).ensureCopying(fails);
      CopyAwaited ended = await(fails, Duration.ofMinutes(1));
      assertThat(ended.state()).isEqualTo(CopyState.FAILED);
      assertThat(ended.words()).contains("could not open file \"pg_replslot/none/state\"");
      assertThat(real.copies(2).revertCopying(fails).placed()).isFalse();
      assertThat(real.beside("east-0")).isEmpty();
      assertThat(data("east-0").control().state()).isEqualTo(InstanceState.IN_PRODUCTION);
      real.hands().start("east-0");
      assertThat(look("east-0").process()).isEqualTo(ServerProcess.STOPPED);
      Files.delete(stateless);
      made(ofAnotherRun(copy("east-0", Way.REWIND, "west-0", quick())));
      real.follows("east-0", "west-0");
      assertThat(real.written("east-0")).isEqualTo(real.written("west-0"));
      assertThat(real.setting("east-0", "wal_level")).isEqualTo("logical");
    }

    @Test
    @Tag("all")
    @Tag("root") // only root's hosts have files of their own
    void a_copy_has_tablespaces_within_its_directory_and_what_is_of_other_versions_stays() {
      real.makeTablespaces();
      List<Elsewhere> tablespaces = look("east-0").space().tablespaces();
      assertThat(tablespaces)
          .extracting(Elsewhere::trouble)
          .containsExactlyInAnyOrder(
              "lies in the data directory",
              "lies in the data directory",
              "holds PG_14_202107181 too",
              "");
      Copy copy = copy("west-0", Way.BASE_BACKUP, "east-0", quick());
      String old = made(with(copy, tablespaces)).old();
      real.follows("west-0", "east-0");
      assertThat(real.placed("west-0")).isEqualTo("4");
      assertThat(real.shared("west-0")).hasSize(4).contains("PG_14_202107181");
      Copy last =
          ofAnotherRun(copy("west-0", Way.BASE_BACKUP, "east-0", new CopyLimits(0, LIMIT, false)));
      assertThat(made(with(last, tablespaces)).old()).isEmpty();
      real.follows("west-0", "east-0");
      assertThat(real.placed("west-0")).isEqualTo("4");
      assertThat(real.shared("west-0")).hasSize(4).contains("PG_14_202107181");
      assertThat(look("west-0").aside()).containsExactly(old);
    }

    /** What it needs for its crash recovery is taken from its control file. */
    @Test
    @Tag("all")
    void a_crashed_primary_with_large_wal_files_and_a_logical_slot_is_rewound() {
      CopyRealWorld usual = real;
      try (CopyRealWorld large = new CopyRealWorld("swell", 64)) {
        real = large;
        real.decodeLogically("east-0");
        assertThat(real.setting("east-0", "wal_segment_size")).isEqualTo("64MB");
        real.hands().promote("west-0");
        real.hands().write("east-0");
        real.hands().kill("east-0");
        real.hands().write("west-0");
        real.checkpoint("west-0");
        made(copy("east-0", Way.REWIND, "west-0", quick()));
        real.follows("east-0", "west-0");
        assertThat(real.written("east-0")).isEqualTo(real.written("west-0"));
      } finally {
        real = usual;
      }
    }

    private static Copy with(Copy copy, List<Elsewhere> tablespaces) {
      return new Copy(
          copy.call(),
          copy.on(),
          copy.way(),
          new Source(copy.source().from(), "postgres", "", tablespaces),
          copy.limits(),
          copy.own(),
          copy.system());
    }

    /** The room that it had is free again, also under a name of our own. */
    @Test
    @Tag("all")
    @Override
    protected void a_running_standby_is_replaced_and_of_its_old_directory_nothing_is_kept() {
      super.a_running_standby_is_replaced_and_of_its_old_directory_nothing_is_kept();
      assertThat(real.beside("west-0")).isEmpty();
    }

    @Test
    @Tag("all")
    void a_list_of_lost_transactions_says_where_a_bad_record_cuts_it_off_and_goes_on_behind_it() {
      String from = real.position("east-0");
      real.hands().write("east-0");
      String bad = real.position("east-0");
      real.hands().write("east-0");
      real.writePages("east-0", 5);
      real.hands().write("east-0");
      real.hands().kill("east-0");
      real.spoilWal("east-0", bad);
      WalKept kept =
          real.copies(1)
              .ensureWalKept(new KeepWal(call(2), on("east-0"), List.of(Lsn.parse(from))));
      assertThat(kept.transactions().commits()).isEqualTo(-1);
      assertThat(kept.transactions().unlisted())
          .matches("cut off on timeline 1 at [0-9A-F]+/[0-9A-F]+: .*; listed again from .* on");
      assertThat(kept.transactions().listed()).hasSizeBetween(2, 3);
    }
  }
}
