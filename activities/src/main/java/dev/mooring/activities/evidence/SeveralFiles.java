package dev.mooring.activities.evidence;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.mooring.activities.host.Late;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Several stores that keep the same. A write counts when it reached the required number of them,
 * more than half; a read asks as many stores as any such write must have met. A document that is
 * written once is on the required number of stores before a worker gets it: no later document on
 * other stores follows one that a killed writer left on a single store.
 *
 * <p>Exclusive writes go to the stores one after the other in the order of the cluster file, so
 * that the first store that both of two writers reach decides which of them goes on.
 */
final class SeveralFiles implements EvidenceFiles {
  /** The purpose the stores are opened for. */
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
    return listed(directory).distinct().toList();
  }

  @Override
  public List<String> listWritten(String directory) {
    return listed(directory).collect(groupingBy(name -> name, counting())).entrySet().stream()
        .filter(name -> name.getValue() >= writes)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Each name once for each store that has it. */
  private Stream<String> listed(String directory) {
    List<Optional<List<String>>> answers = ask(files -> files.list(directory));
    require(count(answers), reads(), "list " + directory);
    return answers.stream().flatMap(Optional::stream).flatMap(List::stream);
  }

  @Override
  public Optional<byte[]> read(String path) {
    List<Optional<Optional<byte[]>>> answers = ask(files -> files.read(path));
    require(count(answers), reads(), "read " + path);
    Optional<Copies.Chosen> chosen =
        copies.choose(
            path, answers.stream().flatMap(Optional::stream).flatMap(Optional::stream).toList());
    if (use == Use.WRITE
        && EvidencePaths.isWrittenOnce(path)
        && chosen.flatMap(Copies.Chosen::at).isPresent()) {
      giveToAll(path, chosen.get().bytes(), answers);
    }
    return chosen.map(Copies.Chosen::bytes);
  }

  /**
   * Returns what one observation finds; a store that shows it late is not waited for beyond that.
   */
  @Override
  public Optional<byte[]> readNamed(String path) {
    return late.look(() -> read(path), Optional::isPresent);
  }

  /** A different copy at a path that is written once is left as it is. */
  private void giveToAll(String path, byte[] bytes, List<Optional<Optional<byte[]>>> answers) {
    int have = 0;
    for (int i = 0; i < stores.size(); i++) {
      boolean same =
          answers.get(i).flatMap(a -> a).filter(b -> Arrays.equals(b, bytes)).isPresent();
      if (same || give(stores.get(i), path, bytes)) {
        have++;
      }
    }
    require(have, writes, "have " + path + " as it was read");
  }

  private static boolean give(OneOfSeveral store, String path, byte[] bytes) {
    return store
        .ask(files -> files.createExclusive(path, bytes) || isThere(files, path, bytes))
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

  /** Bytes that are there already come from an earlier attempt, and count. */
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
