/** A small Kubernetes API server on loopback, for trying out and for tests. */
@NullMarked
package io.hiberlet.devcluster;

import org.jspecify.annotations.NullMarked;
