/** The command line. */
@NullMarked
package io.hiberlet.agent.cli;

import org.jspecify.annotations.NullMarked;
