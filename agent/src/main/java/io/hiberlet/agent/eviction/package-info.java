/** Ends pods when the node runs short of memory or disk, in the kubelet's order. */
@NullMarked
package io.hiberlet.agent.eviction;

import org.jspecify.annotations.NullMarked;
