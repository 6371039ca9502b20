/** Pods that this device gives to itself: files in a folder, as the kubelet's static pods. */
@NullMarked
package io.hiberlet.node.staticpod;

import org.jspecify.annotations.NullMarked;
