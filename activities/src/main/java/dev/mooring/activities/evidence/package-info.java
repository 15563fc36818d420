/** The evidence store: manifests, receipts and states of sites in a directory or over SFTP. */
@NullMarked
package dev.mooring.activities.evidence;

import org.jspecify.annotations.NullMarked;
