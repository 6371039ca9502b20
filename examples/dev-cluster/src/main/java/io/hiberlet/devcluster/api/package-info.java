/** What requests do: reading, writing, admission, discovery. */
@NullMarked
package io.hiberlet.devcluster.api;

import org.jspecify.annotations.NullMarked;
