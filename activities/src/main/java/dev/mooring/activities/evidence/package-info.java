/** The evidence store: manifests, receipts and states of sites, wherever they lie. */
@NullMarked
package dev.mooring.activities.evidence;

import org.jspecify.annotations.NullMarked;
