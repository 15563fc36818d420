/** The adapters that act on hosts, on real servers over real SSH. */
@NullMarked
package dev.mooring.dev.host;

import org.jspecify.annotations.NullMarked;
