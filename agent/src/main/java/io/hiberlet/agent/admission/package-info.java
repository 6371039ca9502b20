/** Which pods this node takes, and what each of their containers is to be. */
@NullMarked
package io.hiberlet.agent.admission;

import org.jspecify.annotations.NullMarked;
