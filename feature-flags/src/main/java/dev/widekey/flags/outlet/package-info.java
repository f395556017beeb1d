/**
 * Places where applications keep their flags: files, tables of django-waffle, HTTP services, a person.
 *
 * <p>Each is an {@link dev.widekey.flags.Outlet}; what is written to it, when and in which order, is decided by {@link
 * dev.widekey.flags.RelayedFlagStore}.
 */
@NullMarked
package dev.widekey.flags.outlet;

import org.jspecify.annotations.NullMarked;
