/** What is shipped around the program. */
@NullMarked
package io.hiberlet.agent.dist;

import org.jspecify.annotations.NullMarked;
