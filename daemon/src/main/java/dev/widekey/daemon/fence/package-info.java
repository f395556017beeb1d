/** Who may write a table: the fences that keep the application off one side while the daemon moves it. */
@NullMarked
package dev.widekey.daemon.fence;

import org.jspecify.annotations.NullMarked;
