/** Pods from the API server to their handler, and their statuses back. */
@NullMarked
package io.hiberlet.node.pod;

import org.jspecify.annotations.NullMarked;
