/**
 * Feature flags of the application and of the daemon: what they are called, which way they point, where they are stored and
 * how they are changed so that no change is lost and no forbidden pair is ever stored.
 *
 * <p>Does not know tables, chunks or the binlog. The entry types are {@link dev.widekey.flags.FlagStore}, {@link
 * dev.widekey.flags.Routing} and {@link dev.widekey.flags.Switch}. Where an application keeps its flags elsewhere, {@link
 * dev.widekey.flags.RelayedFlagStore} writes them there through an {@link dev.widekey.flags.Outlet}.
 */
@NullMarked
package dev.widekey.flags;

import org.jspecify.annotations.NullMarked;
