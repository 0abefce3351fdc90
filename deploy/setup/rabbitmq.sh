#!/usr/bin/env bash
# Makes sure a RabbitMQ can be had: an installed one, or one that apt installs now; with --or-given, ZEGEL_AMQP_URL will do.
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/setup/apt.sh

is_installed() { compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' >/dev/null; }

if is_installed || { [ "${1:-}" = --or-given ] && [ -n "${ZEGEL_AMQP_URL:-}" ]; }; then
  exit 0
fi
why="There is no RabbitMQ here."
if [ -n "${ZEGEL_AMQP_URL:-}" ]; then
  why="There is no RabbitMQ here, and the one in ZEGEL_AMQP_URL is for the demo only: the tests kill theirs."
fi
install_packages "$why" rabbitmq-server
is_installed || fail "rabbitmq-server is installed, but not in /usr/lib/rabbitmq/lib where Debian and Ubuntu put it."
say "RabbitMQ is installed. Zegel starts private nodes of its own and leaves the system's node alone;"
say "if your machine started that one and you have no use for it: systemctl disable --now rabbitmq-server"
