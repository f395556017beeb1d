package dev.widekey.daemon.simulation;

import java.util.function.BooleanSupplier;

/** Somebody who does something in turn with the others: a thread of a simulated process. */
final class Actor {
    final String name;
    final Instance instance;
    final int weight;
    final ActorThreads.Seat seat;

    /** What it waits for; null when it could go on. */
    BooleanSupplier waitsFor;

    String waitsAt = "";

    Actor(String name, Instance instance, int weight, ActorThreads.Seat seat) {
        this.name = name;
        this.instance = instance;
        this.weight = weight;
        this.seat = seat;
    }

    boolean canGoOn() {
        return !instance.paused && (waitsFor == null || waitsFor.getAsBoolean());
    }
}
