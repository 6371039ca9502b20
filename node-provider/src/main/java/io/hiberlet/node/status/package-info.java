/** The Node object and its Lease. */
@NullMarked
package io.hiberlet.node.status;

import org.jspecify.annotations.NullMarked;
