package dev.widekey.daemon;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every type that is moved, with the values at its edges. */
final class TypeCases {
    private static final String NEXT_NUMBER = "IF(%1$s > 0, %1$s - 1, %1$s + 1)";
    private static final String OTHER_TEXT = "CONCAT('b', SUBSTRING(%s, 2))";

    private TypeCases() {}

    static List<TypeCase> all() {
        List<TypeCase> cases = new ArrayList<>();
        integers(cases);
        numbers(cases);
        times(cases);
        texts(cases);
        charsets(cases);
        bytes(cases);
        labels(cases);
        documents(cases);
        shapes(cases);
        cases.stream().filter(type -> type.group().equals("times")).toList().forEach(type -> plain(type, cases));
        return cases;
    }

    private static void integers(List<TypeCase> cases) {
        Map<String, Integer> bits =
                new TreeMap<>(Map.of("TINYINT", 8, "SMALLINT", 16, "MEDIUMINT", 24, "INT", 32, "BIGINT", 64));
        bits.forEach((type, width) -> {
            BigInteger half = BigInteger.TWO.pow(width - 1);
            BigInteger last = half.subtract(BigInteger.ONE);
            List<String> signed = Stream.of(
                            half.negate(),
                            half.negate().add(BigInteger.ONE),
                            BigInteger.valueOf(-1),
                            BigInteger.ZERO,
                            BigInteger.ONE,
                            last.subtract(BigInteger.ONE),
                            last)
                    .map(BigInteger::toString)
                    .toList();
            List<String> unsigned = Stream.of(
                            BigInteger.ZERO,
                            BigInteger.ONE,
                            last,
                            half,
                            half.add(last).subtract(BigInteger.ONE),
                            half.add(last))
                    .map(BigInteger::toString)
                    .toList();
            cases.add(image("Integer", type, "CAST(%s AS CHAR)", NEXT_NUMBER, signed));
            cases.add(image("Integer", type + " UNSIGNED", "CAST(%s AS CHAR)", NEXT_NUMBER, unsigned));
        });
        cases.add(image("Integer", "INT", "CAST(%s AS CHAR)", NEXT_NUMBER, List.of("-2147483648", "0", "2147483647"))
                .into("BIGINT", "CAST(%s AS CHAR)", "CAST(%s AS CHAR)"));
        cases.add(image("Integer", "INT UNSIGNED", "CAST(%s AS CHAR)", NEXT_NUMBER, List.of("0", "4294967295"))
                .into("BIGINT UNSIGNED", "CAST(%s AS CHAR)", "CAST(%s AS CHAR)"));
        cases.add(
                image("Integer", "INT(9) ZEROFILL", "%s + 0", NEXT_NUMBER, List.of("0", "7", "123456789", "4294967295"))
                        .into("BIGINT UNSIGNED", "%s + 0", "%s + 0"));
        cases.add(image("Integer", "TINYINT(1)", "%s + 0", NEXT_NUMBER, List.of("-128", "0", "1", "127")));
    }

    private static void numbers(List<TypeCase> cases) {
        String nines = "9".repeat(35) + "." + "9".repeat(30);
        cases.add(image(
                "Decimal",
                "DECIMAL(65,30)",
                "CAST(%s AS CHAR)",
                "IF(%1$s > 0, %1$s - 1e-30, %1$s + 0.000000000000000000000000000001)",
                List.of(
                        nines,
                        "-" + nines,
                        "0",
                        "0." + "0".repeat(29) + "1",
                        "-0." + "0".repeat(29) + "1",
                        "1.1",
                        "-1")));
        cases.add(image(
                "Decimal",
                "DECIMAL(65,0)",
                "CAST(%s AS CHAR)",
                NEXT_NUMBER,
                List.of("9".repeat(65), "-" + "9".repeat(65), "1")));
        cases.add(image(
                "Decimal",
                "DECIMAL(5,2) UNSIGNED",
                "CAST(%s AS CHAR)",
                "%s + 0.01",
                List.of("0", "0.01", "998.99", "1.10")));
        cases.add(image("Decimal", "DECIMAL(10,2)", "CAST(%s AS CHAR)", "%s + 0.01", List.of("-12345678.90", "0.01"))
                .into("DECIMAL(20,5)", "CAST(CAST(%s AS DECIMAL(20,5)) AS CHAR)", "CAST(%s AS CHAR)"));
        String exact = "CAST(%s * 1e0 AS CHAR)";
        List<String> floats = List.of(
                "0",
                "-0e0",
                "0.1",
                "1.17549435e-38",
                "3.4028234e38",
                "-3.4028234e38",
                "1e-45",
                "16777217",
                "123456.789",
                "0.3333333333",
                "1e10",
                "33554431",
                "-1.5",
                "8388608.5",
                "2.3283064e-10");
        cases.add(image("Float", "FLOAT", exact, "%s * 1.0000002", floats));
        cases.add(image("Float", "FLOAT", exact, "%s * 1.0000002", floats).into("DOUBLE", exact, exact));
        cases.add(
                image("Float", "FLOAT(7,2)", exact, "%s + 0.01", List.of("12345.67", "-99999.99", "0.01", "0", "0.1")));
        cases.add(image("Float", "FLOAT UNSIGNED", exact, "%s * 1.0000002", List.of("0", "1e-20", "3e38")));
        cases.add(image(
                "Double",
                "DOUBLE",
                exact,
                "%s * 1.0000000000000002e0",
                List.of(
                        "0",
                        "-0e0",
                        "0.1e0",
                        "0.1e0 + 0.2e0",
                        "5e-324",
                        "-5e-324",
                        "2.2250738585072014e-308",
                        "2.225073858507201e-308",
                        "1.7976931348623157e308",
                        "-1.7976931348623157e308",
                        "1e22",
                        "1e23",
                        "1e15",
                        "999999999999999",
                        "9007199254740993",
                        "123456789012345678",
                        "1e-15",
                        "1e-16",
                        "3e0",
                        "1.5e14",
                        "2e-3",
                        "4.35e0",
                        "1e100",
                        "0.000001e0")));
        cases.add(image(
                "Double", "DOUBLE(12,3)", exact, "%s + 0.001", List.of("1.5", "123456789.123", "-0.001", "0", "0.1")));
        for (int width : List.of(1, 2, 8, 9, 17, 33, 63, 64)) {
            cases.add(image(
                    "Bit",
                    "BIT(" + width + ")",
                    "HEX(%s)",
                    "%s ^ 1",
                    List.of(
                            "b'0'",
                            "b'1'",
                            "b'" + "1".repeat(width) + "'",
                            "b'1" + "0".repeat(width - 1) + "'",
                            "b'" + "10".repeat(width).substring(0, width) + "'")));
        }
        cases.add(image("Bit", "BIT(9)", "CAST(%s AS UNSIGNED)", "%s ^ 1", List.of("b'111111111'", "b'101'"))
                .into("BIT(20)", "CAST(%s AS UNSIGNED)", "CAST(%s AS UNSIGNED)"));
        cases.add(image(
                "Year",
                "YEAR",
                "%s + 0",
                "IF(%1$s = 0, 1901, %1$s + 1)",
                List.of("'0000'", "1901", "1970", "2000", "2001", "2154")));
    }

    private static void times(List<TypeCase> cases) {
        List<String> dates = List.of(
                "'0000-00-00'",
                "'2016-00-01'",
                "'2016-03-00'",
                "'2016-00-00'",
                "'0000-03-01'",
                "'0001-01-01'",
                "'0099-12-31'",
                "'1000-01-01'",
                "'1582-10-04'",
                "'1582-10-10'",
                "'1582-10-15'",
                "'1969-12-31'",
                "'1970-01-01'",
                "'1970-01-02'",
                "'2000-02-29'",
                "'2024-02-29'",
                "'9999-12-31'",
                "NULL");
        cases.add(
                time("Date", "DATE", "CAST(%s AS CHAR)", "IF(%1$s = '2000-02-29', '2000-02-28', '2000-02-29')", dates));
        for (int digits = 0; digits <= 6; digits++) {
            String type = digits == 0 ? "" : "(" + digits + ")";
            String most = digits == 0 ? "" : "." + "9".repeat(digits);
            String least = digits == 0 ? "" : "." + "0".repeat(digits - 1) + "1";
            String unit = "IF(YEAR(%1$s) = 2000, '2001-01-01', '2000-01-01 00:00:00" + least + "')";
            cases.add(time(
                    "Datetime",
                    "DATETIME" + type,
                    "CAST(%s AS CHAR)",
                    unit,
                    List.of(
                            "'0000-00-00 00:00:00'",
                            "'0000-00-00 00:00:00" + most + "'",
                            "'2016-00-10 01:02:03" + least + "'",
                            "'0001-01-01 00:00:00" + least + "'",
                            "'0070-01-01 00:00:00'",
                            "'1000-01-01 00:00:00" + least + "'",
                            "'1969-12-31 23:59:59" + most + "'",
                            "'1970-01-01 00:00:00'",
                            "'1970-01-01 00:00:00" + least + "'",
                            "'2020-03-29 02:30:00" + most + "'",
                            "'2038-01-19 03:14:08'",
                            "'9999-12-31 23:59:59" + most + "'",
                            "NULL")));
            cases.add(time(
                    "Timestamp",
                    "TIMESTAMP" + type + " NULL",
                    "CAST(%s AS CHAR)",
                    "'2020-01-01 00:00:00" + least + "'",
                    List.of(
                            "'0000-00-00 00:00:00'",
                            "'1970-01-01 00:00:01'",
                            "'1970-01-01 00:00:01" + least + "'",
                            "'2020-03-29 00:59:59" + most + "'",
                            "'2020-03-29 01:00:00'",
                            "'2020-03-29 02:30:00" + least + "'",
                            "'2020-10-25 00:30:00'",
                            "'2020-10-25 01:30:00" + most + "'",
                            "'2020-11-01 09:30:00'",
                            "'2038-01-19 03:14:07" + most + "'",
                            "NULL")));
            cases.add(TypeCase.of(
                    "image",
                    "Time",
                    "TIME" + type,
                    "CAST(%s AS CHAR)",
                    "SUBTIME(%s, '00:00:01')",
                    List.of(
                            "'-838:59:59'",
                            "'838:59:59'",
                            "'00:00:00'",
                            "'-00:00:01" + least + "'",
                            "'00:00:00" + least + "'",
                            "'-12:34:56" + most + "'",
                            "'24:00:00'",
                            "'100:00:00" + least + "'",
                            "'23:59:59" + most + "'")));
        }
        cases.add(time(
                        "Datetime",
                        "DATETIME",
                        "CAST(%s AS CHAR)",
                        "'2000-01-01'",
                        List.of("'2026-02-28 23:59:59'", "'0000-00-00 00:00:00'"))
                .into("DATETIME(6)", "CAST(CAST(%s AS DATETIME(6)) AS CHAR)", "CAST(%s AS CHAR)"));
        cases.add(time(
                "Datetime",
                "DATETIME NOT NULL DEFAULT '2020-01-01 00:00:00'",
                "CAST(%s AS CHAR)",
                "'2000-01-01'",
                List.of(
                        "'2020-01-01 00:00:00'",
                        "'0000-00-00 00:00:00'",
                        "'1970-01-01 00:00:00'",
                        "'2020-01-01 00:00:01'")));
        cases.add(time(
                "Date",
                "DATE NOT NULL",
                "CAST(%s AS CHAR)",
                "'2000-01-01'",
                List.of("'1970-01-01'", "'0000-00-00'", "'2020-00-01'")));
        cases.add(time(
                "Timestamp",
                "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
                "CAST(%s AS CHAR)",
                "'2020-01-01 00:00:00'",
                List.of("'0000-00-00 00:00:00'", "'1970-01-01 00:00:01'", "'2020-03-29 01:00:00'")));
    }

    /** The same column with those of its values only that the stream can show. */
    private static void plain(TypeCase type, List<TypeCase> cases) {
        List<String> values = type.values().stream()
                .filter(value -> !value.matches(".*(0000-|-00|NULL).*|'1970-01-01( 00:00:00)?'|'2020-01-01 00:00:00'"))
                .toList();
        if (!values.isEmpty()) {
            cases.add(new TypeCase(
                    "dates",
                    type.name(),
                    type.from(),
                    type.to(),
                    type.sourceForm(),
                    type.targetForm(),
                    values,
                    type.planted()));
        }
    }

    private static void texts(List<TypeCase> cases) {
        List<String> unicode = List.of(
                "''",
                "' '",
                "'a '",
                "'a  b'",
                "'NULL'",
                "CONCAT('a', CHAR(0), 'b')",
                "'ä'",
                "'€'",
                "'A'",
                "CONCAT('\"', CHAR(92), CHAR(10), '''', CHAR(9))",
                "_utf8mb4 X'EFBFBD'",
                "_utf8mb4 X'65CC81'",
                "_utf8mb4 X'C3A9'",
                "_utf8mb4 X'EFBBBF'",
                "_utf8mb4 X'E280A8'",
                "'?'",
                "NULL");
        List<String> supplementary = new ArrayList<>(unicode);
        supplementary.addAll(List.of("_utf8mb4 X'F09F90AC'", "_utf8mb4 X'F48FBFBF'", "_utf8mb4 X'F0908080C3A9'"));
        for (String type : List.of("CHAR(20)", "VARCHAR(255)", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT")) {
            cases.add(TypeCase.of("texts", "Text", type + " CHARACTER SET utf8mb4", "%s", OTHER_TEXT, supplementary));
        }
        cases.add(TypeCase.of(
                "texts",
                "Text",
                "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                "%s",
                OTHER_TEXT,
                supplementary));
        cases.add(TypeCase.of("texts", "Text", "VARCHAR(255) CHARACTER SET utf8mb3", "%s", OTHER_TEXT, unicode));
        cases.add(TypeCase.of("texts", "Text", "VARCHAR(255) CHARACTER SET utf8mb3", "%s", OTHER_TEXT, unicode)
                .into("VARCHAR(255) CHARACTER SET utf8mb4", "%s", "%s"));
        cases.add(TypeCase.of(
                "texts",
                "Text",
                "VARCHAR(20) CHARACTER SET ascii",
                "%s",
                OTHER_TEXT,
                List.of("''", "' '", "'plain'", "X'7F'", "X'00'")));
        cases.add(TypeCase.of("texts", "Text", "CHAR(20) CHARACTER SET utf8mb4", "%s", OTHER_TEXT, supplementary)
                .into("VARCHAR(20) CHARACTER SET utf8mb4", "%s", "%s"));
        cases.add(TypeCase.of(
                "large",
                "Text",
                "LONGTEXT CHARACTER SET utf8mb4",
                "%s",
                OTHER_TEXT,
                List.of("REPEAT('ä', 35000)", "REPEAT(_utf8mb4 X'F09F90AC', 20000)", "REPEAT('x', 4194304)")));
        cases.add(TypeCase.of(
                "texts",
                "Text",
                "VARCHAR(50) CHARACTER SET utf8mb4 NULL DEFAULT 'dflt'",
                "COALESCE(%s, 'null')",
                OTHER_TEXT,
                List.of("NULL", "'dflt'", "''")));
    }

    private static void charsets(List<TypeCase> cases) {
        for (String set : List.of(
                "latin1",
                "latin2",
                "latin5",
                "latin7",
                "cp1250",
                "cp1251",
                "cp1256",
                "cp1257",
                "cp850",
                "cp852",
                "cp866",
                "koi8r",
                "koi8u",
                "greek",
                "hebrew",
                "armscii8",
                "tis620",
                "macroman",
                "macce",
                "keybcs2",
                "dec8",
                "hp8",
                "swe7",
                "geostd8")) {
            cases.add(charset(set, everyByte(set, 0, 255)));
        }
        cases.add(charset("sjis", literals("sjis", "82A0", "8140", "B1", "5C", "835C", "41207E", "FCFC", "8160")));
        cases.add(charset("cp932", literals("cp932", "82A0", "879A", "81E6", "FA5C", "5C", "FC4B", "8740")));
        cases.add(charset("eucjpms", literals("eucjpms", "A4A2", "8EB1", "8FB0A1", "41", "5C")));
        cases.add(charset("ujis", literals("ujis", "A4A2", "8EB1", "8FB0A1", "5C7E")));
        cases.add(charset("euckr", literals("euckr", "B0A1", "C8FE", "41", "5C")));
        cases.add(charset("gbk", literals("gbk", "C4E3", "815C", "FEA0", "5C", "A1A4")));
        cases.add(charset("gb2312", literals("gb2312", "C4E3", "B0A1", "41")));
        cases.add(charset("gb18030", literals("gb18030", "C4E3", "8139EF30", "FE39FE39", "5C", "9439DA30")));
        cases.add(charset("big5", literals("big5", "A7DA", "A55C", "F9D5", "41")));
        cases.add(charset("ucs2", literals("ucs2", "0041", "FFFD", "20AC", "D800", "00000041", "0000")));
        cases.add(charset("utf16", literals("utf16", "0041", "FFFD", "D83DDC2C", "0000", "20AC")));
        cases.add(charset("utf16le", literals("utf16le", "4100", "FDFF", "3DD82CDC", "AC20")));
        cases.add(charset("utf32", literals("utf32", "00000041", "0000FFFD", "0001F42C", "0010FFFF")));
        for (String set : List.of("latin1", "cp1251", "koi8r", "utf16", "ucs2", "utf32", "latin2", "greek")) {
            boolean wide = set.startsWith("u");
            List<String> values = wide
                    ? literals(
                            set,
                            set.equals("utf32") ? "00000041000020AC" : "004120AC",
                            set.equals("utf16") ? "D83DDC2C" : set.equals("ucs2") ? "263A" : "0001F42C")
                    : set.equals("latin1") ? everyByte(set, 0, 255) : everyByte(set, 0, 127);
            cases.add(
                    charset(set, values).into("VARCHAR(50) CHARACTER SET utf8mb4", "CONVERT(%s USING utf8mb4)", "%s"));
        }
        cases.add(TypeCase.of(
                "reread",
                "Text in other sets",
                "TEXT CHARACTER SET latin1",
                "%s",
                OTHER_TEXT,
                List.of("REPEAT(_latin1 X'E4', 60000)", "''")));
        cases.add(TypeCase.of(
                "reread",
                "Text in other sets",
                "CHAR(10) CHARACTER SET latin1",
                "%s",
                OTHER_TEXT,
                List.of("_latin1 X'E420'", "''", "NULL")));
    }

    private static TypeCase charset(String set, List<String> values) {
        return TypeCase.of(
                "reread", "Text in other sets", "VARCHAR(50) CHARACTER SET " + set, "%s", OTHER_TEXT, values);
    }

    private static List<String> literals(String set, String... hex) {
        return Stream.concat(Stream.of("''"), Stream.of(hex).map(bytes -> "_" + set + " X'" + bytes + "'"))
                .toList();
    }

    /** All bytes of a set, sixteen a value. */
    private static List<String> everyByte(String set, int first, int last) {
        return IntStream.rangeClosed(first / 16, last / 16)
                .mapToObj(row -> "_" + set + " X'"
                        + String.join(
                                "",
                                IntStream.range(0, 16)
                                        .mapToObj(i -> String.format("%02X", row * 16 + i))
                                        .toList())
                        + "'")
                .toList();
    }

    private static void bytes(List<TypeCase> cases) {
        List<String> values = List.of(
                "X''",
                "X'00'",
                "X'0000'",
                "X'20'",
                "X'2020'",
                "X'FF'",
                "X'00FF8000'",
                "X'C3A9'",
                "X'27225C00'",
                "NULL");
        for (String type : List.of("VARBINARY(20)", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB")) {
            cases.add(image("Bytes", type, "HEX(%s)", "CONCAT(%s, X'00')", values));
        }
        cases.add(image("Bytes", "BINARY(4)", "HEX(%s)", "X'01020304'", values));
        cases.add(image("Bytes", "VARBINARY(20)", "HEX(%s)", "CONCAT(%s, X'00')", values)
                .into("LONGBLOB", "HEX(%s)", "HEX(%s)"));
        cases.add(TypeCase.of(
                "large",
                "Bytes",
                "LONGBLOB",
                "MD5(%s)",
                "CONCAT(%s, X'00')",
                List.of("REPEAT(X'00FF', 2097152)", "REPEAT(X'C3', 70000)")));
    }

    private static void labels(List<TypeCase> cases) {
        String label = "CONCAT(CAST(%1$s AS UNSIGNED), ':', %1$s)";
        String list = "('a','A b','it''s','c,d','','3','ä','\\\\x','2') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
        cases.add(TypeCase.of(
                "reread",
                "Enum",
                "ENUM" + list,
                label,
                "CAST(CAST(%s AS UNSIGNED) MOD 9 + 1 AS UNSIGNED)",
                List.of("'a'", "'A b'", "'it''s'", "'c,d'", "''", "'3'", "'ä'", "'\\\\x'", "'2'", "NULL")));
        cases.add(TypeCase.of(
                        "reread",
                        "Enum",
                        "ENUM('x','y','z') CHARACTER SET latin1",
                        label,
                        "'x'",
                        List.of("'z'", "'y'", "NULL"))
                .into("ENUM('x','y','z','new') CHARACTER SET utf8mb4", label, label));
        String many = IntStream.rangeClosed(1, 64)
                .mapToObj(i -> "'m" + i + "'")
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        cases.add(TypeCase.of(
                "reread",
                "Set",
                "SET(" + many + ")",
                "CONCAT(CAST(%1$s AS UNSIGNED), ':', %1$s)",
                "CAST(CAST(%s AS UNSIGNED) ^ 1 AS UNSIGNED)",
                List.of("''", "'m1'", "'m64'", "'m1,m64'", "18446744073709551615", "9223372036854775808", "NULL")));
        cases.add(TypeCase.of(
                "reread",
                "Set",
                "SET('it''s','ä','b c') CHARACTER SET utf8mb4",
                label,
                "CAST(CAST(%s AS UNSIGNED) ^ 1 AS UNSIGNED)",
                List.of("''", "'it''s'", "'ä,b c'", "7")));
    }

    private static void documents(List<TypeCase> cases) {
        cases.add(TypeCase.of(
                "reread",
                "JSON",
                "JSON",
                "CONCAT(%1$s, JSON_TYPE(%1$s), JSON_STORAGE_SIZE(%1$s))",
                "JSON_ARRAY(%s)",
                List.of(
                        "'null'",
                        "'true'",
                        "'0'",
                        "'-0'",
                        "'-0.0'",
                        "'1'",
                        "'1.0'",
                        "'1.5'",
                        "'9223372036854775807'",
                        "'18446744073709551615'",
                        "'-9223372036854775808'",
                        "'1e308'",
                        "'5e-324'",
                        "'0.1'",
                        "'123456789012345678901234567890'",
                        "'1e22'",
                        "'\"\"'",
                        "'\"ä\\\\u0000\\\\n\\\\\"x\"'",
                        "_utf8mb4 X'22F09F90AC22'",
                        "'[]'",
                        "'{}'",
                        "'{\"\": null, \"b\": [1, 2.5, {\"c\": \"2020-01-01\"}], \"a\": false}'",
                        "'{\"z\": 1, \"aa\": 2, \"b\": 3}'",
                        "CONCAT('[\"', REPEAT('x', 70000), '\"]')",
                        "'[[[[[[[[1]]]]]]]]'",
                        "NULL")));
    }

    private static void shapes(List<TypeCase> cases) {
        List<String> any = List.of(
                "ST_GeomFromText('POINT(1 2)', 4326)",
                "ST_GeomFromText('POINT(-0.1 1e-300)')",
                "ST_GeomFromText('POINT(1 2)', 3857)",
                "ST_GeomFromText('LINESTRING(0 0,1 1)')",
                "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))', 4326)",
                "ST_GeomFromText('MULTIPOINT(0 0,1 1)')",
                "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(0 0),LINESTRING(0 0,1 1))')",
                "ST_GeomFromText('GEOMETRYCOLLECTION EMPTY')",
                "ST_GeomFromText('MULTILINESTRING((0 0,1 1),(2 2,3 3))')",
                "ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))')",
                "NULL");
        String other = "ST_GeomFromText('POINT(7 7)', 4326)";
        cases.add(TypeCase.of("reread", "Spatial", "GEOMETRY", "HEX(%s)", other, any));
        cases.add(TypeCase.of(
                "reread",
                "Spatial",
                "POINT SRID 4326",
                "HEX(%s)",
                other,
                List.of(any.get(0), "ST_GeomFromText('POINT(-89.5 179.25)', 4326)", "NULL")));
        cases.add(TypeCase.of(
                "reread",
                "Spatial",
                "LINESTRING",
                "HEX(%s)",
                "ST_GeomFromText('LINESTRING(5 5,6 6)')",
                List.of(any.get(3))));
        cases.add(TypeCase.of(
                "reread",
                "Spatial",
                "POLYGON",
                "HEX(%s)",
                "ST_GeomFromText('POLYGON((0 0,2 0,2 2,0 0))')",
                List.of(any.get(4))));
    }

    private static TypeCase image(String name, String type, String form, String planted, List<String> values) {
        return TypeCase.of("image", name, type, form, planted, values);
    }

    private static TypeCase time(String name, String type, String form, String planted, List<String> values) {
        return TypeCase.of("times", name, type, form, planted, values);
    }
}
