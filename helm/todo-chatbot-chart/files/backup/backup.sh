# One backup: dump, check, manifest, then retention. Nothing counts until it is complete.
set -euo pipefail
umask 077
source "$(dirname "$0")/common.sh"

exec 9>"$BACKUPS/.lock"
flock --nonblock 9 || die "another backup or restore is running"
use_database
name=todo-$(date -u +%Y%m%dT%H%M%SZ)
partial=$BACKUPS/$name.dump.partial
trap 'rm -f "$partial" "$BACKUPS/$name.manifest.partial"' EXIT
find "$BACKUPS" -maxdepth 1 -name 'todo-*.partial' -delete # of runs that were killed

# One session holds the snapshot that the dump and the row counts share.
coproc HOLDER { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$DATABASE"; }
ask() { echo "$1" >&"${HOLDER[1]}"; }
read_until_done() { while IFS= read -r line <&"${HOLDER[0]}" && [[ $line != done. ]]; do echo "$line"; done; }

ask "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot(); SELECT 'done.';"
snapshot=$(read_until_done)
[[ $snapshot ]] || die "the database cannot be reached"
say "backing up $DATABASE as $name"
pg_dump --format custom --compress 6 --snapshot "$snapshot" --dbname "$DATABASE" --file "$partial"

manifest() {
    echo "format=1"
    echo "created_at=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    echo "database=$DATABASE"
    echo "app_version=${APP_VERSION:-unknown}"
    echo "bytes=$(stat -c %s "$partial")"
    echo "sha256=$(sha256sum "$partial" | cut -d ' ' -f 1)"
    ask "SELECT 'schema_revision=' || version_num FROM alembic_version; SELECT 'postgresql=' || current_setting('server_version');
        SELECT 'role=' || rolname FROM pg_roles WHERE NOT rolcanlogin AND rolname !~ '^(pg_|rds|cloudsql|azure)' ORDER BY 1; SELECT 'done.';"
    read_until_done
    ask "$COUNT_STATEMENTS \\gexec"
    ask "SELECT 'done.';"
    read_until_done
}
manifest >"$BACKUPS/$name.manifest.partial"
grep -q '^rows\.users=' "$BACKUPS/$name.manifest.partial" || die "the tables of todo-chatbot are not in $DATABASE"
pg_restore --list "$partial" >/dev/null || die "the dump cannot be read back"
sync "$partial" "$BACKUPS/$name.manifest.partial"
mv "$partial" "$BACKUPS/$name.dump"
mv "$BACKUPS/$name.manifest.partial" "$BACKUPS/$name.manifest"
sync "$BACKUPS"
say "done: $(field "$BACKUPS/$name.manifest" bytes) bytes, $(grep -c '^rows\.' "$BACKUPS/$name.manifest") tables"

# Retention: never the KEEP_LAST newest, never the newest that a verification has restored.
verified=$(find "$BACKUPS" -maxdepth 1 -name 'todo-*.verified' -printf '%f\n' | sort -r | head -n 1 | sed 's/\.verified$//')
newest_first | tail -n "+$((KEEP_LAST + 1))" | while IFS= read -r old; do
    [[ $old != "$verified" ]] || continue
    [[ $(find "$BACKUPS/$old.manifest" -mmin "+$((MAX_AGE_DAYS * 1440))") ]] || continue
    rm -f "$BACKUPS/$old.manifest" "$BACKUPS/$old.dump" "$BACKUPS/$old.verified"
    say "deleted $old, older than $MAX_AGE_DAYS days"
done
