package dev.mooring.dev.prober;

import java.time.Instant;

/**
 * A write that an instance acknowledged. It was writable at some moment between the two times.
 *
 * @param instance the instance's name
 * @param content which part of the data it holds
 * @param timeline the one it was written on, in hexadecimal
 * @param asked when the client sent the write
 * @param acknowledged when the client had the answer
 */
public record WritableSeen(
    String instance, int content, String timeline, Instant asked, Instant acknowledged) {}
