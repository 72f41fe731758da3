"""Whoever stops serving waits for nobody who only listens."""

import signal
import sys

import httpx
from tests.harness.quick import running
from tests.hub.conftest import Person, Served

from firsthand.protocol.wire import COVERED_BARE

SERVE = """
import sys
from pathlib import Path
from firsthand import app
from firsthand.cli import serving
from firsthand.foundation.settings import Settings

serving.GRACE_S = 3600  # so that whatever waits for a stream is seen to wait
hub = app.open_hub(Path(sys.argv[1]), Settings())
served = app.hub_application(hub)
serving.serve(served, host="127.0.0.1", port=int(sys.argv[2]), line="up", ending=hub.part)
hub.close()
"""
WAIT_S_MAX = 60
STREAM = {"accept": "text/event-stream"}


def test_open_streams_end_when_serving_stops(served: Served, person: Person) -> None:
    served.stop()
    words = [sys.executable, "-c", SERVE, str(served.folder), served.url.rsplit(":", 1)[1]]
    with running(*words) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline() == "up\n"
        with httpx.Client(base_url=served.url, trust_env=False, timeout=WAIT_S_MAX) as staff:
            form = {"name": "owner", "password": served.made["staff"]["password"]}
            entered = staff.post("/staff/login", data=form, headers={"origin": served.url})
            assert entered.status_code == 303
            inbox = person.signed(
                "GET", "/v1/inbox?after=0", b"", "", covered=COVERED_BARE, extra=STREAM
            )
            told = served.http.send(inbox, stream=True)
            with staff.stream("GET", "/staff/events") as live:
                ways = [told.iter_raw(), live.iter_raw()]
                assert [next(way) for way in ways] == [b": here\n\n", b"retry: 3000\n\n"]
                serving.send_signal(signal.SIGTERM)
                rest = [b"".join(way) for way in ways]  # that both end is the test
                assert rest[0] == b""
                assert all(part.startswith(b"event: ") for part in rest[1].split(b"\n\n") if part)
        assert serving.wait(WAIT_S_MAX) == 0
    served.start()
