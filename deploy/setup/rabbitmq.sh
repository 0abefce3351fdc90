#!/usr/bin/env bash
# Makes sure a RabbitMQ can be had: a given one (ZEGEL_AMQP_URL), an installed one, or one that apt installs now.
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/setup/apt.sh

is_installed() { compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' >/dev/null; }

if [ -n "${ZEGEL_AMQP_URL:-}" ] || is_installed; then
  exit 0
fi
install_packages "There is no RabbitMQ here." rabbitmq-server
is_installed || fail "rabbitmq-server is installed, but not in /usr/lib/rabbitmq/lib where Debian and Ubuntu put it."
say "RabbitMQ is installed. Zegel starts private nodes of its own and leaves the system's node alone;"
say "if your machine started that one and you have no use for it: systemctl disable --now rabbitmq-server"
