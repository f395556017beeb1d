package dev.widekey.daemon.simulation;

/** A simulated process of the daemon, as its surroundings see it. */
final class Instance {
    final int number;
    /** It ran its last step: killed, or ended by itself. */
    boolean dead;
    /** It stands still. */
    boolean paused;
    /** It was asked to stop. */
    boolean stopping;

    Runnable onStop = () -> {};

    Instance(int number) {
        this.number = number;
    }

    /** The name in the attributes of its connections. */
    String name() {
        return "instance-" + number;
    }
}
