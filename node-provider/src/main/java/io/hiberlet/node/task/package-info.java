/** Work that repeats: on a thread of its own, calmly while it fails. */
@NullMarked
package io.hiberlet.node.task;

import org.jspecify.annotations.NullMarked;
