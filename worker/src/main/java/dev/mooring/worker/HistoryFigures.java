package dev.mooring.worker;

import java.time.Instant;
import java.util.Optional;

/**
 * The result of keeping the histories of one cluster on this worker, as of the last reading.
 *
 * @param kept how many histories this worker kept since its start
 * @param failures how many looks, and attempts to keep a history, failed since its start
 * @param waiting how many runs are over and not kept
 * @param oldest when the first waiting run was over
 * @param looked when an observation was last completed, if one ever was
 */
public record HistoryFigures(
    long kept, long failures, int waiting, Optional<Instant> oldest, Optional<Instant> looked) {}
