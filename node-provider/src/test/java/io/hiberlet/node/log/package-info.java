/** Tests of the container logs against files on disk. */
package io.hiberlet.node.log;
