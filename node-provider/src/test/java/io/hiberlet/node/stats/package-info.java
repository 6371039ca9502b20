/** Tests of what the node tells of its use of resources, on files that stand for Linux. */
package io.hiberlet.node.stats;
