/** Events, as kubectl describe shows them. */
@NullMarked
package io.hiberlet.node.event;

import org.jspecify.annotations.NullMarked;
