#!/bin/sh
# Stands beside one workload and outlives the agent: starts it, waits, keeps its exit code.
#
#   replica-shim.sh await                                  in the folder of all workloads
#     a spare one: its input names the folder of a workload, where the file `start` sets what `run` gets. It ends when
#     its input does: then nobody is left who could ask.
#   replica-shim.sh enter TABLE LAUNCHER...                in a mount namespace of its own
#     makes the mounts of an fstab, then becomes the launcher
#
# run RUN LOG TABLE FOLDER COMMAND [LAUNCHER...]           in the workload's own folder
#     process.RUN   this process: its /proc stat line and the boot id, written before anything is started
#     main.RUN      the process id of what it started
#     exit.RUN      its exit code, 128 + signal when it was killed; renamed into place
#
# Variables of the workload come as CAUSEWAY_SHIM_0, _1, … with content NAME=VALUE, and get their names only once
# the launcher has given up its rights: an LD_PRELOAD among them must not reach a program that runs as the platform.

await() {
  read -r own || exit 0
  cd -- "$own" || exit 125
  . ./start
  run "$@"
}

run() {
  run=$1 log=$2 table=$3 folder=$4 command=$5
  shift 5
  exec </dev/null >>"$log" 2>&1 || exit 125
  read -r stat <"/proc/$$/stat" || exit 125
  read -r boot </proc/sys/kernel/random/boot_id || exit 125
  printf '%s\n%s\n' "$stat" "$boot" >"process.$run" || exit 125
  ulimit -c 0
  # Caught, not ignored: what is ignored here would be ignored by the workload, too.
  trap : HUP INT QUIT ALRM TERM USR1 USR2

  (
    # The first to go when the machine runs out of memory, before the platform.
    echo 500 >/proc/self/oom_score_adj
    [ -z "$table" ] || mounts "$table"
    exec "$@" /bin/sh -c '
      umask 022
      CAUSEWAY_SHIM_FOLDER=$2 CAUSEWAY_SHIM_NEXT=0
      while [ "$CAUSEWAY_SHIM_NEXT" -lt "$CAUSEWAY_SHIM_COUNT" ]; do
        eval "export \"\$CAUSEWAY_SHIM_$CAUSEWAY_SHIM_NEXT\"; unset CAUSEWAY_SHIM_$CAUSEWAY_SHIM_NEXT"
        CAUSEWAY_SHIM_NEXT=$((CAUSEWAY_SHIM_NEXT + 1))
      done
      cd -- "$CAUSEWAY_SHIM_FOLDER" || exit 125
      unset CAUSEWAY_SHIM_FOLDER CAUSEWAY_SHIM_NEXT CAUSEWAY_SHIM_COUNT OLDPWD
      case $1 in
        "exec "*)
          CAUSEWAY_SHIM_LINE=$1
          set --
          eval "$CAUSEWAY_SHIM_LINE"
          ;;
        *) exec /bin/sh -c "$1" ;;
      esac
    ' sh "$command" "$folder"
  ) &
  main=$!
  printf '%s\n' "$main" >"main.$run"
  # The log is the workload's: nothing of ours in it, such as the "Terminated" of some shells.
  exec >/dev/null 2>&1

  # A caught signal ends a wait early.
  while :; do
    wait "$main"
    code=$?
    kill -0 "$main" 2>/dev/null || break
  done
  printf '%s\n' "$code" >"exit.$run.new" && mv -f "exit.$run.new" "exit.$run"
  exit 0
}

enter() {
  mounts "$1"
  shift
  exec "$@"
}

mounts() {
  # Without mtab: libmount would note each mount in a file of the whole machine, where nobody removes it.
  mount --no-mtab --all --fstab "$1" || exit 125
}

# Read completely before it acts, so that replacing this file changes no running shim.
case $1 in
  await | enter) "$@" ;;
  *) exit 125 ;;
esac
exit
