/** The life of pods and their controllers on this node, from admission to their end. */
@NullMarked
package io.hiberlet.agent.pod;

import org.jspecify.annotations.NullMarked;
