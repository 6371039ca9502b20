/** What the node and its pods take, as the kubelet tells it to metrics-server and others. */
@NullMarked
package io.hiberlet.node.stats;

import org.jspecify.annotations.NullMarked;
