package dev.mooring.runbook.switchover;

import java.time.Duration;

/**
 * What a request brings towards the approval of a move.
 *
 * @param by who asks, whose own word approves nothing; may be empty where a plan is looked at
 * @param digest of the plan that the request approves; empty to wait for an approval
 * @param within how long it is waited for
 */
public record Approval(String by, String digest, Duration within) {}
