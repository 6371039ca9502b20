/** What a controller manager and a scheduler do, as far as a node needs it. */
@NullMarked
package io.hiberlet.devcluster.control;

import org.jspecify.annotations.NullMarked;
