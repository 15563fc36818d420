/**
 * A fleet that answers as hosts and servers do, below the product's adapters: SSH sessions, the
 * frames of its scripts, PostgreSQL's protocol. It measures what a thousand instances cost.
 */
@NullMarked
package dev.mooring.dev.scale;

import org.jspecify.annotations.NullMarked;
