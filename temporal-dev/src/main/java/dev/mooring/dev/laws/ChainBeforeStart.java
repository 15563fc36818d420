package dev.mooring.dev.laws;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Law 4: nothing starts before the whole WAL chain is proved present. From where redo began, by the
 * log of the last start, to the last file that the gate serves, every file is in the archive and
 * has its size.
 */
final class ChainBeforeStart implements Law {
  private static final Pattern REDO = Pattern.compile("redo starts at ([0-9A-F]+/[0-9A-F]+)");
  private static final int POSITION_AT = 8;

  @Override
  public int number() {
    return 4;
  }

  @Override
  public List<String> against(Observed observed) {
    List<String> against = new ArrayList<>();
    for (LabInstance instance : observed.west()) {
      List<Path> logs = observed.startLogs(instance);
      Optional<Observed.Gate> gate = observed.gate(instance);
      if (!logs.isEmpty() && gate.isPresent()) {
        String log = Texts.text(logs.get(logs.size() - 1));
        Matcher redo = REDO.matcher(log);
        if (redo.find() && log.contains("\"" + gate.get().point() + "\"")) {
          against.addAll(gaps(observed, instance, Lsn.parse(redo.group(1)), gate.get()));
        }
      }
    }
    return against;
  }

  private static List<String> gaps(
      Observed observed, LabInstance instance, Lsn redo, Observed.Gate gate) {
    List<String> against = new ArrayList<>();
    String bytes = observed.control(instance).getOrDefault("Bytes per WAL segment", "0");
    WalSegmentSize size = new WalSegmentSize(Integer.parseInt(bytes));
    WalFileName last = new WalFileName(gate.last());
    WalFileName file = WalFileName.containing(last.timeline(), redo, size);
    while (file.compareTo(last) <= 0) {
      if (!whole(observed.lab().archive(instance.content()), file, size)) {
        against.add(
            "%s was started towards %s, and the archive has no whole %s of any timeline"
                .formatted(instance.id(), gate.point(), file.text().substring(POSITION_AT)));
      }
      file = file.next(size);
    }
    return against;
  }

  private static boolean whole(Path archive, WalFileName file, WalSegmentSize size) {
    String position = file.text().substring(POSITION_AT);
    return Texts.filesIn(archive).stream()
        .filter(f -> f.getFileName().toString().matches("[0-9A-F]{8}" + position))
        .anyMatch(f -> sizeOf(f) == size.bytes());
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
