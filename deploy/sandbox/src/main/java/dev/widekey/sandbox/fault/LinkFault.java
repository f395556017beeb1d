package dev.widekey.sandbox.fault;

/** What can happen to a link. */
public enum LinkFault {
    /** Lasting: open connections are reset and no new one comes about, as with a server that is down. */
    REFUSE(true),
    /** Once: the next packet is lost and both ends see an orderly end. */
    CUT(false),
    /** Once: the next packet is lost and both ends see a reset. */
    RESET(false),
    /** Lasting: nothing passes either way and nobody is told; what was sent arrives when it is over. */
    BLACK_HOLE(true),
    /** Lasting: the clients of the connections open by now see a reset, the server believes they are still there. New ones pass. */
    HALF_OPEN(true),
    /** Lasting: each 1 KB takes 10 ms more than it would. */
    SLOW(true),
    /** Once: the server's next row, in a result or in the log, arrives by half; then both ends are cut. */
    CUT_INSIDE_ROW(false),
    /** Once: both ends are cut behind a change and before its transaction's end. */
    CUT_INSIDE_TRANSACTION(false),
    /** Once: the next commit is lost on its way, to the server as a statement or from it in the log; then both ends are cut. */
    CUT_BEFORE_COMMIT(false),
    /** Once, statements only: the server commits, its answer is lost, and both ends are cut. */
    EAT_COMMIT_ANSWER(false);

    private final boolean lasting;

    LinkFault(boolean lasting) {
        this.lasting = lasting;
    }

    /** Whether it goes on until it is healed; the others happen once. */
    public boolean isLasting() {
        return lasting;
    }

    /** Whether the link has such moments. */
    public boolean suits(Link link) {
        return this != EAT_COMMIT_ANSWER || link == Link.SQL;
    }
}
