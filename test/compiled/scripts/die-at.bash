# Read by bash before its script (BASH_ENV): kills the script before the command of the number DIE_AT, of those that change
# something. The count is in the file COUNT, because subshells count on.
_die_at() {
  local command=$BASH_COMMAND n
  # run() gives its words as they are.
  if [[ $command == '"$@"' ]]; then command=$*; fi
  case $command in
    install\ * | mv\ * | cp\ * | ln\ * | mkdir\ * | chmod\ * | rm\ * | rmdir\ * | touch\ * | *'> "$'* | \"\$binary\"\ *) ;;
    rpm\ * | rpm_here\ -e* | chkconfig\ * | systemctl\ * | /etc/init.d/*) ;;
    *) return 0 ;;
  esac
  read -r n <"$COUNT"
  n=$((n + 1))
  echo "$n" >"$COUNT"
  if [[ $n -ge $DIE_AT ]]; then kill "-${DIE_BY:-KILL}" $$ $BASHPID; fi
  return 0
}
set -o functrace
trap '_die_at "$@"' DEBUG
