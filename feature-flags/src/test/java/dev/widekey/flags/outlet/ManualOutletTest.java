package dev.widekey.flags.outlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.widekey.flags.FlagName;
import dev.widekey.flags.FlagStore;
import dev.widekey.flags.Flags;
import dev.widekey.flags.Outlet;
import dev.widekey.flags.OutletException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ManualOutletTest extends OutletContract {

    private final FlagStore store = Flags.inMemory();
    private final List<String> asked = new ArrayList<>();
    private final ManualOutlet outlet = new ManualOutlet(store, List.of(FlagName.of("A", true)), asked::add);

    /** With a person who does at once what is asked for. */
    @Override
    Outlet emptyOutlet() {
        return TestOutlets.obedientPerson(store);
    }

    @Override
    Outlet again(Outlet other) {
        return TestOutlets.obedientPerson(store);
    }

    @Test
    void defaultIsAssumedWithoutAWord() throws Exception {
        outlet.write("A", false);
        assertThat(asked).containsExactly("the flag A is assumed to be false, as the application has it by default");
        assertThat(outlet.read(Set.of("A"))).isEmpty();
    }

    @Test
    void valueIsUnknownFromTheRequestToTheAnswer() throws Exception {
        assertThatThrownBy(() -> outlet.write("A", true))
                .isInstanceOf(OutletException.class)
                .hasMessage("set A=true in the application, then: widekey flags set widekey.confirmed.A on");
        ManualOutlet next = new ManualOutlet(store, List.of(FlagName.of("A", true)), asked::add);
        assertThatThrownBy(() -> next.read(Set.of("A")))
                .isInstanceOfSatisfying(
                        OutletException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(OutletException.Kind.WAITING));
        ManualOutlet.confirm(store, "A", true, "person");
        assertThat(next.read(Set.of("A"))).isEqualTo(Map.of("A", true));
    }

    @Test
    void requestIsStoredOnceHoweverOftenItIsRepeated() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> outlet.write("A", true)).isInstanceOf(OutletException.class);
        }
        assertThat(store.history()).hasSize(1);
        assertThat(asked).hasSize(3);
    }

    @Test
    void refusalIsAnAnswerToo() throws Exception {
        ManualOutlet.confirm(store, "A", false, "person");
        assertThatThrownBy(() -> outlet.write("A", true)).isInstanceOf(OutletException.class);
        assertThatThrownBy(() -> outlet.read(Set.of("A"))).isInstanceOf(OutletException.class);
        ManualOutlet.confirm(store, "A", false, "person");
        assertThat(outlet.read(Set.of("A"))).isEqualTo(Map.of("A", false));
        assertThatThrownBy(() -> outlet.write("A", true)).isInstanceOf(OutletException.class);
    }

    /** The first request may have been followed before the second one was made. */
    @Test
    void requestThatTakesAnotherOneBackNeedsAnAnswerToo() throws Exception {
        ManualOutlet.confirm(store, "A", false, "person");
        assertThatThrownBy(() -> outlet.write("A", true)).isInstanceOf(OutletException.class);
        assertThatThrownBy(() -> outlet.write("A", false)).isInstanceOf(OutletException.class);
        assertThatThrownBy(() -> outlet.read(Set.of("A"))).isInstanceOf(OutletException.class);
        ManualOutlet.confirm(store, "A", false, "person");
        outlet.write("A", false);
        assertThat(outlet.read(Set.of("A"))).isEqualTo(Map.of("A", false));
    }

    @Test
    void longestNameFits() {
        String name = "x".repeat(ManualOutlet.longestName());
        ManualOutlet.confirm(store, name, true, "person");
        assertThat(store.read(ManualOutlet.confirming(name))).isPresent();
    }
}
