/**
 * An application that is moved back and forth: instances that follow the flags more or less promptly, and a true record of what the servers acknowledged to
 * them. For cutovers by the hundred, on a small table.
 */
@NullMarked
package dev.widekey.sandbox.moving;

import org.jspecify.annotations.NullMarked;
