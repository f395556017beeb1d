------------------------------ MODULE Rolling ------------------------------
(***************************************************************************)
(* The rolling cutover and its way back: no write is refused while         *)
(* applications follow a flip one by one. Phases have the names of the     *)
(* code: Cutover, Rolling, RollingBack, Fence, Phase.                      *)
(*                                                                         *)
(* A move goes from a side that writers leave to one that they enter. The  *)
(* side that is entered hands out ids above a gap; the feed carries what   *)
(* stragglers still write on the side that is left; when that side is      *)
(* silent it is sealed by a fence, the feed is drained, and the other feed *)
(* begins where the side that was entered stood before the flip.           *)
(*                                                                         *)
(* rows[side][id] is the version of a row, 0 without one; latest is what   *)
(* applications were told. Row 0 is an old one that everybody may change,  *)
(* on the side that owns the old rows: the source on the way there, the    *)
(* target on the way back (returning).                                     *)
(*                                                                         *)
(* Feeds apply log to log. A row that is applied with its id moves the     *)
(* next id of that side behind it, as AUTO_INCREMENT does.                 *)
(*                                                                         *)
(* Every constant after MaxCrashes is a rule; FALSE turns one rule off;    *)
(* the build checks that TLC then finds a counter-example.                 *)
(*                                                                         *)
(* Not modelled: late statements of a process that was replaced (Cutover), *)
(* the copy (Copy), rows that do not fit the source.                       *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS
  Apps, MaxWrites, MaxMoves, MaxCrashes,
  GapReserved,        \* the side that is entered hands out ids above a gap
  Followed,           \* the side that is left is sealed when everybody has seen the flip
  Sealed,             \* the side that is left refuses writes before its feed ends
  SealWaits,          \* a seal comes up only when no transaction is open that has written
  EndUnderSeal,       \* the position to drain to is read when the seal is up
  DrainedFirst,       \* reads move when the other side has everything
  ReverseBeforeFlip,  \* the reverse position is stored before the writes move
  OneFeed,            \* the other feed begins when the side that was left is sealed
  ReturningSaid,      \* on the way back, readers cover both sides until the target is sealed
  ReadersFirst,       \* on the way back, writes move when everybody reads both sides
  ForwardBeforeOpen,  \* on the way back, the forward position is stored before the source is opened
  TripWire            \* a change of an old row on the side that does not own it stops the move; nobody makes one who has seen the flips

VARIABLES
  phase, stage, returning,    \* the flags: stage is "before", "moved" or "done"
  seen, open,
  rows, log, latest, commits, next, gap, twice, tripped,
  shut, applied, returned, carry, end, moves, crashes

apps == <<seen, open>>
data == <<rows, log, latest, commits, next, twice, tripped>>
feeds == <<applied, returned, carry>>
vars == <<phase, stage, returning, apps, data, gap, shut, feeds, end, moves, crashes>>

Never == -1
Gap == IF GapReserved THEN MaxWrites ELSE 0
Ids == 0..(6 * MaxWrites + 6)
Other(side) == IF side = "s" THEN "t" ELSE "s"
NoTransaction == [side |-> "none", id |-> 0, version |-> 0]
Now == [stage |-> stage, returning |-> returning]
Max(a, b) == IF a > b THEN a ELSE b

Init ==
  /\ phase = "READY" /\ stage = "before" /\ returning = FALSE
  /\ seen = [a \in Apps |-> [stage |-> "before", returning |-> FALSE]]
  /\ open = [a \in Apps |-> NoTransaction]
  /\ rows = [side \in {"s", "t"} |-> [i \in Ids |-> IF i = 0 THEN 1 ELSE 0]]
  /\ log = [side \in {"s", "t"} |-> <<>>]
  /\ latest = [i \in Ids |-> IF i = 0 THEN 1 ELSE 0] /\ commits = 1
  /\ next = [side \in {"s", "t"} |-> 1] /\ gap = 0 /\ twice = FALSE /\ tripped = FALSE
  /\ shut = [side \in {"s", "t"} |-> side = "t"]
  /\ applied = 0 /\ returned = Never /\ carry = {"forward"}
  /\ end = Never /\ moves = 0 /\ crashes = 0

\* ---- applications -----------------------------------------------------------
Writes(view) == IF view.stage = "before" THEN "s" ELSE "t"
Owner(view) == IF view.stage = "done" \/ view.returning THEN "t" ELSE "s"

\* The side whose old rows are the right ones while both take writes.
Left == IF phase \in {"FLIP_WRITES", "DRAIN", "SEAL", "FLIP_READS"} THEN "s"
        ELSE IF phase \in {"RETURN_READS", "RETURN_WRITES", "DRAIN_BACK", "SEAL_BACK"} THEN "t" ELSE "none"

Learn(a) ==
  /\ open[a] = NoTransaction /\ seen[a] # Now
  /\ seen' = [seen EXCEPT ![a] = Now]
  /\ UNCHANGED <<phase, stage, returning, open, data, gap, shut, feeds, end, moves, crashes>>

Pending == Cardinality({a \in Apps : open[a] # NoTransaction})

Begin(a, side, id, version) ==
  /\ open[a] = NoTransaction /\ ~shut[side] /\ commits + Pending < MaxWrites + 1
  /\ open' = [open EXCEPT ![a] = [side |-> side, id |-> id, version |-> version]]

Insert(a) ==
  LET side == Writes(seen[a]) IN
  /\ Begin(a, side, next[side], 0)
  /\ next' = [next EXCEPT ![side] = @ + 1]
  /\ twice' = (twice \/ latest[next[side]] # 0 \/ \E b \in Apps : open[b] # NoTransaction /\ open[b].id = next[side])
  /\ UNCHANGED <<phase, stage, returning, seen, rows, log, latest, commits, tripped, gap, shut, feeds, end, moves, crashes>>

Change(a) ==            \* a row lock keeps others away from the row on this side
  LET side == Owner(seen[a]) IN
  /\ \A b \in Apps : open[b].side # side \/ open[b].id # 0
  /\ Begin(a, side, 0, 0)
  /\ tripped' = (tripped \/ (TripWire /\ Left # "none" /\ side # Left))
  /\ UNCHANGED <<phase, stage, returning, seen, rows, log, latest, commits, next, twice, gap, shut, feeds, end, moves, crashes>>

Put(side, id, version) ==
  /\ rows' = [rows EXCEPT ![side][id] = version]
  /\ log' = [log EXCEPT ![side] = Append(@, [id |-> id, version |-> version])]

Commit(a) ==
  /\ open[a] # NoTransaction
  /\ commits' = commits + 1
  /\ Put(open[a].side, open[a].id, commits + 1)
  /\ latest' = [latest EXCEPT ![open[a].id] = commits + 1]
  /\ open' = [open EXCEPT ![a] = NoTransaction]
  /\ UNCHANGED <<phase, stage, returning, seen, next, twice, tripped, gap, shut, feeds, end, moves, crashes>>

\* ---- feeds ------------------------------------------------------------------
Carry(from, at) ==
  LET entry == log[from][at + 1] IN
  /\ at < Len(log[from])
  /\ Put(Other(from), entry.id, entry.version)
  /\ next' = [next EXCEPT ![Other(from)] = Max(@, entry.id + 1)]
  /\ UNCHANGED <<phase, stage, returning, apps, latest, commits, twice, tripped, gap, shut, carry, end, moves, crashes>>

Apply == "forward" \in carry /\ Carry("s", applied) /\ applied' = applied + 1 /\ UNCHANGED returned
Return == "reverse" \in carry /\ returned # Never /\ Carry("t", returned) /\ returned' = returned + 1 /\ UNCHANGED applied

\* ---- the way there ----------------------------------------------------------
Control == ~tripped /\ UNCHANGED <<apps, rows, log, latest, commits, twice, tripped, crashes>>
Move(from, to) == phase = from /\ phase' = to
Silent == \A a \in Apps : seen[a] = Now
Idle(side) == \A a \in Apps : open[a].side # side

Gate ==
  /\ Move("READY", "FLIP_WRITES") /\ moves < MaxMoves /\ moves' = moves + 1
  /\ gap' = Max(next["s"], next["t"]) + Gap
  /\ next' = [next EXCEPT !["t"] = gap']
  /\ returned' = IF ReverseBeforeFlip THEN Len(log["t"]) ELSE Never
  /\ shut' = [shut EXCEPT !["t"] = FALSE]
  /\ Control /\ UNCHANGED <<stage, returning, applied, carry, end>>

FlipWrites ==
  /\ Move("FLIP_WRITES", "DRAIN") /\ stage' = "moved"
  /\ carry' = IF OneFeed THEN carry ELSE carry \cup {"reverse"}
  /\ Control /\ UNCHANGED <<returning, next, gap, shut, applied, returned, end, moves>>

Drained ==
  /\ Move("DRAIN", "SEAL") /\ (Followed => Silent) /\ ~shut["s"]
  /\ Control /\ UNCHANGED <<stage, returning, next, gap, shut, feeds, end, moves>>

Raise(side, in) ==
  /\ phase = in /\ Sealed /\ ~shut[side] /\ (SealWaits => Idle(side))
  /\ shut' = [shut EXCEPT ![side] = TRUE]
  /\ Control /\ UNCHANGED <<phase, stage, returning, next, gap, feeds, end, moves>>

Mark(side, in) ==
  /\ phase = in /\ end = Never /\ ((Sealed /\ EndUnderSeal) => shut[side])
  /\ end' = Len(log[side])
  /\ Control /\ UNCHANGED <<phase, stage, returning, next, gap, shut, feeds, moves>>

GiveUp(side, from, to) ==
  /\ Move(from, to) /\ shut' = [shut EXCEPT ![side] = FALSE] /\ end' = Never
  /\ Control /\ UNCHANGED <<stage, returning, next, gap, feeds, moves>>

SealHolds ==
  /\ Move("SEAL", "FLIP_READS") /\ end # Never /\ (Sealed => shut["s"])
  /\ DrainedFirst => applied >= end
  /\ end' = Never
  /\ Control /\ UNCHANGED <<stage, returning, next, gap, shut, feeds, moves>>

FlipReads ==
  /\ Move("FLIP_READS", "WATCH") /\ stage' = "done"
  /\ carry' = {"reverse"}
  /\ returned' = IF ReverseBeforeFlip THEN returned ELSE Len(log["t"])
  /\ Control /\ UNCHANGED <<returning, next, gap, shut, applied, end, moves>>

\* ---- the way back -----------------------------------------------------------
ReturnReads ==
  /\ Move("WATCH", "RETURN_READS") /\ stage' = "moved" /\ returning' = TRUE
  /\ Control /\ UNCHANGED <<next, gap, shut, feeds, end, moves>>

MoveReadsAgain ==       \* a row does not fit, the ids do not suffice, nobody wants it any more
  /\ Move("RETURN_READS", "WATCH") /\ stage' = "done" /\ returning' = FALSE
  /\ Control /\ UNCHANGED <<next, gap, shut, feeds, end, moves>>

GateBack ==
  /\ Move("RETURN_READS", "RETURN_WRITES") /\ (ReadersFirst => Silent)
  /\ gap' = Max(next["s"], next["t"]) + Gap
  /\ next' = [next EXCEPT !["s"] = gap']
  /\ applied' = IF ForwardBeforeOpen THEN Len(log["s"]) ELSE applied
  /\ shut' = [shut EXCEPT !["s"] = FALSE]
  /\ Control /\ UNCHANGED <<stage, returning, returned, carry, end, moves>>

FlipWritesBack ==
  /\ Move("RETURN_WRITES", "DRAIN_BACK") /\ stage' = "before"
  /\ returning' = ReturningSaid
  /\ Control /\ UNCHANGED <<next, gap, shut, feeds, end, moves>>

DrainedBack ==
  /\ Move("DRAIN_BACK", "SEAL_BACK") /\ (Followed => Silent) /\ ~shut["t"]
  /\ Control /\ UNCHANGED <<stage, returning, next, gap, shut, feeds, end, moves>>

SealHoldsBack ==       \* one write, of the switch: a new owner that finds it off in SEAL_BACK goes on to the end
  /\ Move("SEAL_BACK", "READY") /\ end # Never /\ (Sealed => shut["t"])
  /\ DrainedFirst => returned >= end
  /\ end' = Never /\ returning' = FALSE /\ carry' = {"forward"} /\ returned' = Never
  /\ applied' = IF ForwardBeforeOpen THEN applied ELSE Len(log["s"])
  /\ Control /\ UNCHANGED <<stage, next, gap, shut, moves>>

\* ---- a crash ----------------------------------------------------------------
\* A seal that this process did not raise is taken down: nothing is known of what was compared under it.
Crash ==
  /\ ~tripped /\ crashes < MaxCrashes /\ crashes' = crashes + 1
  /\ phase' = CASE phase \in {"SEAL", "FLIP_READS"} -> "DRAIN"
                [] phase = "SEAL_BACK" -> "DRAIN_BACK"
                [] OTHER -> phase
  /\ shut' = CASE phase' = "DRAIN" -> [shut EXCEPT !["s"] = FALSE]
               [] phase' = "DRAIN_BACK" -> [shut EXCEPT !["t"] = FALSE]
               [] OTHER -> shut
  /\ end' = Never
  /\ UNCHANGED <<stage, returning, apps, data, gap, feeds, moves>>

Next ==
  \/ \E a \in Apps : Learn(a) \/ Insert(a) \/ Change(a) \/ Commit(a)
  \/ Apply \/ Return
  \/ Gate \/ FlipWrites \/ Drained \/ Raise("s", "SEAL") \/ Mark("s", "SEAL") \/ GiveUp("s", "SEAL", "DRAIN") \/ SealHolds \/ FlipReads
  \/ ReturnReads \/ MoveReadsAgain \/ GateBack \/ FlipWritesBack
  \/ DrainedBack \/ Raise("t", "SEAL_BACK") \/ Mark("t", "SEAL_BACK") \/ GiveUp("t", "SEAL_BACK", "DRAIN_BACK") \/ SealHoldsBack
  \/ Crash

Spec == Init /\ [][Next]_vars

\* ---- what must hold ---------------------------------------------------------
First(side, i) == IF rows[side][i] # 0 THEN rows[side][i] ELSE rows[Other(side)][i]
Shown(view, i) ==
  CASE view.stage = "done" -> rows["t"][i]
    [] view.returning -> First("t", i)
    [] view.stage = "moved" -> First("s", i)
    [] OTHER -> rows["s"][i]

\* Whoever reads the flags before a read sees every row as it was acknowledged last.
ReadsRight == tripped \/ \A i \in Ids : Shown(Now, i) = latest[i]

\* No id is given to two rows.
IdsOnce == ~twice

\* A side that has been followed to the end of its log has an equal.
Equal ==
  tripped \/
  /\ phase = "READY" /\ applied = Len(log["s"]) => rows["s"] = rows["t"]
  /\ phase = "WATCH" /\ "reverse" \in carry /\ returned = Len(log["t"]) => rows["s"] = rows["t"]

\* On the way back, whoever reads the flags late sees that too.
LateReadersRight ==
  tripped \/ (phase \in {"DRAIN_BACK", "SEAL_BACK"} => \A a \in Apps, i \in Ids : Shown(seen[a], i) = latest[i])

\* No new row is refused. A change of an old one may be, between the seal and the next look at the flags.
NoInsertRefused == tripped \/ \A a \in Apps : ~shut[Writes(seen[a])]
=============================================================================
