package dev.mooring.runbook;

/**
 * How a run that did not complete ended: the details of its failure.
 *
 * @param outcome Failed, RolledBack, Refused or Stuck
 * @param code the failure code's name
 * @param headline one sentence
 * @param hint what to do next
 * @param receipt the path of the receipt, or why there is none
 */
public record EndingRecord(
    String outcome, String code, String headline, String hint, String receipt) {}
