/** Proofs as values that outlive the run: restore points, manifests, receipts, seals. */
@NullMarked
package dev.mooring.evidence;

import org.jspecify.annotations.NullMarked;
