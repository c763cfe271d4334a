#!/bin/sh
# As much of rpm as install.sh uses, and what would do harm: a package is a file NAME-VERSION-RELEASE.ARCH below
# /var/lib/rpm with the paths that it owns; beside it NAME.preun and NAME.postun are its scripts, NAME.requires what it
# needs. Every call is noted in /var/lib/rpm/.calls.
root=''
if [ "$1" = --root ]; then
  root=$2
  shift 2
fi
packages=$root/var/lib/rpm
echo "$*" >>"$packages/.calls"

find_package() {
  for file in "$packages/$1" "$packages/$1"-[0-9]*; do
    if [ -f "$file" ]; then
      echo "${file##*/}"
      return 0
    fi
  done
  return 1
}

known() {
  find_package "$1" || { echo "package $1 is not installed" && exit 1; }
}

case $1 in
  -q)
    if [ "$2" = --whatrequires ]; then
      names=$(cd "$packages" && grep -lx "$3" -- *.requires 2>/dev/null | sed 's/\.requires$//')
      [ -n "$names" ] || { echo "no package requires $3" && exit 1; }
      for name in $names; do find_package "$name"; done
      exit 0
    fi
    known "$2"
    ;;
  -ql) cat "$packages/$(known "$2")" ;;
  -qf)
    [ -e "$root$2" ] || { echo "error: file $2: No such file or directory" >&2 && exit 1; }
    (cd "$packages" && grep -lx "$2" -- *-[0-9]*) || { echo "file $2 is not owned by any package" && exit 1; }
    ;;
  -e)
    shift
    justdb=0 scripts=1
    while :; do
      case $1 in
        --justdb) justdb=1 ;;
        --noscripts) scripts=0 ;;
        -*) echo "rpm: $1: unknown option" >&2 && exit 1 ;;
        *) break ;;
      esac
      shift
    done
    package=$(find_package "$1") || { echo "error: package $1 is not installed" >&2 && exit 1; }
    name=${package%-*-*}
    if grep -qx "$name" "$packages"/*.requires 2>/dev/null; then
      echo "error: Failed dependencies" >&2
      exit 1
    fi
    if [ "$scripts" = 1 ] && [ -f "$packages/$name.preun" ]; then sh "$packages/$name.preun" 0; fi
    if [ "$justdb" = 0 ]; then
      sort -r "$packages/$package" | while read -r path; do
        if [ -d "$root$path" ] && [ ! -L "$root$path" ]; then rmdir "$root$path" 2>/dev/null; else rm -f "$root$path"; fi
      done
    fi
    rm "$packages/$package"
    if [ "$scripts" = 1 ] && [ -f "$packages/$name.postun" ]; then sh "$packages/$name.postun" 0; fi
    ;;
  *) echo "rpm: $1: unknown option" >&2 && exit 1 ;;
esac
exit 0
