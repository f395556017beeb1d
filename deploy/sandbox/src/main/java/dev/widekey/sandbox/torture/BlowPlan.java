package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.csmh.Dice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws the blows of a round from its seed: the same seed gives the same plan. Stateless. */
final class BlowPlan {
    private static final double AT_POINT = 0.6;

    private BlowPlan() {}

    /**
     * One round's blows in order.
     *
     * @param kills how many of them end the daemon
     * @param faults one of each of these happens too
     * @param late whether indexes are built after the copy
     */
    static List<Blow> draw(long seed, int kills, List<Fault> faults, boolean late) {
        Dice dice = Dice.of(seed, 7);
        List<Blow> blows = new ArrayList<>();
        Points[] parts = {Points.START, Points.COPY, Points.INDEX, Points.PROOF, Points.CUTOVER};
        int[] weights = late ? new int[] {2, 4, 2, 2, 2} : new int[] {2, 5, 0, 3, 2};
        int given = 0;
        Map<Fault, Points> struck = new LinkedHashMap<>();
        faults.forEach(fault -> struck.put(fault, partOf(fault, dice)));
        for (int i = 0; i < parts.length; i++) {
            int left = kills - given;
            int count = i == parts.length - 1 ? left : Math.min(left, Math.round(kills * weights[i] / 12f));
            given += count;
            List<Blow> part = ofPart(parts[i], count, dice);
            for (Fault fault : faults) {
                if (struck.get(fault) == parts[i]) {
                    part.add(
                            dice.below(part.size() + 1), new Blow.Surroundings(parts[i], fault, millis(dice, 50, 500)));
                }
            }
            blows.addAll(part);
        }
        return blows;
    }

    private static List<Blow> ofPart(Points part, int count, Dice dice) {
        List<String> names = part.names();
        List<Blow> moments = new ArrayList<>();
        List<Blow.AtPoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (dice.chance(AT_POINT)) {
                String name = names.get(dice.below(names.size()));
                int times = part == Points.COPY ? 1 + dice.below(5) : 1;
                points.add(new Blow.AtPoint(part, name, times));
            } else {
                boolean fromStart = dice.chance(0.3);
                moments.add(new Blow.AtMoment(
                        part,
                        fromStart,
                        fromStart ? millis(dice, 200, 1500) : millis(dice, 0, part == Points.COPY ? 300 : 1200)));
            }
        }
        if (part != Points.COPY) {
            // A point that is passed does not come up again.
            points.sort(Comparator.comparingInt(point -> names.indexOf(point.point())));
        }
        List<Blow> all = new ArrayList<>(points);
        for (Blow moment : moments) {
            all.add(part == Points.CUTOVER ? 0 : dice.below(all.size() + 1), moment);
        }
        return all;
    }

    /** Faults strike while rows move: mostly during the copy, sometimes during the proof or the cutover. */
    private static Points partOf(Fault fault, Dice dice) {
        // Nothing is read from the source while it is drained.
        boolean reading = fault instanceof Fault.Broken broken && broken.place() == Fault.Place.SOURCE;
        int draw = dice.below(reading ? 8 : 10);
        return draw < 6 ? Points.COPY : draw < 8 ? Points.PROOF : Points.CUTOVER;
    }

    private static Duration millis(Dice dice, int from, int to) {
        return Duration.ofMillis(from + dice.below(to - from));
    }
}
