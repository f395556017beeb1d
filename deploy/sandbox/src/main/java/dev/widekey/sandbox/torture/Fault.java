package dev.widekey.sandbox.torture;

import dev.widekey.sandbox.fault.LinkFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What happens to the daemon's surroundings. Immutable. */
public sealed interface Fault {

    /** As it is named on the command line. */
    String option();

    /** Something happens to a server or to the process. */
    enum Event implements Fault {
        /** The source is killed and started again on the same data. */
        SOURCE_KILL,
        /** The target is killed and started again on the same data. */
        TARGET_KILL,
        /** The source ends in an orderly way and is started again. */
        SOURCE_RESTART,
        /** The daemon stands still (SIGSTOP) beyond its lease, another one takes over, and the first wakes up. */
        PAUSE,
        /** The source begins a new binlog file. */
        ROTATE,
        /** Another session holds locks on rows of the target. */
        LOCKS,
        /** Every connection of the daemon on both servers is ended by an administrator. */
        DISCONNECT;

        @Override
        public String option() {
            return named(this);
        }
    }

    /** Between whom a connection breaks. */
    enum Place {
        /** Statements on the source. */
        SOURCE,
        /** The source's log. */
        BINLOG,
        /** Statements on the target. */
        TARGET
    }

    /**
     * Something happens to a connection.
     *
     * @param place which one
     * @param harm what
     */
    record Broken(Place place, LinkFault harm) implements Fault {
        // Through the statements on a source with GTIDs nothing is ever written.
        private static final Set<LinkFault> OF_WRITES =
                EnumSet.of(LinkFault.CUT_INSIDE_TRANSACTION, LinkFault.CUT_BEFORE_COMMIT, LinkFault.EAT_COMMIT_ANSWER);

        @Override
        public String option() {
            return named(place) + "-" + named(harm);
        }

        private boolean comesAbout() {
            return switch (place) {
                case SOURCE -> !OF_WRITES.contains(harm);
                case BINLOG -> harm != LinkFault.EAT_COMMIT_ANSWER;
                case TARGET -> true;
            };
        }
    }

    /** Every fault there is. */
    static List<Fault> all() {
        List<Fault> all = new ArrayList<>(List.of(Event.values()));
        all.addAll(links());
        return all;
    }

    private static List<Fault> links() {
        return Arrays.stream(Place.values())
                .flatMap(place -> Arrays.stream(LinkFault.values()).map(harm -> new Broken(place, harm)))
                .filter(Broken::comesAbout)
                .map(Fault.class::cast)
                .toList();
    }

    /** Reads {@code all}, {@code none}, or a list of names, {@code events} and {@code links}, separated by commas. */
    static List<Fault> parse(String text) {
        List<Fault> faults = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            switch (word.strip()) {
                case "all" -> faults.addAll(all());
                case "none" -> {}
                case "events" -> faults.addAll(List.of(Event.values()));
                case "links" -> faults.addAll(links());
                default ->
                    faults.add(all().stream()
                            .filter(fault -> fault.option().equals(word.strip()))
                            .findFirst()
                            .orElseThrow(
                                    () -> new IllegalArgumentException("no fault is called " + word + "; there are "
                                            + all().stream().map(Fault::option).toList())));
            }
        }
        return faults.stream().distinct().toList();
    }

    private static String named(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
