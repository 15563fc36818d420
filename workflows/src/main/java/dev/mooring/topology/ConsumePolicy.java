package dev.mooring.topology;

import java.time.Duration;

/**
 * How restore points are consumed.
 *
 * @param atMost how long all instances together may take to reach the point (300 s unless set)
 * @param poll accepted for compatibility with the reference tool's configuration; waits are by
 *     event
 */
public record ConsumePolicy(Duration atMost, Duration poll) {}
