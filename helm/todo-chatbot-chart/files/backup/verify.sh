# Restores the newest backup into a PostgreSQL of its own that is thrown away, and compares it with the manifest.
set -euo pipefail
umask 077
source "$(dirname "$0")/common.sh"

name=${FILE:-$(newest_first | head -n 1)}
[[ $name ]] || die "there is no backup"
[[ $(find "$BACKUPS/$name.manifest" -mmin "-$((MAX_AGE_HOURS * 60))") ]] ||
    die "the newest backup, $name, is older than $MAX_AGE_HOURS hours"
check_files "$name"

export PGHOST=/tmp PGUSER=verify PGDATA=/tmp/verify
initdb --username verify --auth trust --encoding UTF8 --no-sync >/dev/null
pg_ctl --silent --wait --options "-c listen_addresses='' -k /tmp -c fsync=off" --log /tmp/verify.log start
trap 'pg_ctl --silent --mode immediate stop' EXIT
sql postgres 'CREATE DATABASE verify'
restore_into "$name" verify
touch "$BACKUPS/$name.verified"
say "verified $name: $(grep -c '^rows\.' "$BACKUPS/$name.manifest") tables, schema $(field "$BACKUPS/$name.manifest" schema_revision)"
