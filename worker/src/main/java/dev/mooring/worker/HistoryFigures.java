package dev.mooring.worker;

import java.time.Instant;
import java.util.Optional;

/**
 * The result of keeping the histories of one cluster on this worker, as of the last reading.
 *
 * @param kept how many this worker kept since its start
 * @param failures how many looks, and attempts to keep one, failed since its start
 * @param waiting how many runs are over and not kept
 * @param oldest when the first of them was over
 * @param looked when a look last came to its end, if one ever did
 */
public record HistoryFigures(
    long kept, long failures, int waiting, Optional<Instant> oldest, Optional<Instant> looked) {}
