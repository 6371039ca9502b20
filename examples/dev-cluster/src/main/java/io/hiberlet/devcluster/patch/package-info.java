/** The three patch formats of the Kubernetes API. */
@NullMarked
package io.hiberlet.devcluster.patch;

import org.jspecify.annotations.NullMarked;
