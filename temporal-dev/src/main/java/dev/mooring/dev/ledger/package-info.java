/**
 * A write load whose result can be checked afterwards: transfers by two-phase commit that keep the
 * sum over all contents fixed, and a ledger of every acknowledged write.
 */
@NullMarked
package dev.mooring.dev.ledger;

import org.jspecify.annotations.NullMarked;
