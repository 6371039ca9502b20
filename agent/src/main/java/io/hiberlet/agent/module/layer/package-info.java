/** Finds the module in the layers of an ordinary container image, which may be hostile. */
@NullMarked
package io.hiberlet.agent.module.layer;

import org.jspecify.annotations.NullMarked;
