/**
 * Container logs on disk: written in the CRI format, rotated, and read as {@code kubectl logs}
 * asks.
 */
@NullMarked
package io.hiberlet.node.log;

import org.jspecify.annotations.NullMarked;
