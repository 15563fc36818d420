package dev.mooring.activities.evidence;

import dev.mooring.activities.host.Late;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Several stores that keep the same. A write counts when it reached the required number of them,
 * more than half; a read asks as many as any such write must have met. What a run reads and is
 * sealed is on the required number before it is given out: stores that lack it are given it.
 *
 * <p>Stores are written exclusively one after the other in the order of the cluster file, so that
 * the first one that both of two writers reach tells which of them goes on.
 */
final class SeveralFiles implements EvidenceFiles {
  private static final int CAUGHT_UP_AT_ONCE = 50;

  /** Older manifests may have been expired by a bucket's own rules, which is no loss to fix. */
  private static final int NEWEST_GIVEN_BACK = 500;

  /** What the stores are opened for. */
  enum Use {
    WRITE,
    LOOK
  }

  private final List<OneOfSeveral> stores;
  private final int writes;
  private final Use use;
  private final Copies copies;
  private final Late late;
  private final ExecutorService threads;
  private boolean catchingUp;

  SeveralFiles(List<OneOfSeveral> stores, int writes, Use use, Copies copies, Late late) {
    this.stores = List.copyOf(stores);
    this.writes = writes;
    this.use = use;
    this.copies = copies;
    this.late = late;
    this.threads = Executors.newFixedThreadPool(stores.size());
  }

  private int reads() {
    return stores.size() - writes + 1;
  }

  @Override
  public String where(String path) {
    OneOfSeveral named =
        stores.stream().filter(one -> one.lost().isEmpty()).findFirst().orElse(stores.get(0));
    return named.place() + "/" + path;
  }

  @Override
  public List<String> list(String directory) {
    List<Optional<List<String>>> answers = ask(files -> files.list(directory));
    require(count(answers), reads(), "list " + directory);
    List<String> all =
        answers.stream().flatMap(Optional::stream).flatMap(List::stream).distinct().toList();
    if (use == Use.WRITE
        && answers.stream().flatMap(Optional::stream).anyMatch(a -> lacks(a, all))) {
      catchUp(directory, all, answers);
    }
    return all;
  }

  private static boolean lacks(List<String> one, List<String> all) {
    return one.size() < all.size();
  }

  /** Gives a store that was away what it missed: reading a document fixes it. */
  private void catchUp(String directory, List<String> all, List<Optional<List<String>>> answers) {
    if (catchingUp) {
      return;
    }
    catchingUp = true;
    List<Set<String>> have =
        answers.stream()
            .flatMap(Optional::stream)
            .<Set<String>>map(names -> new HashSet<>(names))
            .toList();
    all.stream()
        .filter(name -> EvidencePaths.isWrittenOnce(directory + "/" + name))
        .sorted(Comparator.reverseOrder())
        .limit(EvidencePaths.isOfManifests(directory) ? NEWEST_GIVEN_BACK : Long.MAX_VALUE)
        .filter(name -> have.stream().anyMatch(names -> !names.contains(name)))
        .limit(CAUGHT_UP_AT_ONCE)
        .forEach(name -> read(directory + "/" + name));
    catchingUp = false;
  }

  @Override
  public Optional<byte[]> read(String path) {
    List<Optional<Optional<byte[]>>> answers = ask(files -> files.read(path));
    require(count(answers), reads(), "read " + path);
    Optional<Copies.Chosen> chosen =
        copies.choose(
            path, answers.stream().flatMap(Optional::stream).flatMap(Optional::stream).toList());
    if (use == Use.WRITE && chosen.flatMap(Copies.Chosen::at).isPresent()) {
      mend(path, chosen.get().bytes(), answers);
    }
    return chosen.map(Copies.Chosen::bytes);
  }

  /** Believed is what a look finds; a store that shows it late is not waited for beyond that. */
  @Override
  public Optional<byte[]> readTold(String path) {
    return late.look(() -> read(path), Optional::isPresent);
  }

  private void mend(String path, byte[] bytes, List<Optional<Optional<byte[]>>> answers) {
    boolean once = EvidencePaths.isWrittenOnce(path);
    if (!once && !EvidencePaths.isReplaced(path)) {
      return;
    }
    int have = 0;
    boolean lacked = false;
    for (int i = 0; i < stores.size(); i++) {
      Optional<Optional<byte[]>> answer = answers.get(i);
      if (answer.isEmpty()) {
        continue;
      }
      if (answer.get().filter(there -> Arrays.equals(there, bytes)).isPresent()) {
        have++;
      } else if (once ? give(i, path, bytes) : replace(i, path, bytes, answer.get())) {
        have++;
        lacked = true;
      }
    }
    require(have, writes, "have " + path + " as it was read");
    if (lacked && once && !catchingUp) {
      list(path.substring(0, path.lastIndexOf('/')));
    }
  }

  /** A copy of another content under a name that is written once is left as it is. */
  private boolean give(int store, String path, byte[] bytes) {
    return stores
        .get(store)
        .ask(files -> files.createExclusive(path, bytes) || isThere(files, path, bytes))
        .orElse(false);
  }

  /** Not over what was written since the look: that is newer, and counts. */
  private boolean replace(int store, String path, byte[] bytes, Optional<byte[]> seen) {
    return stores
        .get(store)
        .ask(
            files -> {
              boolean unchanged = Arrays.equals(files.read(path).orElse(null), seen.orElse(null));
              if (unchanged) {
                files.writeAtomically(path, bytes);
              }
              return true;
            })
        .orElse(false);
  }

  private static boolean isThere(EvidenceFiles files, String path, byte[] bytes) {
    return files.read(path).filter(there -> Arrays.equals(there, bytes)).isPresent();
  }

  @Override
  public void writeAtomically(String path, byte[] bytes) {
    List<Optional<Boolean>> answers =
        ask(
            files -> {
              files.writeAtomically(path, bytes);
              return true;
            });
    require(count(answers), writes, "write " + path);
  }

  /** Bytes that are there already are those of an earlier attempt, and count. */
  @Override
  public boolean createExclusive(String path, byte[] bytes) {
    int have = 0;
    boolean made = false;
    boolean another = false;
    for (OneOfSeveral store : stores) {
      Optional<Boolean> created = store.ask(files -> files.createExclusive(path, bytes));
      boolean same =
          created.isPresent()
              && (created.get() || store.ask(f -> isThere(f, path, bytes)).orElse(false));
      if (same) {
        have++;
        made |= created.get();
      } else if (created.isPresent() && store.lost().isEmpty()) {
        another = true;
      }
      if (another && have == 0) {
        return false;
      }
    }
    if (another && have < writes) {
      return false;
    }
    require(have, writes, "create " + path);
    return made;
  }

  @Override
  public void remove(String path) {
    List<Optional<Boolean>> answers =
        ask(
            files -> {
              files.remove(path);
              return true;
            });
    require(count(answers), writes, "remove " + path);
  }

  @Override
  public List<String> lacking() {
    return stores.stream().flatMap(store -> store.reason().stream()).toList();
  }

  @Override
  public void close() {
    threads.shutdown();
    stores.forEach(OneOfSeveral::close);
  }

  private <T> List<Optional<T>> ask(Function<EvidenceFiles, T> act) {
    List<CompletableFuture<Optional<T>>> asked =
        stores.stream()
            .map(store -> CompletableFuture.supplyAsync(() -> store.ask(act), threads))
            .toList();
    List<Optional<T>> answers = new ArrayList<>();
    asked.forEach(one -> answers.add(one.join()));
    return answers;
  }

  private static int count(List<? extends Optional<?>> answers) {
    return (int) answers.stream().filter(Optional::isPresent).count();
  }

  private void require(int have, int needed, String act) {
    if (have >= needed) {
      return;
    }
    List<ApplicationFailure> failures =
        stores.stream().flatMap(store -> store.lost().stream()).toList();
    String fact =
        "can't %s: %d of %d evidence stores did, %d must%s"
            .formatted(
                act,
                have,
                stores.size(),
                needed,
                failures.isEmpty()
                    ? ", others hold another content under that name"
                    : "; " + String.join("; ", lacking()));
    FailureCode code =
        failures.isEmpty()
            ? FailureCode.EVIDENCE_CONFLICT
            : FailureCode.valueOf(Objects.requireNonNull(failures.get(0).getType()));
    throw failures.stream().anyMatch(failure -> !failure.isNonRetryable())
        ? EvidenceFailures.passing(code, fact)
        : EvidenceFailures.of(code, fact);
  }
}
