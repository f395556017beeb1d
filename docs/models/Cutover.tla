------------------------------ MODULE Cutover ------------------------------
(***************************************************************************)
(* The fenced cutover and its way back, with applications that learn of a  *)
(* flip late and may sit in an open transaction. Phases have the names of  *)
(* the code: Cutover, Rollback, Fence, Phase.                              *)
(*                                                                         *)
(* Sides.  src and tgt are the logs of the two tables: writes of           *)
(* applications, each with the serial number of its commit, and what a     *)
(* feed carried over from the other side. All writes are to one row, so    *)
(* the last entry of a log is what a reader of that side sees.             *)
(*                                                                         *)
(* Fences.  A side that is not open refuses every write of an application. *)
(* The fence of a side waits for the transactions that have written there  *)
(* (FenceWaits); it is made of triggers and so outlives every session.     *)
(*                                                                         *)
(* Feeds.  The forward feed applies src to tgt, the reverse feed tgt to    *)
(* src; each stores how far it is with the rows (applied, returned).       *)
(* carry says which of them runs.                                          *)
(*                                                                         *)
(* Controller.  One durable phase, moved by its owner. Everything else it  *)
(* knows (end, the position to drain to) is lost in a crash; a new owner   *)
(* resumes from the phase, the fences and the flag as it finds them. The   *)
(* old process may wake up later and send the one statement it was about   *)
(* to send: a flip (lateFlip) or a fence (lateFence).                      *)
(*                                                                         *)
(* Every constant after MaxCrashes is a rule; FALSE turns one rule off;    *)
(* the build checks that TLC then finds a counter-example.                 *)
(*                                                                         *)
(* Not modelled: the copy and its merge (Copy), the read flag (its legal   *)
(* pairs are Routing's), several rows, rows that do not fit the source.    *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS
  Apps, MaxWrites, MaxCutovers, MaxCrashes,
  DbFence,            \* the databases refuse, not merely the flag
  FenceWaits,         \* a fence comes up only when no transaction is open that has written
  EndUnderFence,      \* the position to drain to is read when the fence is up
  TargetShut,         \* the target is fenced before the source is
  FlipAfterDrain,     \* the flag is flipped when the other side has everything
  OneFeed,            \* the forward feed is ended before the reverse feed begins
  ReverseBeforeOpen,  \* the reverse position is stored before the target is opened
  ForwardBeforeOpen,  \* on the way back, the forward position is stored before the source is opened
  PositionOnce,       \* a position that is stored is not taken again by a new owner
  FlagIsRead,         \* a new owner reads the flag to know whether the flip has happened
  FlipChecksEpoch,    \* a flip is refused when its owner was replaced
  SessionsEnded       \* a new owner ends the sessions of the old one on both servers

VARIABLES
  phase, flag,
  seen, open,           \* what each application knows, and where its open transaction writes; "none" without one
  src, tgt, commits,
  srcOpen, tgtOpen,
  applied, returned,    \* how far the feeds are; Never when the reverse position is not stored
  forwarded,            \* on the way back: whether the new forward position is stored
  carry,                \* the feeds that run
  end, lateFlip, lateFence, cutovers, crashes

apps == <<seen, open>>
logs == <<src, tgt, commits>>
fences == <<srcOpen, tgtOpen>>
feeds == <<applied, returned, forwarded, carry>>
late == <<lateFlip, lateFence>>
vars == <<phase, flag, apps, logs, fences, feeds, end, late, cutovers, crashes>>

Never == -1
Entry(w, by) == [write |-> w, by |-> by]
Idle(side) == \A a \in Apps : open[a] # side

Init ==
  /\ phase = "READY" /\ flag = "source"
  /\ seen = [a \in Apps |-> "source"] /\ open = [a \in Apps |-> "none"]
  /\ src = <<>> /\ tgt = <<>> /\ commits = 0
  /\ srcOpen = TRUE /\ tgtOpen = TRUE
  /\ applied = 0 /\ returned = Never /\ forwarded = FALSE /\ carry = {"forward"}
  /\ end = Never /\ lateFlip = "none" /\ lateFence = FALSE /\ cutovers = 0 /\ crashes = 0

\* ---- applications -----------------------------------------------------------
Learn(a) ==
  /\ open[a] = "none" /\ seen[a] # flag
  /\ seen' = [seen EXCEPT ![a] = flag]
  /\ UNCHANGED <<phase, flag, open, logs, fences, feeds, end, late, cutovers, crashes>>

IsOpen(side) == IF side = "source" THEN srcOpen ELSE tgtOpen

Begin(a) ==             \* the statement that writes; a fence refuses it
  /\ open[a] = "none" /\ IsOpen(seen[a])
  /\ commits + Cardinality({b \in Apps : open[b] # "none"}) < MaxWrites
  /\ open' = [open EXCEPT ![a] = seen[a]]
  /\ UNCHANGED <<phase, flag, seen, logs, fences, feeds, end, late, cutovers, crashes>>

Commit(a) ==
  /\ open[a] # "none"
  /\ commits' = commits + 1
  /\ IF open[a] = "source"
       THEN src' = Append(src, Entry(commits + 1, "application")) /\ UNCHANGED tgt
       ELSE tgt' = Append(tgt, Entry(commits + 1, "application")) /\ UNCHANGED src
  /\ open' = [open EXCEPT ![a] = "none"]
  /\ UNCHANGED <<phase, flag, seen, fences, feeds, end, late, cutovers, crashes>>

\* ---- feeds ------------------------------------------------------------------
Apply ==
  /\ "forward" \in carry /\ applied < Len(src)
  /\ applied' = applied + 1
  /\ tgt' = Append(tgt, Entry(src[applied + 1].write, "forward"))
  /\ UNCHANGED <<phase, flag, apps, src, commits, fences, returned, forwarded, carry, end, late, cutovers, crashes>>

Return ==
  /\ "reverse" \in carry /\ returned # Never /\ returned < Len(tgt)
  /\ returned' = returned + 1
  /\ src' = Append(src, Entry(tgt[returned + 1].write, "reverse"))
  /\ UNCHANGED <<phase, flag, apps, tgt, commits, fences, applied, forwarded, carry, end, late, cutovers, crashes>>

\* ---- cutover ----------------------------------------------------------------
Control == UNCHANGED <<apps, logs, late, cutovers, crashes>>
Move(from, to) == phase = from /\ phase' = to

Gate ==
  /\ Move("READY", "FENCE") /\ cutovers < MaxCutovers /\ cutovers' = cutovers + 1
  /\ UNCHANGED <<flag, apps, logs, fences, feeds, end, late, crashes>>

Shut ==
  /\ phase = "FENCE" /\ TargetShut /\ tgtOpen /\ tgtOpen' = FALSE
  /\ Control /\ UNCHANGED <<phase, flag, srcOpen, feeds, end>>

Raise ==
  /\ phase = "FENCE" /\ srcOpen /\ DbFence /\ (TargetShut => ~tgtOpen)
  /\ FenceWaits => Idle("source")
  /\ srcOpen' = FALSE
  /\ Control /\ UNCHANGED <<phase, flag, tgtOpen, feeds, end>>

Mark ==
  /\ phase = "FENCE" /\ end = Never
  /\ (EndUnderFence /\ DbFence) => ~srcOpen
  /\ end' = Len(src)
  /\ Control /\ UNCHANGED <<phase, flag, fences, feeds>>

Drained ==              \* what changed is compared here
  /\ Move("FENCE", "FLIP") /\ end # Never /\ (DbFence => ~srcOpen)
  /\ FlipAfterDrain => applied >= end
  /\ end' = Never
  /\ Control /\ UNCHANGED <<flag, fences, feeds>>

GiveUp ==               \* the lock is not to be had, the pause is too long, rows differ, the flag cannot be written
  /\ \/ Move("FENCE", "UNFENCE")
     \/ Move("FLIP", "UNFENCE") /\ flag = "source"
  /\ end' = Never
  /\ Control /\ UNCHANGED <<flag, fences, feeds>>

Unfence ==
  /\ Move("UNFENCE", "READY") /\ srcOpen' = TRUE
  /\ Control /\ UNCHANGED <<flag, tgtOpen, feeds, end>>

Flip ==
  /\ phase = "FLIP" /\ flag = "source" /\ flag' = "target"
  /\ Control /\ UNCHANGED <<phase, fences, feeds, end>>

Flipped ==
  /\ Move("FLIP", "OPEN") /\ flag = "target"
  /\ carry' = IF OneFeed /\ FlipAfterDrain THEN carry \ {"forward"} ELSE carry
  /\ Control /\ UNCHANGED <<flag, fences, applied, returned, forwarded, end>>

StoreReverse ==
  /\ IF ReverseBeforeOpen THEN phase = "OPEN" /\ (returned = Never \/ (~PositionOnce /\ "reverse" \notin carry))
                          ELSE phase = "WATCH" /\ returned = Never
  /\ returned' = Len(tgt) /\ carry' = carry \cup {"reverse"}
  /\ Control /\ UNCHANGED <<phase, flag, fences, applied, forwarded, end>>

Open ==
  /\ phase = "OPEN" /\ ~tgtOpen /\ (ReverseBeforeOpen => "reverse" \in carry)
  /\ tgtOpen' = TRUE
  /\ Control /\ UNCHANGED <<phase, flag, srcOpen, feeds, end>>

Opened ==
  /\ Move("OPEN", "WATCH") /\ tgtOpen /\ (ReverseBeforeOpen => "reverse" \in carry)
  /\ Control /\ UNCHANGED <<flag, fences, feeds, end>>

\* ---- the way back -----------------------------------------------------------
Ask ==
  /\ Move("WATCH", "FENCE_BACK") /\ "reverse" \in carry
  /\ Control /\ UNCHANGED <<flag, fences, feeds, end>>

RaiseBack ==
  /\ phase = "FENCE_BACK" /\ tgtOpen /\ DbFence /\ (FenceWaits => Idle("target"))
  /\ tgtOpen' = FALSE
  /\ Control /\ UNCHANGED <<phase, flag, srcOpen, feeds, end>>

MarkBack ==
  /\ phase = "FENCE_BACK" /\ end = Never /\ ((EndUnderFence /\ DbFence) => ~tgtOpen)
  /\ end' = Len(tgt)
  /\ Control /\ UNCHANGED <<phase, flag, fences, feeds>>

DrainedBack ==
  /\ Move("FENCE_BACK", "FLIP_BACK") /\ end # Never /\ (DbFence => ~tgtOpen)
  /\ FlipAfterDrain => returned >= end
  /\ end' = Never /\ carry' = carry \ {"reverse"}
  /\ Control /\ UNCHANGED <<flag, fences, applied, returned, forwarded>>

GiveUpBack ==
  /\ \/ Move("FENCE_BACK", "UNFENCE_BACK")
     \/ Move("FLIP_BACK", "UNFENCE_BACK") /\ flag = "target"
  /\ end' = Never
  /\ Control /\ UNCHANGED <<flag, fences, feeds>>

UnfenceBack ==          \* the reverse feed goes on from where it is stored
  /\ Move("UNFENCE_BACK", "WATCH") /\ tgtOpen' = TRUE /\ carry' = carry \cup {"reverse"}
  /\ Control /\ UNCHANGED <<flag, srcOpen, applied, returned, forwarded, end>>

FlipBack ==
  /\ phase = "FLIP_BACK" /\ flag = "target" /\ flag' = "source"
  /\ Control /\ UNCHANGED <<phase, fences, feeds, end>>

FlippedBack ==
  /\ Move("FLIP_BACK", "OPEN_BACK") /\ flag = "source" /\ forwarded' = FALSE
  /\ Control /\ UNCHANGED <<flag, fences, applied, returned, carry, end>>

StoreForward ==
  /\ phase = "OPEN_BACK" /\ (~forwarded \/ (~PositionOnce /\ "forward" \notin carry)) /\ (ForwardBeforeOpen \/ srcOpen)
  /\ applied' = Len(src) /\ returned' = Never /\ forwarded' = TRUE /\ carry' = {"forward"}
  /\ Control /\ UNCHANGED <<phase, flag, fences, end>>

OpenBack ==
  /\ phase = "OPEN_BACK" /\ ~srcOpen /\ (ForwardBeforeOpen => "forward" \in carry)
  /\ srcOpen' = TRUE
  /\ Control /\ UNCHANGED <<phase, flag, tgtOpen, feeds, end>>

OpenedBack ==
  /\ Move("OPEN_BACK", "READY") /\ srcOpen /\ "forward" \in carry
  /\ Control /\ UNCHANGED <<flag, fences, feeds, end>>

\* ---- a crash, and what the old process may still do -------------------------
Happened(to) == IF FlagIsRead THEN flag = to ELSE FALSE
Resumed ==
  CASE phase = "FENCE" -> "UNFENCE"
    [] phase = "FLIP" /\ ~Happened("target") -> "UNFENCE"
    [] phase = "FENCE_BACK" -> "UNFENCE_BACK"
    [] phase = "FLIP_BACK" /\ ~Happened("source") -> "UNFENCE_BACK"
    [] OTHER -> phase

Crash ==
  /\ crashes < MaxCrashes /\ crashes' = crashes + 1
  /\ phase' = Resumed
  /\ end' = Never
  /\ carry' = CASE phase' \in {"READY", "UNFENCE"} -> {"forward"}
                [] phase' \in {"WATCH", "UNFENCE_BACK"} -> {"reverse"}
                [] OTHER -> {}        \* OPEN and OPEN_BACK start their feed when its position is stored
  /\ lateFlip' = IF FlipChecksEpoch THEN "none"
                 ELSE CASE phase = "FLIP" -> "target" [] phase = "FLIP_BACK" -> "source" [] OTHER -> lateFlip
  /\ lateFence' = (phase = "FENCE" /\ srcOpen /\ ~SessionsEnded)
  /\ UNCHANGED <<flag, apps, logs, fences, applied, returned, forwarded, cutovers>>

Resume ==               \* a feed whose position is stored goes on in OPEN and OPEN_BACK
  /\ PositionOnce
  /\ \/ phase = "OPEN" /\ returned # Never /\ "reverse" \notin carry /\ carry' = carry \cup {"reverse"}
     \/ phase = "OPEN_BACK" /\ forwarded /\ "forward" \notin carry /\ carry' = carry \cup {"forward"}
  /\ Control /\ UNCHANGED <<phase, flag, fences, applied, returned, forwarded, end>>

LateFlip ==
  /\ lateFlip # "none" /\ flag' = lateFlip /\ lateFlip' = "none"
  /\ UNCHANGED <<phase, apps, logs, fences, feeds, end, lateFence, cutovers, crashes>>

LateFence ==
  /\ lateFence /\ Idle("source") /\ srcOpen' = FALSE /\ lateFence' = FALSE
  /\ UNCHANGED <<phase, flag, apps, logs, tgtOpen, feeds, end, lateFlip, cutovers, crashes>>

Next ==
  \/ \E a \in Apps : Learn(a) \/ Begin(a) \/ Commit(a)
  \/ Apply \/ Return
  \/ Gate \/ Shut \/ Raise \/ Mark \/ Drained \/ GiveUp \/ Unfence \/ Flip \/ Flipped \/ StoreReverse \/ Open \/ Opened
  \/ Ask \/ RaiseBack \/ MarkBack \/ DrainedBack \/ GiveUpBack \/ UnfenceBack
  \/ FlipBack \/ FlippedBack \/ StoreForward \/ OpenBack \/ OpenedBack
  \/ Crash \/ Resume \/ LateFlip \/ LateFence

Spec == Init /\ [][Next]_vars

\* ---- what must hold ---------------------------------------------------------
Writes(log) == {log[i].write : i \in {j \in 1..Len(log) : log[j].by = "application"}}
All(log) == {log[i].write : i \in 1..Len(log)}
Last(log) == IF log = <<>> THEN 0 ELSE log[Len(log)].write

\* Once the flag may point to the target, it has every write of the source; and the other way round.
NothingLost ==
  /\ phase \in {"FLIP", "OPEN", "WATCH"} => Writes(src) \subseteq All(tgt)
  /\ phase \in {"FLIP_BACK", "OPEN_BACK"} => Writes(tgt) \subseteq All(src)

\* The side that takes writes shows the newest of them.
NothingStale ==
  /\ phase \in {"OPEN", "WATCH"} /\ tgtOpen => Last(tgt) = commits
  /\ phase = "READY" /\ srcOpen => Last(src) = commits

\* Never do both sides take writes, but for the time before the first flip, when no application knows of the target.
OneWriter == srcOpen /\ tgtOpen => phase \in {"READY", "FENCE", "UNFENCE"} /\ flag = "source" /\ \A a \in Apps : seen[a] = "source"

\* No write comes back to where it was made, or arrives twice.
NoCircle ==
  /\ \A i, j \in 1..Len(src) : i # j => src[i].write # src[j].write
  /\ \A i, j \in 1..Len(tgt) : i # j => tgt[i].write # tgt[j].write

\* When nothing is under way, the flag points to the side that takes writes.
FlagRight ==
  /\ phase = "WATCH" => flag = "target" /\ tgtOpen
  /\ phase = "READY" => flag = "source" /\ srcOpen
=============================================================================
