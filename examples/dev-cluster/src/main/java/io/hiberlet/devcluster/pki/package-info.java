/** The keys and certificates of a cluster. */
@NullMarked
package io.hiberlet.devcluster.pki;

import org.jspecify.annotations.NullMarked;
