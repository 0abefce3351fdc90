"""Plays one family's casus between six instanties over a real RabbitMQ and shows it as a timeline: `make demo`.

Every process, key, signature, seal and log entry is real; only the people and their data are made up. Exit code 0 when
every step ended as it should and the log verifies, 1 when not, 130 after Ctrl-C.
"""

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.given_node import ABOUT, GivenNodeError, open_node
from tests.playing import Scene, Story, StoryBrokenError
from tests.story import tell
from tests.town import Town, build
from zegel_adapters.wording import read_offers

PHASES = {
    "aanmelding": "1. Aanmelding",
    "informatieronde": "2. Analyse en informatieronde",
    "mdo_plan": "3. MDO en plan van aanpak",
    "uitvoering": "4. Uitvoering",
    "afsluiting": "5. Afsluiting",
    "gesloten": "Gesloten",
}
MARKS = {"opened": "[green]✓[/]", "delivered": "[green]✓[/]", "refused": "[yellow]✗[/]"}


class Timeline:
    """Prints each scene as it ends, under the phase it belongs to, and keeps what the summary needs."""

    def __init__(self, console: Console) -> None:
        """Take the console to print on."""
        self._console = console
        self._phase = ""
        self.scenes: list[Scene] = []

    def show(self, scene: Scene) -> None:
        """Print one line for a scene; a refusal gets its reasons beneath."""
        if scene.phase != self._phase:
            self._phase = scene.phase
            self._console.rule(PHASES.get(scene.phase, scene.phase), align="left", style="cyan")
        self.scenes.append(scene)
        who = f"{scene.sender} → {scene.recipient}"
        mark = MARKS.get(scene.outcome.state, "[red]?[/]")
        line = f"{mark} [bold]{who:<38}[/] {scene.title}  [dim]{scene.outcome.state}, {scene.seconds * 1000:.0f} ms[/]"
        self._console.print(line, highlight=False)
        if scene.outcome.state == "refused":
            self._show_reasons(scene)

    def _show_reasons(self, scene: Scene) -> None:
        for line in explain(scene):
            self._console.print(Text("    " + line, style="yellow"))


def explain(scene: Scene) -> list[str]:
    """Return why a scene was refused: code and text, each reason with its sources, and what would be allowed."""
    said = scene.outcome.explanation
    lines = [f"{said['code']}: {said['nl']}"]
    failures = said["failures"]
    for failure in failures if isinstance(failures, list) else []:
        if isinstance(failure, dict):
            sources = [*_list(failure["rules"]), *_list(failure["sections"]), *_list(failure["articles"])]
            lines.append(f"stap {failure['step']}: {failure['code']} ({', '.join(map(str, sources))})")
    offers = [dutch for dutch, _ in read_offers(said)]
    return [*lines, *(f"wat wel kan: {each}" for each in offers or [str(said["remedy_nl"])])]


async def play(town: Town, timeline: Timeline) -> None:
    """Tell the story in this town; raise StoryBrokenError at the first step that goes wrong."""
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    desks = {each: town.desk(each) for each in town.instanties}
    await tell(Story(desks, timeline.show, today))


def check_log(town: Town) -> tuple[bool, str]:
    """Return whether `zegel-broker log verify` finds nothing wrong, and its last line."""
    settings = str(town.broker_home / "zegel.toml")
    command = [sys.executable, "-m", "zegel_broker", "log", "verify", "--config", settings]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stdout or done.stderr).strip().splitlines()
    return done.returncode == 0, lines[-1] if lines else ""


def check_proofs(town: Town) -> tuple[bool, str]:
    """Return whether every recipient holds a checked proof for all it got, and nothing was put aside."""
    states = {each: town.desk(each).tally() for each in town.instanties}
    kept, aside = sum(each.proven for each in states.values()), sum(each.aside for each in states.values())
    return aside == 0, f"{kept} proofs checked by {len(states)} recipients, {aside} put aside"


def summarise(console: Console, timeline: Timeline, town: Town) -> bool:
    """Print what passed and what was proven; return whether all of it holds."""
    table = Table(title="Samenvatting", show_header=False)
    codes = Counter(each.outcome.codes[0] if each.outcome.codes else "toegestaan" for each in timeline.scenes)
    table.add_row("messages", str(len(timeline.scenes)))
    table.add_row("decisions", ", ".join(f"{code} {count}" for code, count in codes.most_common()))
    milliseconds = sorted(each.seconds * 1000 for each in timeline.scenes)
    half, slow = statistics.median(milliseconds), milliseconds[-1]
    table.add_row("from draft to last word", f"median {half:.0f} ms, slowest {slow:.0f} ms")
    checks = [check_log(town), check_proofs(town)]
    for holds, line in checks:
        table.add_row("[green]✓[/]" if holds else "[red]✗[/]", line)
    console.print(table)
    return all(holds for holds, _ in checks)


def run(console: Console, *, serve: bool) -> int:
    """Build the town, play, summarise; return the exit code. Everything started here is gone when this returns."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zegel-demo-")))
        with console.status("RabbitMQ start, sleutels en register worden gemaakt …"):
            node = stack.enter_context(open_node(os.environ))
            town = build(place, node)
            stack.callback(town.stop_all)
            town.start_broker()
            town.start_adapters()
        console.print(f"[bold]Zegel[/]: broker en {len(town.instanties)} adapters draaien, elk met eigen sleutels.")
        timeline = Timeline(console)
        try:
            asyncio.run(play(town, timeline))
        except StoryBrokenError as error:
            console.print(f"[red]Niet zoals het hoort:[/] {error}")
            summarise(console, timeline, town)
            return 1
        holds = summarise(console, timeline, town)
        if serve:
            show_where(console, town)
            signal.pause()
        return 0 if holds else 1


def show_where(console: Console, town: Town) -> None:
    """Print how to reach what is left running."""
    console.print(f"De stad draait door in {town.place}; Ctrl-C stopt alles.")
    console.print(f"  metrics   http://127.0.0.1:{town.metrics_port}/metrics")
    console.print(f"  inbox     .venv/bin/zegel-adapter inbox --home {town.home('wil')}")
    console.print(f"  doctor    .venv/bin/zegel-broker doctor --config {town.broker_home / 'zegel.toml'}")


def main() -> NoReturn:
    """Parse the arguments and play."""
    arguments = argparse.ArgumentParser(prog="make demo", description=__doc__, epilog=ABOUT)
    arguments.add_argument("--serve", action="store_true", help="leave broker, adapters and RabbitMQ running")
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(run(Console(), serve=given.serve))
    except GivenNodeError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


if __name__ == "__main__":
    main()
