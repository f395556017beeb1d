-------------------------------- MODULE Copy --------------------------------
(***************************************************************************)
(* The copy protocol: chunks read by plain consistent reads, merged with   *)
(* the stream of changes by windows and tombstones, without locks on the   *)
(* source. Names are those of the code: Merge marks, ChunkWindow holds     *)
(* tombstones, StreamApplier applies, Ownership is the epoch.              *)
(*                                                                         *)
(* Source.  binlog is the log, one entry a row change; row 0 means that    *)
(* the row is gone; end marks the last entry of a transaction. Readers see *)
(* the prefix of length visible: MySQL sends a change to binlog readers    *)
(* before the row is readable.                                             *)
(*                                                                         *)
(* Reread.  A table with values that the stream cannot carry exactly is    *)
(* applied by key: the applier waits until the change is readable, reads   *)
(* the row as it is by then, and writes that. Deletes need no reading.     *)
(*                                                                         *)
(* Parallel.  The applier writes the last images of many changes on several *)
(* connections, each key on one of them, and stores the position when all   *)
(* have committed; a crash leaves some of them ahead of the position.       *)
(*                                                                         *)
(* Repair.  Rows of the target that somebody else wrote (Damage) are named *)
(* by a comparison and repaired by their key: a touch, which is in no log, *)
(* is queued behind what was delivered (-k in the queue) and applied like  *)
(* one of the stream. It marks nothing: no deletion follows it.            *)
(*                                                                         *)
(* Quarantine.  A row whose content the target refuses is not written: its *)
(* key gets an entry, in the transaction that would have written it, and   *)
(* has no row on the target. Whoever writes or deletes the row later takes *)
(* the entry away.                                                         *)
(*                                                                         *)
(* Stream.  The dispatcher has marked up to next and queues what it marked *)
(* for the applier. delivered is the furthest it ever got in this process. *)
(* stored is the position on the target. A reader that is rebuilt delivers *)
(* again (Redeliver), but only the transaction it was in the middle of.    *)
(*                                                                         *)
(* Fail-over.  Another server takes the source's place and may lack the    *)
(* end of the log (Failover). The stream goes on there when the server has *)
(* everything that was ever delivered. A chunk, or a row read again, may   *)
(* hold traces of a transaction that was not kept; only the comparison     *)
(* with the new server finds those (unproven), so without it nothing is    *)
(* claimed.                                                                *)
(*                                                                         *)
(* Chunks.  planned -> open -> read -> copied. A crash, a failure and an   *)
(* overflow of tombstones lead back to planned.                            *)
(*                                                                         *)
(* Every constant after Refused is a rule; FALSE turns one              *)
(* rule off; the build checks that TLC then finds a counter-example.       *)
(*                                                                         *)
(* Not modelled: several tables, secondary unique keys (refused), loss of  *)
(* the binlog (halts), the flags and the cutover.                          *)
(* Transactions become readable in the order of the log; with GTIDs they   *)
(* need not, which the simulation tries.                                   *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS
  Keys, Chunks,
  Reread,               \* whether the applier reads rows again instead of taking the stream's image
  Parallel,             \* whether keys are written ahead of the position
  MaxChanges, MaxCrashes, MaxRedeliveries, MaxLates, MaxFailovers, MaxDamages,
  Refused,              \* rows the target does not take
  VisibilityWait,       \* a read waits for everything delivered when its window was opened
  WaitForDelivered,     \* ... for everything delivered, not merely for what is applied
  StartFromExecuted,    \* the stream starts from the executed set, not from the end of the log
  OpenBeforeRead,       \* the window is registered before the read
  Tombstones,           \* deletes in the range are remembered
  UnmarkOnUpsert,       \* an insert or update takes the tombstone away again
  MarkBeforeApply,      \* a change is marked before anybody applies it
  InsertAbsent,         \* the chunk never overwrites a row that exists
  DropRowsOnFailure,    \* a chunk that failed reads again
  OverflowStartsOver,   \* too many tombstones: the chunk starts over, none is forgotten
  ForgetWhenKnown,      \* a window is forgotten only when its commit is known
  EpochCheck,           \* every target transaction checks the owner's epoch
  PositionWithRows,     \* the position is stored with the rows it describes
  RedeliverUnfinished,  \* no finished transaction is ever delivered twice to one process
  RereadWaits,          \* a row is read again only when the change is readable
  RepairWaits,          \* ... and for a repair, when everything applied is
  RepairMarksNothing,   \* a repair leaves the tombstones of windows alone
  EntryHolds,           \* a chunk does not insert a row whose key has an entry
  EntryOnlyIfAbsent,    \* a chunk makes no entry for a row that the stream has written
  EntryOnlyIfAlive,     \* ... nor for one that the stream has deleted
  EntryEnds,            \* whoever writes or deletes the row takes the entry away
  DeliveredSurvives,    \* the stream goes on only on a server that has all that was delivered
  SeenIsStored,         \* what was delivered and applied is stored with the rows, and so outlives a crash
  ComparedAfterFailover \* rows that chunks read on a former server are not taken for proven

VARIABLES
  initial, binlog, visible, started,
  next, delivered, queue, stored, unmarked,
  image,                \* the row read again for the head of the queue; Unread when it is not
  target, state, rows, tombstones, waitsFor,
  entries,              \* the quarantine: keys
  late, epoch, crashes, redeliveries, lates,
  written,              \* changes ever written: two servers never write the same row
  seen,                 \* the furthest entry applied, stored with the rows
  until,                \* how much of the log a chunk, or a row read again, may hold traces of
  unproven, failovers,
  damaged,              \* keys whose row on the target was written by somebody else and is not repaired
  damages

vars == <<initial, binlog, visible, started, next, delivered, queue, stored, unmarked, image,
          target, entries, state, rows, tombstones, waitsFor, late, epoch, crashes, redeliveries, lates,
          written, seen, until, unproven, failovers, damaged, damages>>

source == <<initial, binlog, visible, written>>
there == <<target, entries>>
stream == <<next, delivered, queue, stored, unmarked, image, seen>>
chunks == <<state, rows, tombstones, waitsFor, until>>
foreign == <<damaged, damages>>
faults == <<late, epoch, crashes, redeliveries, lates, unproven, failovers, damaged, damages>>

Max(S) == CHOOSE x \in S : \A y \in S : y <= x

\* The row with this key after the first n entries of the log.
At(n, k) == LET I == {i \in 1..n : binlog[i].key = k}
            IN IF I = {} THEN initial[k] ELSE binlog[Max(I)].row
StateAt(n) == [k \in Keys |-> At(n, k)]
NoRows == [k \in Keys |-> 0]
Unread == -1
NoChunk == {}           \* stands for the rows read again
InFlight(c) == state[c] \in (IF OpenBeforeRead THEN {"open", "read"} ELSE {"read"})

Init ==
  /\ initial \in [Keys -> {0, 100}]
  /\ binlog = <<>> /\ visible = 0 /\ started = FALSE
  /\ next = 0 /\ delivered = 0 /\ queue = <<>> /\ stored = 0 /\ unmarked = <<>> /\ image = Unread
  /\ target = NoRows /\ entries = {}
  /\ state = [c \in Chunks |-> "planned"]
  /\ rows = [c \in Chunks |-> NoRows]
  /\ tombstones = [c \in Chunks |-> {}]
  /\ waitsFor = [c \in Chunks |-> 0]
  /\ late = {} /\ epoch = 1 /\ crashes = 0 /\ redeliveries = 0 /\ lates = 0
  /\ written = 0 /\ seen = 0 /\ until = [c \in Chunks \cup {NoChunk} |-> 0] /\ unproven = FALSE /\ failovers = 0
  /\ damaged = {} /\ damages = 0

\* ---- the application on the source -----------------------------------------
Write(k) ==
  /\ written < MaxChanges
  /\ written' = written + 1
  /\ \E row \in {0, written + 1} :
       /\ ~(row = 0 /\ At(Len(binlog), k) = 0)
       /\ binlog' = Append(binlog, [key |-> k, row |-> row, end |-> TRUE])
  /\ UNCHANGED <<initial, visible, started, stream, there, chunks, faults>>

KeyChange(a, b) ==      \* one transaction, two entries: a removal first; the same key comes back, or another one
  /\ written + 2 <= MaxChanges
  /\ written' = written + 2
  /\ At(Len(binlog), a) # 0 /\ (a = b \/ At(Len(binlog), b) = 0)
  /\ binlog' = binlog \o <<[key |-> a, row |-> 0, end |-> FALSE],
                           [key |-> b, row |-> written + 1, end |-> TRUE]>>
  /\ UNCHANGED <<initial, visible, started, stream, there, chunks, faults>>

BecomeVisible ==        \* a whole transaction at a time
  /\ visible < Len(binlog)
  /\ visible' = CHOOSE n \in visible + 1 .. Len(binlog) :
                  binlog[n].end /\ \A m \in visible + 1 .. n - 1 : ~binlog[m].end
  /\ UNCHANGED <<initial, binlog, written, started, stream, there, chunks, faults>>

\* ---- the stream -------------------------------------------------------------
Start ==
  /\ ~started /\ started' = TRUE
  /\ stored' = IF StartFromExecuted THEN visible ELSE Len(binlog)
  /\ next' = stored' /\ delivered' = stored'
  /\ UNCHANGED <<source, queue, unmarked, image, seen, there, chunks, faults>>

Marked(e) ==
  [c \in Chunks |->
     IF e.key \in c /\ InFlight(c) /\ Tombstones
     THEN IF e.row = 0 THEN tombstones[c] \cup {e.key}
          ELSE IF UnmarkOnUpsert THEN tombstones[c] \ {e.key} ELSE tombstones[c]
     ELSE tombstones[c]]

Applied ==              \* the last entry applied, whatever repairs wait
  LET waiting == SelectSeq(queue, LAMBDA i : i > 0)
  IN IF waiting = <<>> THEN next ELSE Head(waiting) - 1

Mark ==                 \* Merge.onBatch
  /\ started /\ next < Len(binlog)
  /\ next' = next + 1
  /\ delivered' = Max({delivered, next + 1})
  /\ queue' = Append(queue, next + 1)
  /\ tombstones' = IF MarkBeforeApply THEN Marked(binlog[next + 1]) ELSE tombstones
  /\ stored' = IF PositionWithRows THEN stored ELSE next + 1
  /\ UNCHANGED <<source, started, unmarked, image, seen, there, state, rows, waitsFor, until, faults>>

ReadAgain ==            \* the applier's look at the source, before its transaction on the target
  /\ queue # <<>> /\ image = Unread
  /\ LET i == Head(queue) IN
       IF i < 0
       THEN /\ RepairWaits => visible >= Applied
            /\ image' = At(visible, -i)
       ELSE /\ Reread /\ binlog[i].row # 0
            /\ RereadWaits => visible >= i
            /\ image' = At(visible, binlog[i].key)
  /\ until' = [until EXCEPT ![NoChunk] = IF MaxFailovers > 0 THEN Max({@, visible}) ELSE 0]
  /\ UNCHANGED <<source, started, next, delivered, queue, stored, unmarked, seen, there, state, rows, tombstones, waitsFor, faults>>

\* The target with the row k, and the entries, after somebody wrote row there or row 0 for a deletion.
Put(t, k, row) == [t EXCEPT ![k] = IF row \in Refused THEN 0 ELSE row]
Entered(e, k, row) == IF row \in Refused THEN e \cup {k} ELSE IF EntryEnds THEN e \ {k} ELSE e

Apply ==                \* StreamApplier
  /\ queue # <<>> /\ Head(queue) > 0
  /\ LET i == Head(queue)
         again == Reread /\ binlog[i].row # 0
     IN
       /\ again => image # Unread
       /\ target' = Put(target, binlog[i].key, IF again THEN image ELSE binlog[i].row)
       /\ entries' = Entered(entries, binlog[i].key, IF again THEN image ELSE binlog[i].row)
       /\ stored' = IF ~PositionWithRows THEN stored
                    ELSE IF binlog[i].end THEN i ELSE stored
       /\ seen' = IF MaxFailovers > 0 /\ SeenIsStored THEN Max({seen, i}) ELSE seen
       /\ unmarked' = IF MarkBeforeApply THEN unmarked ELSE Append(unmarked, i)
  /\ queue' = Tail(queue)
  /\ image' = Unread
  /\ UNCHANGED <<source, started, next, delivered, chunks, faults>>

Repair ==               \* StreamApplier, a touch that is in no log
  /\ queue # <<>> /\ Head(queue) < 0 /\ image # Unread
  /\ target' = Put(target, -Head(queue), image)
  /\ entries' = Entered(entries, -Head(queue), image)
  /\ damaged' = damaged \ {-Head(queue)}
  /\ queue' = Tail(queue)
  /\ image' = Unread
  /\ UNCHANGED <<source, started, next, delivered, stored, unmarked, seen, chunks,
                 late, epoch, crashes, redeliveries, lates, unproven, failovers, damages>>

ApplyPart ==            \* one of several connections commits before the others and the position
  /\ Parallel
  /\ \E n \in 1 .. Len(queue), k \in Keys :
       /\ \A m \in 1 .. n : queue[m] > 0
       /\ LET I == {m \in 1 .. n : binlog[queue[m]].key = k} IN
           /\ I # {}
           /\ target' = Put(target, k, binlog[queue[Max(I)]].row)
           /\ entries' = Entered(entries, k, binlog[queue[Max(I)]].row)
           /\ seen' = IF MaxFailovers > 0 /\ SeenIsStored THEN Max({seen, queue[n]}) ELSE seen
  /\ UNCHANGED <<source, started, next, delivered, queue, stored, unmarked, image, chunks, faults>>

MarkLate ==             \* only when MarkBeforeApply is off
  /\ unmarked # <<>>
  /\ tombstones' = Marked(binlog[Head(unmarked)])
  /\ unmarked' = Tail(unmarked)
  /\ UNCHANGED <<source, started, next, delivered, queue, stored, image, seen, there, state, rows, waitsFor, until, faults>>

Redeliver ==            \* the reader is rebuilt behind something handed over before
  /\ started /\ redeliveries < MaxRedeliveries
  /\ redeliveries' = redeliveries + 1
  /\ \E p \in stored .. next :
       /\ p < next
       /\ IF p = 0 THEN TRUE ELSE binlog[p].end
       /\ RedeliverUnfinished => \A m \in p + 1 .. next : ~binlog[m].end
       /\ next' = p
  /\ UNCHANGED <<source, started, delivered, queue, stored, unmarked, image, seen, there, chunks, late, epoch, crashes, lates, unproven, failovers, foreign>>

\* ---- repairs ----------------------------------------------------------------
Damage(k) ==            \* somebody else writes to the target
  /\ damages < MaxDamages
  /\ damages' = damages + 1 /\ damaged' = damaged \cup {k}
  /\ \E row \in {0, 200} : row # target[k] /\ target' = [target EXCEPT ![k] = row]
  /\ UNCHANGED <<entries, source, started, stream, chunks, late, epoch, crashes, redeliveries, lates, unproven, failovers>>

Touch(k) ==             \* StreamApplier.touch: asked for in the state, so also after a crash
  /\ started /\ k \in damaged /\ \A m \in 1 .. Len(queue) : queue[m] # -k
  /\ queue' = Append(queue, -k)
  /\ tombstones' = IF RepairMarksNothing THEN tombstones
                   ELSE [c \in Chunks |-> tombstones[c] \ {k}]
  /\ UNCHANGED <<source, started, next, delivered, stored, unmarked, image, seen, there,
                 state, rows, waitsFor, until, faults>>

\* ---- chunks -----------------------------------------------------------------
Open(c) ==              \* Merge.open: registered first, then looks at what was delivered
  /\ started /\ state[c] = "planned" /\ OpenBeforeRead
  /\ state' = [state EXCEPT ![c] = "open"]
  /\ tombstones' = [tombstones EXCEPT ![c] = {}]
  /\ waitsFor' = [waitsFor EXCEPT ![c] = IF WaitForDelivered THEN delivered ELSE Applied]
  /\ UNCHANGED <<source, started, stream, there, rows, until, faults>>

Read(c) ==              \* one plain consistent read
  /\ started /\ state[c] = IF OpenBeforeRead THEN "open" ELSE "planned"
  /\ VisibilityWait => visible >= waitsFor[c]
  /\ rows' = [rows EXCEPT ![c] = StateAt(visible)]
  /\ until' = [until EXCEPT ![c] = IF MaxFailovers > 0 THEN visible ELSE 0]
  /\ state' = [state EXCEPT ![c] = IF OpenBeforeRead THEN "read" ELSE "unregistered"]
  /\ UNCHANGED <<source, started, stream, there, tombstones, waitsFor, faults>>

OpenLate(c) ==          \* only when OpenBeforeRead is off
  /\ state[c] = "unregistered"
  /\ state' = [state EXCEPT ![c] = "read"]
  /\ tombstones' = [tombstones EXCEPT ![c] = {}]
  /\ UNCHANGED <<source, started, stream, there, rows, waitsFor, until, faults>>

Merged(c, read, dead) == \* rows inserted where absent; tombstoned keys, and those with an entry, deleted last
  [k \in Keys |->
     IF k \notin c THEN target[k]
     ELSE IF k \in dead \/ (EntryHolds /\ k \in entries) THEN 0
     ELSE IF InsertAbsent /\ target[k] # 0 THEN target[k]
     ELSE IF read[k] # 0 /\ read[k] \notin Refused THEN read[k] ELSE target[k]]

Refusals(c, read, dead) ==
  entries \cup {k \in c : /\ read[k] \in Refused
                         /\ (EntryOnlyIfAlive => k \notin dead)
                         /\ (EntryOnlyIfAbsent => target[k] = 0)}

Commit(c) ==            \* rows, tombstones and the record of the chunk in one transaction
  /\ state[c] = "read"
  /\ target' = Merged(c, rows[c], tombstones[c])
  /\ entries' = Refusals(c, rows[c], tombstones[c])
  /\ state' = [state EXCEPT ![c] = "copied"]
  /\ rows' = [rows EXCEPT ![c] = NoRows]
  /\ tombstones' = [tombstones EXCEPT ![c] = {}]
  /\ until' = [until EXCEPT ![c] = IF MaxFailovers > 0 THEN Max({@, delivered}) ELSE 0]
  /\ UNCHANGED <<source, started, stream, waitsFor, faults>>

Fail(c) ==              \* deadlock, lost connection, a COMMIT known not to have happened
  /\ state[c] = "read"
  /\ IF DropRowsOnFailure
     THEN state' = [state EXCEPT ![c] = "planned"] /\ rows' = [rows EXCEPT ![c] = NoRows]
     ELSE UNCHANGED <<state, rows>>
  /\ tombstones' = [tombstones EXCEPT ![c] = {}]
  /\ UNCHANGED <<source, started, stream, there, waitsFor, until, faults>>

Overflow(c) ==          \* more tombstones than a window keeps
  /\ state[c] = "read" /\ tombstones[c] # {}
  /\ IF OverflowStartsOver
     THEN state' = [state EXCEPT ![c] = "planned"] /\ rows' = [rows EXCEPT ![c] = NoRows]
     ELSE UNCHANGED <<state, rows>>
  /\ tombstones' = [tombstones EXCEPT ![c] = {}]
  /\ UNCHANGED <<source, started, stream, there, waitsFor, until, faults>>

LoseAnswer(c) ==        \* COMMIT sent, answer lost, the window forgotten at once: what the code must not do
  /\ ~ForgetWhenKnown /\ state[c] = "read" /\ lates < MaxLates
  /\ lates' = lates + 1
  /\ late' = late \cup {[chunk |-> c, rows |-> rows[c], tombstones |-> tombstones[c], epoch |-> epoch]}
  /\ state' = [state EXCEPT ![c] = "planned"]
  /\ rows' = [rows EXCEPT ![c] = NoRows]
  /\ tombstones' = [tombstones EXCEPT ![c] = {}]
  /\ UNCHANGED <<source, started, stream, there, waitsFor, until, epoch, crashes, redeliveries, unproven, failovers, foreign>>

\* ---- crashes and paused processes -------------------------------------------
Crash ==                \* SIGKILL, or a pause during which another process takes over
  /\ started /\ crashes < MaxCrashes
  /\ crashes' = crashes + 1
  /\ epoch' = epoch + 1
  /\ late' = late \cup {[chunk |-> c, rows |-> rows[c], tombstones |-> tombstones[c], epoch |-> epoch] :
                          c \in {x \in Chunks : state[x] = "read"}}
  /\ state' = [c \in Chunks |-> IF state[c] = "copied" THEN "copied" ELSE "planned"]
  /\ rows' = [c \in Chunks |-> NoRows]
  /\ tombstones' = [c \in Chunks |-> {}]
  /\ queue' = <<>> /\ unmarked' = <<>> /\ image' = Unread
  /\ next' = stored /\ delivered' = stored
  /\ UNCHANGED <<source, started, stored, seen, there, waitsFor, until, redeliveries, lates, unproven, failovers, foreign>>

LateCommit ==           \* a transaction sent long ago reaches the target now
  /\ \E z \in late :
       /\ EpochCheck => z.epoch = epoch
       /\ target' = Merged(z.chunk, z.rows, z.tombstones)
       /\ entries' = Refusals(z.chunk, z.rows, z.tombstones)
       /\ late' = late \ {z}
  /\ UNCHANGED <<source, started, stream, chunks, epoch, crashes, redeliveries, lates, unproven, failovers, foreign>>

\* ---- another server takes the source's place ---------------------------------
Failover ==             \* n entries of the log are kept; all of them are readable, or will be
  /\ started /\ failovers < MaxFailovers
  /\ failovers' = failovers + 1
  /\ \E n \in 0 .. Len(binlog) :
       /\ IF n = 0 THEN TRUE ELSE binlog[n].end
       /\ DeliveredSurvives => n >= delivered /\ n >= seen   \* otherwise it halts
       /\ binlog' = SubSeq(binlog, 1, n)
       /\ \E v \in 0 .. n : (IF v = 0 THEN TRUE ELSE binlog[v].end) /\ visible' = v
       /\ next' = IF next > n THEN n ELSE next
       /\ delivered' = IF delivered > n THEN n ELSE delivered
       /\ queue' = SelectSeq(queue, LAMBDA i : i <= n)
       /\ stored' = IF stored > n THEN n ELSE stored
       /\ seen' = IF seen > n THEN n ELSE seen
       /\ unproven' = IF ComparedAfterFailover
                      THEN \/ \E c \in Chunks : state[c] \in {"read", "copied"} /\ until[c] > n
                           \/ until[NoChunk] > n
                      ELSE FALSE
  /\ image' = Unread
  /\ UNCHANGED <<initial, written, started, unmarked, there, chunks, late, epoch, crashes, redeliveries, lates, foreign>>

Next ==
  \/ \E k \in Keys : Write(k)
  \/ \E a, b \in Keys : KeyChange(a, b)
  \/ BecomeVisible \/ Start \/ Mark \/ ReadAgain \/ Apply \/ Repair \/ ApplyPart \/ MarkLate \/ Redeliver
  \/ \E c \in Chunks : Open(c) \/ Read(c) \/ OpenLate(c) \/ Commit(c) \/ Fail(c) \/ Overflow(c) \/ LoseAnswer(c)
  \/ \E k \in Keys : Damage(k) \/ Touch(k)
  \/ Crash \/ LateCommit \/ Failover

Spec == Init /\ [][Next]_vars

\* ---- the claim ----------------------------------------------------------------
\* All chunks recorded and the stream applied past the end of the log: the target is the source, but for the rows it
\* refuses, and exactly those have an entry.
Drained == /\ started
           /\ \A c \in Chunks : state[c] = "copied"
           /\ queue = <<>> /\ unmarked = <<>> /\ next = Len(binlog)
           /\ ~unproven /\ damaged = {}
Parity == Drained => \A k \in Keys : LET row == StateAt(Len(binlog))[k] IN
                       /\ target[k] = IF row \in Refused THEN 0 ELSE row
                       /\ (k \in entries) <=> (row \in Refused)
=============================================================================
