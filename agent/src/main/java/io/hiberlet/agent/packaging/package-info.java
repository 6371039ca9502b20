/** What a developer has done with a module: compiled for a look at it, tried out, packed. */
@NullMarked
package io.hiberlet.agent.packaging;

import org.jspecify.annotations.NullMarked;
