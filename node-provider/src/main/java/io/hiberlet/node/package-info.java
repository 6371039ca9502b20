/** Makes Kubernetes believe in this node: its object, its pods, its kubelet API. Knows no Wasm. */
@NullMarked
package io.hiberlet.node;

import org.jspecify.annotations.NullMarked;
