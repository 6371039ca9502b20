/** The vocabulary of the API: resource types, selectors, errors. */
@NullMarked
package io.hiberlet.devcluster.resource;

import org.jspecify.annotations.NullMarked;
