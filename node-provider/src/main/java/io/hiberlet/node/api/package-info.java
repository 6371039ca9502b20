/** The kubelet's HTTPS API: what the API server and its clients ask this node. */
@NullMarked
package io.hiberlet.node.api;

import org.jspecify.annotations.NullMarked;
