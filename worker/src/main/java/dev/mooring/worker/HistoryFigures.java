package dev.mooring.worker;

import java.time.Instant;
import java.util.Optional;

/**
 * What keeping the histories of one cluster came to on this worker, as of the last look.
 *
 * @param kept how many this worker kept since its start
 * @param failures how many looks, and attempts to keep one, failed since its start
 * @param waiting how many runs are over and not kept
 * @param oldest when the first of those was over
 * @param looked when a look last came to its end, if one ever did
 */
public record HistoryFigures(
    long kept, long failures, int waiting, Optional<Instant> oldest, Optional<Instant> looked) {}
