package dev.mooring.activities.role;

import dev.mooring.activities.host.HostFailures;
import dev.mooring.activities.host.HostShell;
import dev.mooring.activities.host.OfInstance;
import dev.mooring.activities.host.Said;
import dev.mooring.activities.host.Script;
import dev.mooring.activities.host.Token;
import dev.mooring.port.FailoverActivities.FetchWal;
import dev.mooring.port.FailoverActivities.WalFetched;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Brings WAL from the disk of an old primary to a standby, file by file through the worker: hosts
 * need not reach each other.
 */
final class HostWal {
  /** The limit of a file that a worker holds, packed for a script and several times over. */
  private static final long FILE_AT_MOST = 64L << 20;

  private static final int FILES_AT_MOST = 64;

  private final HostShell shell;
  private final FetchWal request;
  private final Token token;
  private final Instance to;
  private final Instance from;
  private final long end;

  HostWal(HostShell shell, FetchWal request, Token token) {
    this.shell = shell;
    this.request = request;
    this.token = token;
    this.to = OfInstance.only(request.on());
    this.from = OfInstance.only(request.from());
    this.end = System.nanoTime() + request.within().toNanos();
  }

  /** The found WAL. */
  private record Listed(List<WalFileName> files, long fileBytes, Lsn end) {
    long bytes() {
      return files.size() * fileBytes;
    }
  }

  /** A file on its way. */
  private record Packed(String digest, String text) {}

  WalFetched fetched() {
    Listed listed = listed();
    if (listed.fileBytes() > FILE_AT_MOST) {
      throw HostFailures.of(
          FailureCode.NO_ROOM,
          from.id() + ": WAL files of " + listed.fileBytes() + " bytes are not brought",
          null);
    }
    String packing =
        atStandby("may_take_wal", List.of(String.valueOf(listed.bytes())), said -> said.yes("gzip"))
            ? "gzip"
            : "plain";
    for (WalFileName file : listed.files()) {
      Packed packed = packed(file, packing, listed.fileBytes());
      atStandby(
          "take_wal",
          List.of(file.text(), packed.digest(), "unpack_" + packing, packed.text()),
          said -> said.yes("taken"));
    }
    atStandby("look_into_wal", List.of(), said -> said.yes("looked"));
    return new WalFetched(to.id(), listed.files().size(), listed.end());
  }

  private Listed listed() {
    return atOldPrimary(
        "list_wal",
        Script.ANSWER,
        Stream.of(
                Stream.of(request.system().toString()),
                HostFailoverActivities.words(request.beyond()),
                Stream.of(String.valueOf(FILES_AT_MOST)))
            .flatMap(words -> words)
            .toList(),
        said ->
            new Listed(
                said.text("files")
                    .lines()
                    .filter(WalFileName::isOne)
                    .map(WalFileName::new)
                    .toList(),
                said.number("size"),
                Lsn.parse(said.text("wal_end").strip())));
  }

  /** In base64 three bytes are four, and what can't be packed gets a little longer. */
  private Packed packed(WalFileName file, String packing, long bytes) {
    return atOldPrimary(
        "say_wal",
        (bytes / 3 * 4) + Script.ANSWER,
        List.of(file.text(), "pack_" + packing),
        said -> new Packed(said.sha256("digest"), said.text("packed").strip()));
  }

  private <R> R atOldPrimary(
      String function, long atMost, List<String> words, Function<Said, R> read) {
    Script script = script(function, List.of("wal-end.sh", "fetch-wal.sh")).answering(atMost);
    List<String> arguments = new ArrayList<>(OfInstance.words(from));
    arguments.addAll(words);
    OfInstance.call(script, from, function, arguments);
    return answer(request.from(), script, read);
  }

  private <R> R atStandby(String function, List<String> words, Function<Said, R> read) {
    Script script = script(function, List.of("writer.sh", "promote.sh", "fetch-wal.sh"));
    token.compare(script, request.on());
    List<String> arguments =
        new ArrayList<>(
            List.of(request.system().toString(), request.beyond().timeline().toString()));
    arguments.addAll(words);
    ActOnWriter.call(script, token, to, function, arguments);
    return answer(request.on(), script, read);
  }

  private static Script script(String function, List<String> parts) {
    return OfInstance.parts(Script.of(function.replace('_', ' '), HostWal.class, parts));
  }

  private <R> R answer(HostWork on, Script script, Function<Said, R> read) {
    Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    return shell.only(on, script, left, (instance, said) -> read.apply(said));
  }
}
