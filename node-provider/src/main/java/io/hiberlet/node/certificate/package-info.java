/** The node's keys and certificates, client and serving: asked of the cluster, kept, renewed. */
@NullMarked
package io.hiberlet.node.certificate;

import org.jspecify.annotations.NullMarked;
