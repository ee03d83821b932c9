# Shared by backup.sh, verify.sh and restore.sh; sourced, not run.
# A backup is two files: NAME.dump (pg_dump, custom format) and NAME.manifest (key=value lines). It exists once its
# manifest does; everything else in the folder is left alone.

say() { printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
die() { say "error: $*" >&2; exit 1; }

# Percent-decoding, as in the parts of a URL.
decoded() { local text=${1//+/%2B}; printf '%b' "${text//%/\\x}"; }

# Turns the address of the database into a libpq service file, so that no password stands on a command line.
use_database() {
    local url pattern
    url=$(cat /run/todo/credentials/DATABASE_URL) || die "the address of the database cannot be read"
    pattern='^postgres(ql)?://([^:@/]+)(:([^@]*))?@([^:/?]+)(:([0-9]+))?/([^?]+)(\?(.*))?$'
    [[ $url =~ $pattern ]] || die "DATABASE_URL is not of the form postgresql://user:password@host:port/database"
    DATABASE=$(decoded "${BASH_REMATCH[8]}")
    export PGSERVICEFILE=/tmp/service.conf PGSERVICE=todo PGCONNECT_TIMEOUT=15
    (
        umask 077
        {
            echo "[todo]"
            echo "host=${BASH_REMATCH[5]}"
            echo "port=${BASH_REMATCH[7]:-5432}"
            echo "user=$(decoded "${BASH_REMATCH[2]}")"
            echo "password=$(decoded "${BASH_REMATCH[4]}")"
            tr '&' '\n' <<<"${BASH_REMATCH[10]}" | grep -E '^(sslmode|sslrootcert)=' || true
        } >"$PGSERVICEFILE"
    )
    # A new pod may have to wait for its network policies, and for a database that is just coming back.
    local patience=$((SECONDS + 60))
    until psql --no-psqlrc --quiet --dbname "$DATABASE" --command 'SELECT 1' >/dev/null 2>/tmp/refused; do
        ((SECONDS < patience)) || die "the database cannot be reached: $(head -c 300 /tmp/refused)"
        sleep 1
    done
}

sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$1" --command "$2"; }

# The rows of every table of a database, as rows.TABLE=COUNT lines.
COUNT_STATEMENTS="SELECT format('SELECT %L || count(*) FROM %I.%I', 'rows.' || relname || '=', nspname, relname)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind = 'r' AND nspname = 'public' ORDER BY relname"
count_rows() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$1" <<<"$COUNT_STATEMENTS \\gexec"
}

field() { sed -n "s/^$2=//p" "$1"; }

# Fails unless NAME is a whole, unchanged backup of ours.
check_files() {
    local dump=$BACKUPS/$1.dump manifest=$BACKUPS/$1.manifest
    [[ $1 =~ ^[A-Za-z0-9._-]+$ ]] || die "'$1' is not the name of a backup"
    [[ -f $dump ]] || die "there is no $1.dump; there are: $(newest_first | tr '\n' ' ')"
    [[ -f $manifest ]] || die "there is no $1.manifest: the backup was never finished, or is not ours"
    [[ $(field "$manifest" format) == 1 ]] || die "$1.manifest is not a manifest that this release can read"
    [[ $(stat -c %s "$dump") == "$(field "$manifest" bytes)" ]] || die "$1.dump is truncated: its size is not the manifest's"
    sha256sum --status --check <<<"$(field "$manifest" sha256)  $dump" || die "$1.dump is corrupted: its checksum is not the manifest's"
    pg_restore --list "$dump" >/tmp/contents || die "$1.dump is no dump that pg_restore can read"
    grep -q ' TABLE public alembic_version ' /tmp/contents || die "$1.dump is not a backup of todo-chatbot"
}

newest_first() { find "$BACKUPS" -maxdepth 1 -name 'todo-*.manifest' -printf '%f\n' | sed 's/\.manifest$//' | sort -r; }

# Restores NAME into the empty database $2 and compares it with the manifest.
restore_into() {
    local role
    for role in $(field "$BACKUPS/$1.manifest" role); do
        [[ $(sql "$2" "SELECT 1 FROM pg_roles WHERE rolname = '$role'") ]] || sql "$2" "CREATE ROLE \"$role\" NOLOGIN"
        sql "$2" "GRANT \"$role\" TO CURRENT_USER"
    done 2> >(grep -v 'is already a member' >&2)
    pg_restore --exit-on-error --no-owner --single-transaction --dbname "$2" "$BACKUPS/$1.dump" || die "restoring $1 failed"
    diff <(grep '^rows\.' "$BACKUPS/$1.manifest") <(count_rows "$2") || die "the restored rows are not those of the manifest"
    [[ $(sql "$2" 'SELECT version_num FROM alembic_version') == "$(field "$BACKUPS/$1.manifest" schema_revision)" ]] ||
        die "the restored schema is not that of the manifest"
}
