package dev.mooring.dev.scale;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One content: its primary's WAL, which is archived up to the file before the one written to, and
 * its copy at the other site. A file holds a checkpoint, then restore points.
 */
final class Content {
  static final long FILE_BYTES = 16L << 20;
  static final int RECORD_BYTES = 104;

  private static final long CHECKPOINT_AT = 0x2000;
  private static final long FIRST_POINT_AT = 0x4000;
  private static final long BETWEEN_POINTS = 0x200;
  private static final long FIRST_FILE = 2;
  private static final Instant FIRST_CHECKPOINT = Instant.parse("2026-11-20T08:00:00Z");

  private final int number;
  private final Map<String, Point> points = new ConcurrentHashMap<>();
  private long file = FIRST_FILE + 1;
  private long inFile;
  private String lastPoint = "";
  private Copy copy;

  Content(int number) {
    this.number = number;
    this.copy =
        new Copy("", new TreeMap<>(), FIRST_FILE, FIRST_FILE * FILE_BYTES + FIRST_POINT_AT, 0);
  }

  /**
   * A restore point.
   *
   * @param end where its record ends
   */
  record Point(String name, long file, long end, Instant made) {}

  /**
   * The copy.
   *
   * @param log the file of its last start
   * @param settings what it would run with
   * @param file the WAL file its replay begins in
   * @param end how far it was replayed
   * @param downAt when it is down, by System.nanoTime
   */
  record Copy(String log, Map<String, String> settings, long file, long end, long downAt) {
    boolean isDown() {
      return System.nanoTime() - downAt >= 0 || log.isEmpty();
    }
  }

  String system() {
    return Long.toString(7_710_000_000_000_000_000L + number);
  }

  synchronized Point make(String name, Instant at) {
    long start = file * FILE_BYTES + FIRST_POINT_AT + BETWEEN_POINTS * inFile++;
    Point made = new Point(name, file, start + RECORD_BYTES, at);
    points.put(name, made);
    lastPoint = name;
    return made;
  }

  synchronized Point lastPoint() {
    return point(lastPoint);
  }

  Point point(String name) {
    Point known = points.get(name);
    if (known == null) {
      throw new IllegalArgumentException("content " + number + " has no point '" + name + "'");
    }
    return known;
  }

  /** Ends the file written to; the archive has it from then on. */
  synchronized long switchWal() {
    long end = position();
    file++;
    inFile = 0;
    return end;
  }

  synchronized long position() {
    return file * FILE_BYTES + FIRST_POINT_AT + BETWEEN_POINTS * inFile;
  }

  /** The newest archived file. */
  synchronized long archived() {
    return file - 1;
  }

  synchronized Copy copy() {
    return copy;
  }

  synchronized void target(Map<String, String> settings) {
    copy = new Copy(copy.log(), settings, copy.file(), copy.end(), copy.downAt());
  }

  /** Starts the copy, which is down at its point after that time. */
  synchronized void start(String log, String point, long nanos) {
    Point at = point(point);
    copy = new Copy(log, copy.settings(), at.file(), at.end(), System.nanoTime() + nanos);
  }

  static String lsn(long position) {
    return String.format("%X/%X", position >>> 32, position & 0xFFFFFFFFL);
  }

  static String fileName(long file) {
    return "00000001" + filePosition(file);
  }

  static String filePosition(long file) {
    return String.format("%08X%08X", file / 256, file % 256);
  }

  static long fileAt(String filePosition) {
    return Long.parseLong(filePosition.substring(0, 8), 16) * 256
        + Long.parseLong(filePosition.substring(8), 16);
  }

  static long checkpoint(long file) {
    return file * FILE_BYTES + CHECKPOINT_AT;
  }

  static Instant checkpointTime(long file) {
    return FIRST_CHECKPOINT.plusSeconds(file);
  }

  String digest(long ofFile) {
    return sha256(number + "/" + ofFile);
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first bytes of a file, as od prints them. */
  String header(long ofFile) {
    ByteBuffer header = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort(0, (short) 0xD110).putShort(2, (short) 2).putInt(4, 1);
    header.putLong(8, ofFile * FILE_BYTES).putLong(24, Long.parseLong(system()));
    header.putInt(32, (int) FILE_BYTES).putInt(36, 8192);
    return HexFormat.ofDelimiter(" ").formatHex(header.array());
  }

  /** The bytes from a file's checkpoint on. */
  static String checkpointBytes(long ofFile) {
    ByteBuffer record = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(64, checkpointTime(ofFile).getEpochSecond());
    return HexFormat.of().formatHex(record.array());
  }
}
