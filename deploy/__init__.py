"""What an operator runs around the packages: RabbitMQ, units, dashboards, the demo; read `private_node.py` first."""
