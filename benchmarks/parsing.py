"""A FastAPI route that only parses a record's body, served as ``adamant serve`` serves.

``python -m benchmarks.parsing`` writes its address to stdout and serves until it is ended.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.connections import protocol_of, raise_descriptor_limit
from ledger.cli.serving import BACKLOG
from ledger.config import collect_seldom

app = FastAPI()


@app.post("/v1/records", status_code=201)
async def parse(body: dict[str, Any]) -> dict[str, Any]:
    """Parse, and say so."""
    return {"kind": body["kind"]}


def serve() -> None:
    """Serve on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(
            app,
            http=protocol_of(raise_descriptor_limit()),
            log_config=None,
            access_log=False,
            server_header=False,
        )
        collect_seldom()
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    serve()
