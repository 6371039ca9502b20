/** Tests of the whole, as a user has it: the distribution, the examples and a cluster. */
@NullMarked
package io.hiberlet.e2e;

import org.jspecify.annotations.NullMarked;
