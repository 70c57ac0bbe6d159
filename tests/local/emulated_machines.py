"""Random journeys through the emulator's Step Functions: real machines and executions, and what was decided where."""

import io
import json
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local.platform.clients import ACCOUNT, Clients
from local.platform.emulator import REGION, Emulator
from local.platform.folders import Folders
from regulars.adapters.machines import StepFunctions
from regulars.domain.journey_machines import compile_journey, machine_name
from regulars.domain.journeys import END, Journey
from tests.journeys import gone, read, times_out
from tests.world.machine_trial import sample

AT_ONCE = 8  # executions; each keeps a process of the function busy now and then
WITHIN = 60.0  # seconds for one execution
LOTS = 3  # ways through each journey
FUNCTIONS = ("journey_step", "deliver")

# Answers as a file says that is named as the instance, and notes in another one what it has answered. A hold is let go
# on by the API; one whose time shall be over is left alone.
STUB = """
import datetime, json, os, urllib.request

def handler(payload, context):
    print(payload["place"])
    name = payload["instance"].split(" ")[2]
    path = os.path.join(FOLDER, name + ".json")
    with open(path) as file:
        told = json.load(file)
    place = payload["place"]
    until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=0.2)).isoformat()
    if told["quiet"].get(place):
        told["quiet"][place] -= 1
        way, decided = 1, False
    else:
        way, decided = told["ways"][place].pop(0), True
    with open(path, "w") as file:
        json.dump(told, file)
    if decided:
        with open(os.path.join(FOLDER, name + ".log"), "a") as file:
            file.write(json.dumps([place, way]) + "\\n")
    if "token" in payload and way != told["over"][place.partition("#")[0]]:
        release(payload["token"], way)
    return {"way": way, "until": until}

def release(token, way):
    body = json.dumps({"taskToken": token, "output": json.dumps({"way": way})}).encode()
    signed = "AWS4-HMAC-SHA256 Credential=ACCOUNT/20260101/REGION/states/aws4_request, SignedHeaders=host, Signature=x"
    headers = {
        "X-Amz-Target": "AWSStepFunctions.SendTaskSuccess",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": signed,
    }
    urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], body, headers)).read()
"""


class EmulatedMachines:
    """Sends people through journeys in the emulator, answered as `gone` goes with the same lot."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self._folder = folder
        clients = Clients(emulator.endpoint)
        self._client = clients.of("stepfunctions")
        arns = {name: self._deploy(clients, name) for name in FUNCTIONS}
        role = f"arn:aws:iam::{ACCOUNT}:role/journeys"
        self._machines = StepFunctions(self._client, role=role, functions=arns, tags={"app": "regulars"})

    def _deploy(self, clients: Clients, name: str) -> str:
        file = io.BytesIO()
        code = STUB.replace("FOLDER", repr(str(self._folder))).replace("ACCOUNT", ACCOUNT).replace("REGION", REGION)
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("handler.py", code)
        made = clients.of("lambda").create_function(
            FunctionName=name,
            Runtime="python3.14",
            Role=f"arn:aws:iam::{ACCOUNT}:role/any",
            Handler="handler.handler",
            Code={"ZipFile": file.getvalue()},
            Timeout=10,
        )
        arn: str = made["FunctionArn"]
        return arn

    def faults(self, first: int, definitions: Sequence[Mapping[str, Any]]) -> list[str]:
        """Send some through each journey, several at once; say where the emulator led them otherwise."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(self._compare, range(first, first + len(definitions)), definitions)
            return [fault for faults in found for fault in faults]

    def _compare(self, number: int, definition: Mapping[str, Any]) -> list[str]:
        journey = read(definition)
        machine = self._machines.create(machine_name("test", journey.id, number), _quick(compile_journey(journey).text))
        try:
            return list(self._each(machine, journey, number, definition))
        finally:
            self._machines.delete(machine)

    def _each(self, machine: str, journey: Journey, number: int, definition: Mapping[str, Any]) -> Iterator[str]:
        for lot in range(number * LOTS, (number + 1) * LOTS):
            wanted = [*gone(journey, lot).decisions, (END, 0)]
            self._tell(journey, lot)
            self._machines.start(machine, str(lot), {"instance": f"user_id:u {journey.id} {lot}"})
            status, decided = self._ended(machine, lot), self._decided(lot)
            if status != "SUCCEEDED" or decided != wanted:
                yield f"lot {lot}: {status}, decided {decided}, not {wanted}, in {json.dumps(definition)}"

    def _tell(self, journey: Journey, lot: int) -> None:
        way = gone(journey, lot)
        ways = {place: [each for name, each in way.decisions if name == place] for place in way.places}
        told = {"ways": ways | {END: [0]}, "quiet": way.quiet, "over": times_out(journey)}
        (self._folder / f"{lot}.json").write_text(json.dumps(told))

    def _decided(self, lot: int) -> list[tuple[str, int]]:
        file = self._folder / f"{lot}.log"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(place, way) for place, way in map(json.loads, lines)]

    def _ended(self, machine: str, lot: int) -> str:
        execution = f"{machine.replace(':stateMachine:', ':execution:')}:{lot}"
        deadline = time.monotonic() + WITHIN
        while True:
            status: str = self._client.describe_execution(executionArn=execution)["status"]
            if status != "RUNNING" or time.monotonic() > deadline:
                return status
            time.sleep(0.1)


def trial(folder: Path, first: int, number: int) -> tuple[int, Sequence[str]]:
    """Compare so many random journeys with an emulator of their own; give how many there were, and the faults."""
    folders = Folders(folder / "emulator")
    folders.make(fresh=True)
    (folder / "told").mkdir()
    emulator = Emulator(folders)
    emulator.start()
    try:
        definitions = sample(first, number)
        return len(definitions), EmulatedMachines(emulator, folder / "told").faults(first, definitions)
    finally:
        emulator.kill()


def _quick(text: str) -> str:
    """Let holds be over after a second: the emulator's clock runs as ours does."""
    definition = json.loads(text)
    for state in definition["States"].values():
        if state.get("Resource", "").endswith("waitForTaskToken"):
            state["TimeoutSeconds"] = 1
    return json.dumps(definition)
