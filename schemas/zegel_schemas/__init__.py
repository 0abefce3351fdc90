"""The contract: what is said in the clear, what is sealed, who agreed to what; read `declaration.py` first."""
