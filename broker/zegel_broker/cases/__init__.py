"""Decision cases (`beslisgevallen`): what a jurist expects of the judge, written down, and run through it.

Read `run.py` first: it reads a file, lets the judge decide each case and compares. `facts.py` and `lists.py` make the
casus of what stands under `casussen`, `messages.py` and `registrations.py` the message; `formats.py` says which keys
each format has. All are pure but for reading the file.
"""
