/** The agent: composition root and what it composes. */
@NullMarked
package io.hiberlet.agent;

import org.jspecify.annotations.NullMarked;
