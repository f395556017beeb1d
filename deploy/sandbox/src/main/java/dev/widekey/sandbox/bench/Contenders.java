package dev.widekey.sandbox.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who there is, by name, in the order they are listed. Stateless. */
final class Contenders {
    static final String FLOOR = "floor";
    static final String WIDEKEY = "widekey";
    static final String LATE = "widekey-late";
    static final String MYDUMPER = "mydumper";
    static final String MYSQLDUMP = "mysqldump";
    static final String PT_ARCHIVER = "pt-archiver";
    static final String DEBEZIUM = "debezium";

    private Contenders() {}

    static Map<String, Contender> all() {
        Map<String, Contender> all = new LinkedHashMap<>();
        List.of(
                        new FloorCopy(),
                        new WidekeyCopy(WIDEKEY, DaemonConfig.ofHistory()),
                        new WidekeyCopy(LATE, DaemonConfig.ofHistory().with(DaemonConfig.LATE_INDEXES)),
                        new MydumperCopy(),
                        new MysqldumpCopy(),
                        new PtArchiverCopy(),
                        new DebeziumCopy())
                .forEach(contender -> all.put(contender.name(), contender));
        return all;
    }

    /** @throws IllegalArgumentException for a name there is not, which it names */
    static List<Contender> named(String list) {
        Map<String, Contender> all = all();
        if (list.equals("all")) {
            return List.copyOf(all.values());
        }
        List<Contender> named = new ArrayList<>();
        for (String name :
                Arrays.stream(list.split(",", -1)).map(String::strip).distinct().toList()) {
            Contender contender = all.get(name);
            if (contender == null) {
                throw new IllegalArgumentException(
                        "there is no contender " + name + "; there are " + String.join(", ", all.keySet()));
            }
            named.add(contender);
        }
        return named;
    }
}
