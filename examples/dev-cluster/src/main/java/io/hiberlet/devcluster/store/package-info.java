/** The objects of the cluster with their history, in memory, as etcd keeps them on disk. */
@NullMarked
package io.hiberlet.devcluster.store;

import org.jspecify.annotations.NullMarked;
