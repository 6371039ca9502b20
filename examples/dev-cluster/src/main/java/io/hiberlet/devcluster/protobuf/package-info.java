/** Objects in Kubernetes' own protobuf encoding, as clients written in Go send them. */
@NullMarked
package io.hiberlet.devcluster.protobuf;

import org.jspecify.annotations.NullMarked;
