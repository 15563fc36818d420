/**
 * A write load whose outcome can be checked afterwards: transfers by two-phase commit that keep the
 * sum over all contents fixed, and a ledger of every write that was acknowledged.
 */
@NullMarked
package dev.mooring.dev.ledger;

import org.jspecify.annotations.NullMarked;
