/** The evidence store: manifests, receipts and states of sites, in stores of every kind. */
@NullMarked
package dev.mooring.activities.evidence;

import org.jspecify.annotations.NullMarked;
