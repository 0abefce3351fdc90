"""What an instantie runs: its keys, its mailbox and its way to the corridor; read `adapter.py` first."""
