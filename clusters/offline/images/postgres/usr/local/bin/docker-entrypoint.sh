#!/bin/bash
# The customs of the official image that tests rely on: the variables POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB,
# POSTGRES_HOST_AUTH_METHOD, POSTGRES_INITDB_ARGS and PGDATA, files in /docker-entrypoint-initdb.d, any client address.
set -eu
[ "${1:-}" = postgres ] || exec "$@"
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown postgres:postgres "$PGDATA" /var/run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

user=${POSTGRES_USER:-postgres} method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo "Error: no password for the superuser: set POSTGRES_PASSWORD, or POSTGRES_HOST_AUTH_METHOD=trust" >&2
    exit 1
  fi
  # shellcheck disable=SC2086 # several arguments, as in the official image
  initdb --username="$user" ${POSTGRES_INITDB_ARGS:-}
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
  database=${POSTGRES_DB:-$user}
  files=$(find /docker-entrypoint-initdb.d -name '*.sql' -o -name '*.sh' 2>/dev/null | sort)
  if [ -n "${POSTGRES_PASSWORD:-}$files" ] || [ "$database" != postgres ]; then
    # for nobody but this script, until all is made
    pg_ctl -w start -o "-c listen_addresses= -p ${PGPORT:-5432}"
    sql() { psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$user" "$@"; }
    [ -z "${POSTGRES_PASSWORD:-}" ] || sql --dbname postgres -v name="$user" -v password="$POSTGRES_PASSWORD" \
      <<<"ALTER USER :\"name\" PASSWORD :'password'"
    [ "$database" = postgres ] || sql --dbname postgres -v name="$database" <<<'CREATE DATABASE :"name"'
    for file in $files; do
      case $file in
        *.sh) . "$file" ;;
        *.sql) sql --dbname "$database" --file "$file" ;;
      esac
    done
    pg_ctl -m fast -w stop
  fi
fi
exec "$@" -c listen_addresses='*'
