/** Clients of S3 servers, for each adapter that keeps or reads something there. */
@NullMarked
package dev.mooring.activities.s3;

import org.jspecify.annotations.NullMarked;
