/** That the documents are still true. */
@NullMarked
package dev.mooring.docs;

import org.jspecify.annotations.NullMarked;
