package dev.widekey.sandbox.csmh;

import dev.widekey.sandbox.csmh.StudentModule.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The modules one application process owns. Used by one thread at a time; the held ones never change. */
final class ModulePool {
    private final List<StudentModule> held = new ArrayList<>();
    private final List<StudentModule> cleaned = new ArrayList<>();
    private final List<StudentModule> deletable = new ArrayList<>();

    static ModulePool of(Generator generator, LongPredicate mine) {
        ModulePool pool = new ModulePool();
        for (long module = 1; module <= generator.modules(); module++) {
            if (mine.test(module)) {
                pool.add(new StudentModule(module, generator.inputsOf(module)));
            }
        }
        return pool;
    }

    void add(StudentModule module) {
        Use use = module.use();
        (use == Use.HELD ? held : use == Use.CLEANED ? cleaned : deletable).add(module);
    }

    boolean isEmpty() {
        return cleaned.isEmpty() && deletable.isEmpty();
    }

    /** Any module that takes submissions. */
    StudentModule any(Dice dice) {
        int draw = dice.below(cleaned.size() + deletable.size());
        return draw < cleaned.size() ? cleaned.get(draw) : deletable.get(draw - cleaned.size());
    }

    /** Takes a module out for good; null when none may be deleted. */
    @Nullable
    StudentModule takeDeletable(Dice dice) {
        if (deletable.isEmpty()) {
            return null;
        }
        int last = deletable.size() - 1;
        int draw = dice.below(deletable.size());
        StudentModule taken = deletable.get(draw);
        deletable.set(draw, deletable.get(last));
        deletable.remove(last);
        return taken;
    }

    List<StudentModule> held() {
        return List.copyOf(held);
    }
}
