package dev.widekey.daemon.table;

import dev.widekey.daemon.table.Question.Kind;
import java.util.ArrayList;
import java.util.List;

/** What has to be asked of the rows because the columns' types do not tell. Stateless. */
final class Questions {

    private Questions() {}

    static List<Question> of(Column from, Column to, boolean isKey) {
        List<Question> questions = new ArrayList<>();
        String name = from.name();
        String value = from.quoted();
        switch (from.type()) {
            case INTEGER, DECIMAL, FLOATING -> {
                if (!from.unsigned() && to.unsigned()) {
                    questions.add(new Question(
                            Kind.NEGATIVE_VALUES,
                            name,
                            value + " < 0",
                            "a negative " + name + ", the target column is unsigned",
                            "make target column " + name + " signed, or change the rows"));
                }
                if (isKey && from.unsigned() && from.dataType().equals("bigint")) {
                    questions.add(new Question(
                            Kind.KEY_TOO_LARGE,
                            name,
                            value + " > 9223372036854775806",
                            "a " + name + " above 9223372036854775806, further than keys are followed",
                            "give the rows smaller keys"));
                }
            }
            case NUMBERED -> {
                if (from.dataType().equals("enum")) {
                    questions.add(new Question(
                            Kind.INVALID_LABEL,
                            name,
                            "CAST(" + value + " AS UNSIGNED) = 0",
                            "the error value in " + name + ", which stands for a label the column does not have",
                            "give the rows one of the column's labels or NULL"));
                }
            }
            case DATE, DATETIME ->
                questions.add(new Question(
                        Kind.IMPOSSIBLE_DATES,
                        name,
                        "DAYOFMONTH(" + value + ") > 28 AND DAYOFMONTH(" + value
                                + ") > DAYOFMONTH(LAST_DAY(CONCAT(LEFT(CAST(" + value + " AS CHAR), 8), '01')))",
                        "a day in " + name + " that its month does not have",
                        "give the rows real dates or NULL"));
            case JSON ->
                questions.add(new Question(
                        Kind.JSON_NOT_TEXT,
                        name,
                        ColumnType.hiddenTypes(from),
                        "a DECIMAL, a time or bytes inside the JSON of " + name + ", which its text does not give back",
                        "rewrite the documents from their text: SET " + value + " = CAST(CAST(" + value
                                + " AS CHAR CHARACTER SET utf8mb4) AS JSON)"));
            case TEXT, BINARY, TIME, SPATIAL, UNSUPPORTED -> {
                // Every value of the type can be moved, or the type cannot.
            }
        }
        return questions;
    }
}
