/** The HTTPS port, and the way on to the nodes' kubelet ports. */
@NullMarked
package io.hiberlet.devcluster.server;

import org.jspecify.annotations.NullMarked;
