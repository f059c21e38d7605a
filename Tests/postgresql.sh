#!/bin/sh
# A throw-away PostgreSQL server for one run of tests: made in a folder of its own, reached through a socket in it,
# gone with the program that started it (when standard input ends), whatever became of that program.
#
# Prints `ready FOLDER`. The words `stop`, `freeze`, `thaw` and `start`, a line each, do what they say and are repeated
# when done. The role `postgres` needs no password; the role `locked` does.
#
# With a port as its argument it also listens on 127.0.0.1, with TLS: FOLDER/authority.pem has signed the certificate
# for `localhost`. Nothing of it is durable, for fsync is off; with MARTLET_TEST_DURABLE=1, for measuring, everything is.
set -eu

fail() { echo "$*"; exit 1; }

# The newest of Debian's, or what is in PATH.
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/initdb" ] || bin=$(dirname "$(command -v initdb || true)")
[ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] ||
    fail "PostgreSQL's server is needed for the tests, and is not installed: apt-get install postgresql"

# In memory where there is plenty: databases made and dropped by the hundred keep a disk so busy that a connection may
# wait for seconds. What shall be durable is on the disk.
parent=/tmp
room=$(df -kP /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
[ -n "${MARTLET_TEST_DURABLE:-}" ] || [ "${room:-0}" -lt 4194304 ] || parent=/dev/shm
folder=$(mktemp -d "$parent/martlet-postgresql-XXXXXX")
# The server refuses to run as root.
as=""
if [ "$(id -u)" = 0 ]; then
    getent passwd postgres >/dev/null || fail "run the tests as another user than root, or make a user postgres"
    chown postgres "$folder"
    as="setpriv --reuid=postgres --regid=postgres --init-groups --"
fi
trap '' INT TERM HUP
trap end EXIT

server() { $as "$bin/pg_ctl" -D "$folder/data" -s -w "$@" >>"$folder/control.log" 2>&1 </dev/null; }
processes() { echo "$(head -n 1 "$folder/data/postmaster.pid") $(pgrep -P "$(head -n 1 "$folder/data/postmaster.pid")")"; }
end() {
    kill -CONT $(processes) 2>/dev/null || true
    server stop -m immediate || true
    rm -rf "$folder"
}

port=${1:-}
sync=off
[ -z "${MARTLET_TEST_DURABLE:-}" ] || sync=on
cd "$folder"
$as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 ||
    fail "initdb failed: $(cat "$folder/initdb.log")"
$as tee "$folder/data/pg_hba.conf" >/dev/null <<RULES
local all locked scram-sha-256
local all all trust
hostssl all all 127.0.0.1/32 trust
RULES
[ -n "$port" ] || sed -i '/hostssl/d' "$folder/data/pg_hba.conf"
$as tee -a "$folder/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
max_connections = 500
fsync = $sync
full_page_writes = $sync
autovacuum = $sync
logging_collector = off
SETTINGS
if [ -n "$port" ]; then
    $as openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$folder/server.key" -out "$folder/authority.pem" 2>/dev/null
    $as tee -a "$folder/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = '127.0.0.1'
port = $port
ssl = on
ssl_cert_file = '$folder/authority.pem'
ssl_key_file = '$folder/server.key'
SETTINGS
fi

server start -l "$folder/server.log" || fail "the server does not start: $(cat "$folder/server.log")"

echo "ready $folder"
while read -r word; do
    case $word in
    stop) server stop -m immediate ;;
    start) server start -l "$folder/server.log" ;;
    freeze) kill -STOP $(processes) || true ;;
    thaw) kill -CONT $(processes) || true ;;
    esac
    echo "$word"
done
