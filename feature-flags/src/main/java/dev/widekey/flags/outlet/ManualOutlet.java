package dev.widekey.flags.outlet;

import dev.widekey.flags.Flag;
import dev.widekey.flags.FlagException;
import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import dev.widekey.flags.OutletException.Kind;
import dev.widekey.flags.Switch;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A person who sets the application's flags somewhere the daemon cannot look, and then says so with a flag of the daemon: {@link
 * #confirming}, whose value is the value the application's flag has. What was asked for is stored beside it, so that it is known
 * after a crash too.
 *
 * <p>Nothing is verified: a value is assumed to be what the person last said, and before anybody said anything, the application's
 * default. From the moment a person is asked until the answer the value is unknown, since the flag may have been set already.
 * Thread-safe.
 */
public final class ManualOutlet implements Outlet {

    private static final String CONFIRMED = Switch.PREFIX + "confirmed.";
    private static final String ASKED = Switch.PREFIX + "asked.";
    private static final String OWNER = "widekey";

    private final FlagStore store;
    private final Map<String, Boolean> defaults = new HashMap<>();
    private final Consumer<String> asking;

    /**
     * Asks a person.
     *
     * @param store where the daemon's own flags live
     * @param flags whose defaults need no confirmation
     * @param asking hears what somebody has to do, every time it is asked for
     */
    public ManualOutlet(FlagStore store, Collection<FlagName> flags, Consumer<String> asking) {
        this.store = store;
        this.asking = asking;
        flags.forEach(flag -> defaults.put(flag.name(), flag.defaultValue()));
    }

    /** The name of the flag by which a person says what value an application's flag has. */
    public static String confirming(String name) {
        return CONFIRMED + name;
    }

    /** The longest name an application's flag may have here, in characters. */
    public static int longestName() {
        return Flag.MAX_NAME - CONFIRMED.length();
    }

    /** Stores a person's word; saying the same again is a new word. */
    public static void confirm(FlagStore store, String name, boolean value, String owner) {
        put(store, confirming(name), value, owner, "confirmed by a person");
    }

    private static void put(FlagStore store, String name, boolean value, String owner, String reason) {
        Optional<Flag> found = store.read(name);
        if (found.isEmpty()) {
            store.create(name, value, owner, reason);
        } else {
            store.compareAndSet(found.get(), value, owner, reason);
        }
    }

    /** The last request and the last word for one flag. */
    private record State(Optional<Boolean> asked, Optional<Boolean> confirmed, boolean isAnswered) {

        boolean isOpen() {
            return asked.isPresent() && !isAnswered;
        }
    }

    @Override
    public Map<String, Boolean> read(Set<String> names) throws OutletException {
        Map<String, State> states = states(names);
        Map<String, Boolean> values = new TreeMap<>();
        for (Map.Entry<String, State> entry : states.entrySet()) {
            State state = entry.getValue();
            if (state.isOpen()) {
                throw waiting(entry.getKey(), state.asked().orElseThrow());
            }
            state.confirmed().ifPresent(value -> values.put(entry.getKey(), value));
        }
        return values;
    }

    @Override
    public void write(String name, boolean value) throws OutletException {
        State before = state(name);
        boolean isUntouched = before.asked().isEmpty() && before.confirmed().isEmpty();
        if (isUntouched && Boolean.valueOf(value).equals(defaults.get(name))) {
            asking.accept("the flag " + name + " is assumed to be " + value + ", as the application has it by default");
            return;
        }
        Optional<Boolean> wanted = Optional.of(value);
        if (before.confirmed().equals(wanted) && !before.isOpen()) {
            return;
        }
        if (!before.isOpen() || !before.asked().equals(wanted)) {
            try {
                put(store, ASKED + name, value, OWNER, "asked for");
            } catch (FlagException failure) {
                throw new OutletException(Kind.LOST, String.valueOf(failure.getMessage()), failure);
            }
        }
        asking.accept(request(name, value));
        State after = state(name);
        if (after.isOpen() || !after.confirmed().equals(wanted)) {
            throw waiting(name, value);
        }
    }

    private State state(String name) throws OutletException {
        return states(Set.of(name)).getOrDefault(name, new State(Optional.empty(), Optional.empty(), false));
    }

    /** In the order of the history, since clocks may be set. */
    private Map<String, State> states(Set<String> names) throws OutletException {
        List<Flag> history;
        try {
            history = store.history();
        } catch (FlagException failure) {
            throw new OutletException(Kind.UNREACHABLE, String.valueOf(failure.getMessage()), failure);
        }
        Map<String, State> states = new LinkedHashMap<>();
        for (String name : names) {
            State state = new State(Optional.empty(), Optional.empty(), false);
            for (Flag written : history) {
                if (written.name().equals(ASKED + name)) {
                    state = new State(Optional.of(written.enabled()), state.confirmed(), false);
                } else if (written.name().equals(CONFIRMED + name)) {
                    state = new State(state.asked(), Optional.of(written.enabled()), true);
                }
            }
            states.put(name, state);
        }
        return states;
    }

    private static OutletException waiting(String name, boolean value) {
        return new OutletException(Kind.WAITING, request(name, value));
    }

    private static String request(String name, boolean value) {
        return "set " + name + "=" + value + " in the application, then: widekey flags set " + confirming(name) + " "
                + (value ? "on" : "off");
    }

    @Override
    public String toString() {
        return "the application, by hand (assumed)";
    }
}
