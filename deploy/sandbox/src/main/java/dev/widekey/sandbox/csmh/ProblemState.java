package dev.widekey.sandbox.csmh;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The JSON a courseware problem keeps per student. Immutable.
 *
 * @param json the text
 * @param points inputs answered correctly
 */
record ProblemState(String json, int points) {
    static final String EMPTY = "{}";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT);
    private static final String[] WORDS = {
        "the",
        "energy",
        "of",
        "a",
        "café",
        "wave",
        "is",
        "naïve",
        "force",
        "times",
        "distance",
        "Größe",
        "\\\"quoted\\\"",
        "x = 3",
        "because",
        "heat",
        "and",
        "solution\\n",
        "λ",
        "entropy"
    };

    /** What a problem stores before the first answer: its seed and its inputs. */
    static String seed(long module, int inputs) {
        StringBuilder json = new StringBuilder("{\"seed\": 1, \"input_state\": {");
        for (int input = 1; input <= inputs; input++) {
            json.append(input == 1 ? "" : ", ")
                    .append('"')
                    .append(inputName(module, input))
                    .append("\": {}");
        }
        return json.append("}}").toString();
    }

    /**
     * What a problem stores after an attempt.
     *
     * @param dice decides answers and points; the same dice give the same attempt
     * @param swapped writes msg and npoints the other way round, which is the only difference between some copies
     */
    static ProblemState attempt(long module, int inputs, int attempt, LocalDateTime when, Dice dice, boolean swapped) {
        StringBuilder correct = new StringBuilder();
        StringBuilder states = new StringBuilder();
        StringBuilder answers = new StringBuilder();
        int points = 0;
        for (int input = 1; input <= inputs; input++) {
            String comma = input == 1 ? "" : ", ";
            String name = inputName(module, input);
            boolean right = dice.chance(0.6);
            points += right ? 1 : 0;
            correct.append(comma)
                    .append('"')
                    .append(name)
                    .append("\": {\"hint\": \"\", \"hintmode\": null, \"correctness\": \"")
                    .append(right ? "correct" : "incorrect")
                    .append(swapped ? "\", \"npoints\": null, \"msg\": \"\"" : "\", \"msg\": \"\", \"npoints\": null")
                    .append(", \"queuestate\": null}");
            states.append(comma).append('"').append(name).append("\": {}");
            answers.append(comma)
                    .append('"')
                    .append(name)
                    .append("\": \"")
                    .append(answer(dice))
                    .append('"');
        }
        String json =
                "{\"correct_map\": {" + correct + "}, \"input_state\": {" + states + "}, \"last_submission_time\": \""
                        + TIME.format(when) + "\", \"attempts\": " + attempt
                        + ", \"seed\": 1, \"done\": true, \"student_answers\": {"
                        + answers + "}}";
        return new ProblemState(json, points);
    }

    /** The grade a row carries: none as long as nothing was answered. */
    static @Nullable Double grade(int attempts, int points) {
        return attempts == 0 ? null : (double) points;
    }

    private static String inputName(long module, int input) {
        return "i4x-edX-DemoX-problem-" + Long.toHexString(Dice.mix(module)).substring(0, 8) + "_" + (input + 1) + "_1";
    }

    private static String answer(Dice dice) {
        if (!dice.chance(0.1)) {
            return "choice_" + dice.below(5);
        }
        int length = dice.lognormal(2.4, 2.0, 60_000);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(text.isEmpty() ? "" : " ").append(WORDS[dice.below(WORDS.length)]);
        }
        return text.toString();
    }
}
