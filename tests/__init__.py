"""One small town, named attacks, and journeys over a real RabbitMQ; read `town.py` first."""
