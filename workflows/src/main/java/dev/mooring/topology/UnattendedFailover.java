package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;

/**
 * When a failover that was started before the primary was gone acts without asking a person.
 *
 * @param after how long the primary must have been silent
 * @param quiet how long ago the right to write must have moved last: a recent failover is not
 *     repeated without a person
 * @param rehearsedWithin how long ago the fence of each member's host was rehearsed, at most
 * @param probeEveryMillis how often each site's worker connects to the primary; 0: the usual half
 *     second
 */
public record UnattendedFailover(
    Duration after,
    Duration quiet,
    Duration rehearsedWithin,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long probeEveryMillis) {}
