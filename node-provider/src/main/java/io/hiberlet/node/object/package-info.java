/** The ConfigMaps and Secrets that this node's pods name: read one by one, and followed. */
@NullMarked
package io.hiberlet.node.object;

import org.jspecify.annotations.NullMarked;
