/** Reading and building the JSON trees that all objects are. */
@NullMarked
package io.hiberlet.devcluster.json;

import org.jspecify.annotations.NullMarked;
