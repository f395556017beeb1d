package dev.widekey.daemon.hook;

/**
 * How far one hook has got. Immutable.
 *
 * @param seq the last move of the phase that is behind it
 * @param number the last event that is
 * @param givenUp how many of these the receiver did not take
 */
record Mark(long seq, long number, long givenUp) {
    static final Mark BEGINNING = new Mark(0, 0, 0);

    Mark past(Move move, long lost) {
        return new Mark(move.seq(), number + move.events().size(), givenUp + lost);
    }
}
