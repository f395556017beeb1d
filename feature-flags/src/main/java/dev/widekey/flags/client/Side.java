package dev.widekey.flags.client;

/** One of the two databases. */
enum Side {
    SOURCE,
    TARGET;

    Side other() {
        return this == SOURCE ? TARGET : SOURCE;
    }
}
