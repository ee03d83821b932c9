# Restores FILE beside the live database, compares, and only then swaps the two. CONFIRM repeats the database's name.
# The former database stays under another name until somebody drops it.
set -euo pipefail
umask 077
source "$(dirname "$0")/common.sh"

if [[ $FILE == list ]]; then
    newest_first | while IFS= read -r name; do
        verified=""
        [[ ! -e $BACKUPS/$name.verified ]] || verified=" verified"
        echo "$name $(field "$BACKUPS/$name.manifest" bytes) bytes, schema $(field "$BACKUPS/$name.manifest" schema_revision)$verified"
    done
    exit
fi
exec 9>"$BACKUPS/.lock"
flock --nonblock 9 || die "another backup or restore is running"
use_database
[[ $CONFIRM == "$DATABASE" ]] || die "to replace the database $DATABASE, confirm with its name (you gave '$CONFIRM')"
check_files "$FILE"

stamp=$(date -u +%Y%m%d%H%M%S)
fresh=restored_$stamp
former=${DATABASE}_before_$stamp
sql postgres "CREATE DATABASE $fresh"
trap 'sql postgres "DROP DATABASE IF EXISTS $fresh" || true' EXIT
say "restoring $FILE into $fresh"
restore_into "$FILE" "$fresh"

say "swapping"
sql postgres "ALTER DATABASE \"$DATABASE\" ALLOW_CONNECTIONS false"
sql postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$DATABASE'" >/dev/null
sql postgres "BEGIN; ALTER DATABASE \"$DATABASE\" RENAME TO \"$former\"; ALTER DATABASE $fresh RENAME TO \"$DATABASE\"; COMMIT" ||
    { sql postgres "ALTER DATABASE \"$DATABASE\" ALLOW_CONNECTIONS true"; die "the databases could not be swapped; nothing has changed"; }
trap - EXIT
say "done: $DATABASE is $FILE; the former database is now $former (drop it when you are sure)"
