/** How text becomes part of another language: a shell's, SQL, PostgreSQL's configuration files. */
@NullMarked
package dev.mooring.quoting;

import org.jspecify.annotations.NullMarked;
